"""Which names count as near-equal, which never do, and that a long list does not keep anybody waiting."""

import time

import pytest

from integrations.suggestions import (
    SHOWN,
    SURE,
    Name,
    NameIndex,
    Suggestion,
    bare_name,
    choose_one_each,
    find_near_duplicates,
    likeness,
    suggest_pairs,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Framing", "FRAMING"),
        ("Drywall & Plaster", "Drywall and Plaster"),
        ("O'Brien Roofing", "OBrien Roofing"),
        ("06-100 Framing", "Framing"),
        ("06.10.Framing", "framing"),
        ("07 Roofing", "7 Roofing"),
        ("Framing Labor", "Labor, framing"),
        ("Electrical", "Electrcial"),
        ("Plumbing", "Plumbng"),
        ("Dry wall", "Drywall"),
        ("HVAC", "H.V.A.C."),
        ("ABC Lumber Inc.", "ABC Lumber"),
        ("Müller Bau", "Muller Bau"),
        ("Concrete", "Concrete (deleted)"),
        ("Jones Kitchen", "Jones:Kitchen"),
        ("Maple Street Addition", "Maple St. Addition"),
        ("09-900 Paint", "Painting"),
        ("Permit", "Permits"),
    ],
)
def test_same_thing_spelt_differently_is_sure(ours: str, theirs: str) -> None:
    assert likeness(Name(ours), Name(theirs)) >= SURE
    assert likeness(Name(theirs), Name(ours)) >= SURE


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Lot 12", "Lot 21"),
        ("12 Oak Street", "14 Oak Street"),
        ("06-100 Framing", "06-110 Framing"),
        ("2x4 Lumber", "2x6 Lumber"),
        ("Interior Doors", "Exterior Doors"),
        ("Rough Carpentry", "Finish Carpentry"),
        ("Framing", "Plumbing"),
        ("1100", "1200"),
    ],
)
def test_different_things_that_look_alike_are_never_shown(ours: str, theirs: str) -> None:
    assert likeness(Name(ours), Name(theirs)) < SHOWN
    assert NameIndex({"theirs": [theirs]}).find(ours) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Paint", "Print"), ("Jones Residence", "Jones Residence - Kitchen"), ("Tile", "Title")],
)
def test_doubtful_pairs_are_shown_and_not_ticked(ours: str, theirs: str) -> None:
    assert SHOWN <= likeness(Name(ours), Name(theirs)) < SURE


def test_best_suggestion_comes_first_and_any_spelling_counts() -> None:
    index = NameIndex({"a": ["Framing Labour"], "b": ["Framing", "Structure:Framing"], "c": ["Roofing"]})

    assert [found.key for found in index.find("0500 Structure Framing")] == ["b"]
    assert index.find("framing") == [Suggestion("b", 1.0)]


def test_suggestions_leave_out_names_without_any() -> None:
    found = suggest_pairs({1: "Framing", 2: "Excavation"}, {"x": ["framing"]})

    assert found == {1: [Suggestion("x", 1.0)]}


def test_one_partner_each_goes_to_the_surest_pair() -> None:
    chosen = choose_one_each(
        {
            1: [Suggestion("x", 0.9), Suggestion("y", 0.85)],
            2: [Suggestion("x", 1.0)],
            3: [Suggestion("x", 0.95)],
        }
    )

    assert chosen == {1: Suggestion("y", 0.85), 2: Suggestion("x", 1.0)}


def test_near_duplicates_on_one_side_are_named_once() -> None:
    names = {1: "Framing", 2: "0500 Framing", 3: "Roofing", 4: "framing."}

    assert sorted(find_near_duplicates(names)) == [(1, 2), (1, 4), (2, 4)]


def test_names_without_letters_do_not_disturb() -> None:
    assert suggest_pairs({1: "", 2: "—", 3: "Framing"}, {"x": ["", "Framing"]})[3] == [Suggestion("x", 1.0)]


@pytest.mark.parametrize(
    ("name", "bare"), [("Tile (deleted)", "Tile"), ("Tile (deleted-2)", "Tile"), ("Tile", "Tile")]
)
def test_mark_of_inactive_rows_is_taken_off(name: str, bare: str) -> None:
    assert bare_name(name) == bare


def test_five_hundred_by_five_hundred_is_quick() -> None:
    trades = [
        f"{first}{second}"
        for first in ["Framing", "Roofing", "Siding", "Tile", "Paint"]
        for second in range(100)
    ]
    ours = {place: f"{place:03} Work {name}" for place, name in enumerate(trades)}
    theirs = {place: [f"Work {name}", f"Trades:Work {name}"] for place, name in enumerate(trades)}

    started = time.perf_counter()
    found = suggest_pairs(ours, theirs)
    seconds = time.perf_counter() - started

    assert [found[place][0].key for place in ours] == list(ours)
    assert seconds < 5  # about 0.3 s on an idle machine; comparing every pair takes a minute
