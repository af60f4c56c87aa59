"""N7, U6: disjoint edits on both sides merge, clashing ones always ask, no value is ever lost.

What is expected is worked out here on plain dictionaries of single values, not with the product's own fields.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.bills.merging import (
    OWNERS,
    BillFacts,
    BillFactsLine,
    Billing,
    Code,
    Conflict,
    FieldChange,
    Owner,
    Price,
    Undecided,
    differences,
    merge,
    resolve,
)

pytestmark = pytest.mark.pure

HEAD: dict[str, list[Any]] = {
    "vendor_ref": ["55", "56", "57"],
    "number": ["", "A-1", "A-2"],
    "issued_on": [None, date(2026, 3, 1), date(2026, 3, 2)],
    "due_on": [None, date(2026, 4, 1), date(2026, 4, 2)],
    "memo": ["", "Lumber", "Nails"],
}
# Each edit of a line sets what belongs together.
LINE: dict[str, list[dict[str, Any]]] = {
    "code": [
        {"item_ref": "20", "account_ref": ""},
        {"item_ref": "21", "account_ref": ""},
        {"item_ref": "", "account_ref": "60"},
    ],
    "description": [{"description": text} for text in ("", "Studs", "Joists")],
    "price": [
        {"quantity": Decimal(2), "unit_price": Decimal("5.50"), "amount": Decimal("11.00")},
        {"quantity": Decimal(3), "unit_price": Decimal("5.50"), "amount": Decimal("16.50")},
        {"quantity": None, "unit_price": None, "amount": Decimal("11.00")},
    ],
    "customer_ref": [{"customer_ref": ref} for ref in ("10", "11", "12")],
    "is_billable": [{"is_billable": answer} for answer in (True, False)],
}
# Not to be had together with is_billable: the one case where fields that are apart may clash.
NOBODY = {"customer_ref": [{"customer_ref": ""}]}
BASE_KEYS = ["1", "2", "3"]
OUR_KEYS = ["new-1", "new-2"]
THEIR_KEYS = ["4", "5"]

few = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def lines(draw: Any, key: str) -> BillFactsLine:
    values: dict[str, Any] = {}
    for choices in LINE.values():
        values |= draw(st.sampled_from(choices))
    return BillFactsLine(key=key, **values)


@st.composite
def bills(draw: Any, keys: list[str], *, all_of_them: bool = False) -> BillFacts:
    """Any bill with some of these lines."""
    head = {name: draw(st.sampled_from(values)) for name, values in HEAD.items()}
    taken = keys if all_of_them else draw(st.lists(st.sampled_from(keys), unique=True))
    return BillFacts(**head, lines=tuple(draw(lines(key)) for key in taken))


bases = bills(BASE_KEYS, all_of_them=True)


@st.composite
def edits(draw: Any, base: BillFacts, new_keys: list[str]) -> BillFacts:
    """Some fields changed, lines gone, come and moved: most of the bill stays as it was."""
    changed = draw(st.sets(st.sampled_from(list(HEAD)), max_size=2))
    made = replace(base, **{name: draw(st.sampled_from(HEAD[name])) for name in changed})
    kept = [line for line in base.lines if draw(st.integers(0, 4))]
    edited = []
    for line in kept:
        for part in draw(st.sets(st.sampled_from(list(LINE)), max_size=2)):
            line = replace(line, **draw(st.sampled_from([*LINE[part], *NOBODY.get(part, [])])))
        edited.append(line)
    for key in draw(st.lists(st.sampled_from(new_keys), unique=True)):
        edited.insert(draw(st.integers(0, len(edited))), draw(lines(key)))
    if draw(st.integers(0, 3)) == 0:
        edited = draw(st.permutations(edited))
    return replace(made, lines=tuple(edited))


@st.composite
def stories(draw: Any) -> tuple[BillFacts, BillFacts, BillFacts]:
    """What both knew, and what each made of it."""
    base = draw(bases)
    return base, draw(edits(base, OUR_KEYS)), draw(edits(base, THEIR_KEYS))


Path = tuple[str, ...]


def flatten(facts: BillFacts) -> dict[Path, Any]:
    """Every single value by where it is."""
    values: dict[Path, Any] = {(name,): getattr(facts, name) for name in HEAD}
    for line in facts.lines:
        values |= flatten_line(line.key, line)
    return values


def flatten_line(key: str, line: BillFactsLine) -> dict[Path, Any]:
    names = [name for name in BillFactsLine.__slots__ if name != "key"]
    return {(key, name): getattr(line, name) for name in names}


def flatten_side(conflict: Conflict, value: Any) -> dict[Path, Any]:
    """One side of a conflict, likewise."""
    if isinstance(value, BillFactsLine):
        return flatten_line(conflict.key, value)
    if isinstance(value, Price | Code | Billing):
        return {(conflict.key, name): part for name, part in value._asdict().items()}
    return {(conflict.key, conflict.part) if conflict.key else (conflict.part,): value}


def without_order(facts: BillFacts) -> BillFacts:
    return replace(facts, lines=tuple(sorted(facts.lines, key=lambda line: line.key)))


# The laws ---------------------------------------------------------------------------------------------------------


@st.composite
def single_edits(draw: Any, parts: Iterable[str]) -> tuple[BillFacts, list[tuple[str, str]]]:
    """A bill, and fields of it: (line's key or '', field)."""
    base = draw(bases)
    places = [("", name) for name in HEAD] + [(key, part) for key in BASE_KEYS for part in parts]
    return base, draw(st.lists(st.sampled_from(places), unique=True, min_size=2, max_size=8))


def set_field(facts: BillFacts, place: tuple[str, str], step: int) -> BillFacts:
    """The field with another of its values, `step` further in the list."""
    key, name = place
    if not key:
        return replace(facts, **{name: next_value(HEAD[name], getattr(facts, name), step)})
    return replace(
        facts,
        lines=tuple(
            replace(line, **next_value(LINE[name], part_of(line, name), step)) if line.key == key else line
            for line in facts.lines
        ),
    )


def part_of(line: BillFactsLine, name: str) -> dict[str, Any]:
    return {member: getattr(line, member) for member in LINE[name][0]}


def next_value(choices: list[Any], value: Any, step: int) -> Any:
    return choices[(choices.index(value) + step) % len(choices)]


@few
@given(single_edits(LINE), st.randoms(use_true_random=False))
def test_disjoint_edits_on_both_sides_merge(made: tuple[BillFacts, list[tuple[str, str]]], dice: Any) -> None:
    base, places = made
    ours = theirs = both = base
    for place in places:
        both = set_field(both, place, 1)
        if dice.random() < 0.5:
            ours = set_field(ours, place, 1)
        else:
            theirs = set_field(theirs, place, 1)

    merged = merge(base, ours, theirs)

    assert merged.facts == both
    assert merged.conflicts == ()
    assert resolve(merged, {}) == both
    assert len(merged.taken) + len(merged.kept) == len(places)


@few
@given(single_edits([part for part in LINE if part != "is_billable"]))
def test_clashing_edits_always_ask(made: tuple[BillFacts, list[tuple[str, str]]]) -> None:
    """Of a field that both changed, whoever owns it; a yes-or-no cannot be changed in two ways."""
    base, places = made
    ours = theirs = base
    for place in places:
        ours = set_field(ours, place, 1)
        theirs = set_field(theirs, place, 2)

    merged = merge(base, ours, theirs)

    clashes = {(conflict.key, conflict.part.replace("account", "code")) for conflict in merged.conflicts}
    assert clashes == set(places)
    assert merged.facts == base
    assert (merged.taken, merged.kept) == ((), ())
    with pytest.raises(Undecided) as refusal:
        resolve(merged, {conflict.field: "ours" for conflict in merged.conflicts[1:]})
    assert refusal.value.conflicts == merged.conflicts[:1]


@few
@given(stories())
def test_no_value_is_ever_lost(story: tuple[BillFacts, BillFacts, BillFacts]) -> None:
    base, ours, theirs = story
    merged = merge(base, ours, theirs)

    known, found = flatten(base), flatten(merged.facts)
    for side, edit in (("ours", ours), ("theirs", theirs)):
        edited = flatten(edit)
        asked: dict[Path, Any] = {}
        for conflict in merged.conflicts:
            asked |= flatten_side(conflict, getattr(conflict, side))
        lost = {
            path: value
            for path, value in edited.items()
            if known.get(path, ...) != value and value not in (found.get(path, ...), asked.get(path, ...))
        }
        assert lost == {}
        gone = {line.key for line in base.lines} - {line.key for line in edit.lines}
        asked_lines = {conflict.key for conflict in merged.conflicts if conflict.part == "line"}
        assert gone - asked_lines <= gone - {line.key for line in merged.facts.lines}


@few
@given(stories())
def test_nothing_is_invented(story: tuple[BillFacts, BillFacts, BillFacts]) -> None:
    """Every value comes from a version, and from the last common one only where no side changed it or both did."""
    base, ours, theirs = story
    merged = merge(base, ours, theirs)

    in_question = paths_in_question(merged.conflicts)
    known, our_values, their_values = flatten(base), flatten(ours), flatten(theirs)
    for path, value in flatten(merged.facts).items():
        mine, yours = our_values.get(path, ...), their_values.get(path, ...)
        if path in in_question:
            assert value == known[path]
        else:
            assert value == (yours if mine == known.get(path, ...) else mine)


@few
@given(stories())
def test_whoever_is_named_first(story: tuple[BillFacts, BillFacts, BillFacts]) -> None:
    base, ours, theirs = story
    merged, turned = merge(base, ours, theirs), merge(base, theirs, ours)

    assert without_order(turned.facts) == without_order(merged.facts)
    assert {(c.field, c.base, c.theirs, c.ours) for c in turned.conflicts} == {
        (c.field, c.base, c.ours, c.theirs) for c in merged.conflicts
    }
    assert set(map(tell, turned.kept)) == set(map(tell, merged.taken))
    assert set(map(tell, turned.taken)) == set(map(tell, merged.kept))


def tell(change: FieldChange) -> tuple[Any, ...]:
    return change.field, change.before, change.after


@few
@given(stories())
def test_an_edit_on_one_side_alone_is_the_bill(story: tuple[BillFacts, BillFacts, BillFacts]) -> None:
    """With its lines in its own order."""
    base, ours, theirs = story

    assert merge(base, ours, base).facts == ours
    assert merge(base, base, theirs).facts == theirs
    assert merge(base, base, base).facts == base
    same = merge(base, ours, ours)
    assert (same.facts, same.conflicts, same.taken, same.kept) == (ours, (), (), ())
    assert merge(base, ours, base).conflicts == merge(base, base, theirs).conflicts == ()


@few
@given(stories())
def test_merging_what_is_merged_changes_nothing(story: tuple[BillFacts, BillFacts, BillFacts]) -> None:
    base, ours, theirs = story
    facts = merge(base, ours, theirs).facts

    assert merge(base, facts, facts).facts == facts
    assert merge(facts, facts, facts).facts == facts
    assert merge(theirs, facts, theirs).facts == facts


@few
@given(stories(), st.sampled_from(["ours", "theirs"]))
def test_a_decision_takes_one_side_of_every_conflict(
    story: tuple[BillFacts, BillFacts, BillFacts], side: Any
) -> None:
    base, ours, theirs = story
    chosen, other = (ours, theirs) if side == "ours" else (theirs, ours)
    merged = merge(base, ours, theirs)

    decided = resolve(merged, {conflict.field: side for conflict in merged.conflicts})

    known, first, second = flatten(base), flatten(chosen), flatten(other)
    asked = paths_in_question(merged.conflicts)
    expected = {}
    for path in first | second:
        is_chosen = path in asked or first.get(path, ...) != known.get(path, ...)
        source = first if is_chosen else second
        if path in source:
            expected[path] = source[path]
    assert flatten(decided) == expected


def paths_in_question(conflicts: Iterable[Conflict]) -> set[Path]:
    return {
        path
        for conflict in conflicts
        for value in (conflict.ours, conflict.theirs)
        for path in flatten_side(conflict, value)
    }


@few
@given(stories())
def test_differences_tell_the_whole_way_from_one_to_the_other(
    story: tuple[BillFacts, BillFacts, BillFacts],
) -> None:
    _, before, after = story
    changes = differences(before, after)

    assert (changes == ()) == (without_order(before) == without_order(after))
    assert {(c.field, c.after, c.before) for c in differences(after, before)} == set(map(tell, changes))
    told = {path for change in changes for path in paths_of(change)}
    old, new = flatten(before), flatten(after)
    assert told >= {path for path in old | new if old.get(path, ...) != new.get(path, ...)}


def paths_of(change: FieldChange) -> set[Path]:
    """What a change tells of, found from its name alone."""
    _, key, part = [*change.field.split("/"), "line"][:3] if "/" in change.field else ["", "", change.field]
    told = Conflict(change.field, "", None, change.before, change.after, key, part)
    return paths_in_question([told])


# Cases -------------------------------------------------------------------------------------------------------------


def line(key: str, **values: Any) -> BillFactsLine:
    made: Mapping[str, Any] = {
        "item_ref": "20",
        "account_ref": "",
        "description": "Studs",
        "quantity": Decimal(2),
        "unit_price": Decimal(5),
        "amount": Decimal(10),
        "is_billable": False,
        "customer_ref": "10",
    }
    return BillFactsLine(key=key, **{**made, **values})


def bill(*lines: BillFactsLine, **values: Any) -> BillFacts:
    made: Mapping[str, Any] = {
        "vendor_ref": "55",
        "number": "A-1",
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 31),
        "memo": "",
    }
    return BillFacts(**{**made, **values}, lines=lines)


def asked(base: BillFacts, ours: BillFacts, theirs: BillFacts) -> list[tuple[str, str, Any, Any, Any]]:
    conflicts = merge(base, ours, theirs).conflicts
    return [(c.field, c.label, c.base, c.ours, c.theirs) for c in conflicts]


def test_a_clash_is_told_in_words() -> None:
    base = bill(line("7"))
    ours = bill(line("7"), due_on=date(2026, 4, 15), memo="Ask Joe")
    theirs = bill(line("7"), due_on=date(2026, 4, 30), number="A-2")

    merged = merge(base, ours, theirs)

    assert merged.conflicts == (
        Conflict("due_on", "Due date", date(2026, 3, 31), date(2026, 4, 15), date(2026, 4, 30), "", "due_on"),
    )
    assert merged.conflicts[0].owner == Owner.QUICKBOOKS
    assert merged.taken == (FieldChange("number", "Bill number", "A-1", "A-2"),)
    assert merged.kept == (FieldChange("memo", "Memo", "", "Ask Joe"),)
    with pytest.raises(Undecided) as refusal:
        resolve(merged, {})
    assert str(refusal.value) == "Both sides changed this. Choose which one to keep: Due date."
    assert resolve(merged, {"due_on": "ours"}) == replace(ours, number="A-2")
    assert resolve(merged, {"due_on": "theirs", "memo": "theirs"}) == replace(theirs, memo="Ask Joe")


def test_an_amount_and_a_quantity_of_one_line_clash() -> None:
    """Apart they would give a line whose amount is not quantity × price."""
    base = bill(line("7"))
    ours = bill(line("7", quantity=Decimal(3), amount=Decimal(15)))
    theirs = bill(line("7", quantity=None, unit_price=None, amount=Decimal(12)))

    assert asked(base, ours, theirs) == [
        (
            "lines/7/price",
            "Line 1 “Studs”: amount",
            Price(Decimal(2), Decimal(5), Decimal(10)),
            Price(Decimal(3), Decimal(5), Decimal(15)),
            Price(None, None, Decimal(12)),
        )
    ]


def test_a_line_has_an_item_or_an_account() -> None:
    base, ours, theirs = (
        bill(line("7", item_ref=item, account_ref=account))
        for item, account in (("20", ""), ("21", ""), ("", "60"))
    )

    assert asked(base, ours, theirs) == [
        ("lines/7/code", "Line 1 “Studs”: cost code", Code("20", ""), Code("21", ""), Code("", "60"))
    ]
    accounts = [bill(line("7", item_ref="", account_ref=account)) for account in ("60", "61", "62")]
    assert [conflict.field for conflict in merge(*accounts).conflicts] == ["lines/7/account"]


def test_a_line_is_never_billable_to_nobody() -> None:
    base = bill(line("7"))
    ours, theirs = bill(line("7", customer_ref="")), bill(line("7", is_billable=True))

    assert asked(base, ours, theirs) == [
        (
            "lines/7/billing",
            "Line 1 “Studs”: customer and billable",
            Billing("10", False),
            Billing("", False),
            Billing("10", True),
        )
    ]
    merged = merge(base, ours, bill(line("7", is_billable=True, customer_ref="11")))
    assert [resolve(merged, {"lines/7/billing": side}).lines for side in ("ours", "theirs")] == [
        ours.lines,
        (line("7", is_billable=True, customer_ref="11"),),
    ]
    turned = merge(base, bill(line("7", is_billable=True, customer_ref="11")), ours)
    assert [conflict.field for conflict in turned.conflicts] == ["lines/7/billing"]
    moved = merge(base, bill(line("7", customer_ref="11")), theirs)
    assert (moved.facts.lines, moved.conflicts) == ((line("7", customer_ref="11", is_billable=True),), ())


def test_a_line_that_is_gone_on_one_side() -> None:
    base = bill(line("7"), line("8", description="Nails"))
    without, edited = bill(line("7")), bill(line("7"), line("8", description="Screws"))

    assert merge(base, without, base).facts == without
    assert merge(base, base, without).taken == (
        FieldChange("lines/8", "Line 2 “Nails”", line("8", description="Nails"), None),
    )
    assert merge(base, without, without).conflicts == ()
    merged = merge(base, without, edited)
    assert [(c.field, c.ours, c.theirs) for c in merged.conflicts] == [("lines/8", None, edited.lines[1])]
    assert merged.facts == base
    assert resolve(merged, {"lines/8": "ours"}) == without
    assert resolve(merged, {"lines/8": "theirs"}) == edited


def test_lines_added_on_both_sides_are_kept_where_they_were_put() -> None:
    base = bill(line("1"), line("2"))
    ours = bill(line("new-1", description=""), line("1"), line("2"), line("new-2"))
    theirs = bill(line("1"), line("3"), line("2"), line("4"))

    merged = merge(base, ours, theirs)

    assert [made.key for made in merged.facts.lines] == ["new-1", "1", "3", "2", "4", "new-2"]
    assert [(change.field, change.label) for change in merged.kept] == [
        ("lines/new-1", "New line"),
        ("lines/new-2", "New line “Studs”"),
    ]


def test_lines_moved_on_both_sides_are_as_in_quickbooks() -> None:
    base, ours, theirs = (bill(*map(line, keys)) for keys in ("123", "213", "132"))

    merged = merge(base, ours, theirs)

    assert (merged.facts, merged.conflicts) == (theirs, ())
    assert differences(base, theirs) == ()


def test_one_key_added_on_both_sides_in_two_ways_asks() -> None:
    base, ours, theirs = bill(), bill(line("1")), bill(line("1", description="Nails"))

    merged = merge(base, ours, theirs)

    assert merged.facts == base
    assert [resolve(merged, {"lines/1": side}) for side in ("ours", "theirs")] == [ours, theirs]


def test_a_key_names_one_line() -> None:
    with pytest.raises(ValueError, match="same key"):
        bill(line("1"), line("1"))


def test_every_field_has_an_owner() -> None:
    """N7's policy table, as it is shown."""
    ressio = {part for part, owner in OWNERS.items() if owner == Owner.RESSIO}
    assert ressio == {"memo", "description", "code"}
    assert set(OWNERS) - ressio == {
        *("vendor_ref", "number", "issued_on", "due_on", "line", "price", "account"),
        *("customer_ref", "is_billable", "billing"),
    }
