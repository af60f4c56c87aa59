"""Linking cost codes to products and services, and making cost codes out of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection as database

from integrations import registry
from integrations.linking import (
    AlreadyLinked,
    NamesTaken,
    NameTaken,
    NotConnected,
    NotEligible,
    create_cost_code_from_item,
    import_items,
    importable_items,
    link_cost_code,
    link_cost_codes,
    unlink_cost_code,
)
from integrations.linking.eligibility import ItemState, item_state
from integrations.models import ConnectionStatus, CostCodeLink
from integrations.registry import register_links_changed
from ressio.models import Activity, CostCode, User
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import LATER, NOW, Books


def links() -> list[tuple[str, str]]:
    return sorted((str(link.cost_code), link.item_ref) for link in CostCodeLink.objects.all())


def test_linking_stores_the_pair_who_and_when(cast: Cast, books: Books, alice: User) -> None:
    item = books.item("11", "Framing")

    link = link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)

    assert (link.item_ref, link.linked_by, link.linked_at) == ("11", alice, NOW)
    activity = Activity.objects.get()
    assert (activity.verb, activity.actor, activity.subject_label) == (
        "linked the cost code",
        alice,
        "0500 Framing",
    )
    assert activity.changes == {"product or service": ["", "Framing"]}


def test_linking_the_same_again_changes_nothing(cast: Cast, books: Books, alice: User) -> None:
    item = books.item("11", "Framing")
    first = link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)

    again = link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=LATER)

    assert (again.pk, again.linked_at) == (first.pk, NOW)
    assert Activity.objects.count() == 1


def test_a_link_can_be_changed(cast: Cast, books: Books, alice: User) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("11", "Framing"), actor=alice, now=NOW)

    link_cost_code(cost_code=cast.framing, item=books.item("12", "Lumber"), actor=alice, now=LATER)

    assert links() == [("0500 Framing", "12")]
    changes = Activity.objects.order_by("-pk")[0].changes
    assert changes == {"product or service": ["Framing", "Lumber"]}


def test_an_item_that_is_taken_is_refused_by_name(cast: Cast, books: Books, alice: User) -> None:
    item = books.item("11", "Framing")
    link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)
    other = CostCode.objects.create(company=cast.ridge, name="0600 Lumber")

    with pytest.raises(AlreadyLinked, match="“Framing” is already linked to the cost code “0500 Framing”"):
        link_cost_code(cost_code=other, item=item, actor=alice, now=NOW)

    assert links() == [("0500 Framing", "11")]


@pytest.mark.parametrize(
    ("fields", "state", "words"),
    [
        (
            {"expense_account_ref": ""},
            ItemState.NOT_PURCHASED,
            "I purchase this product/service from a vendor",
        ),
        ({"income_account_ref": ""}, ItemState.NOT_SOLD, "I sell this product/service"),
        ({"income_account_ref": "", "expense_account_ref": ""}, ItemState.NEITHER, "Neither"),
        ({"item_type": "Category"}, ItemState.CATEGORY, "category"),
        ({"item_type": "Group"}, ItemState.BUNDLE, "bundle"),
        ({"is_deleted": True}, ItemState.DELETED, "no longer exists"),
    ],
)
def test_an_ineligible_item_is_refused_with_the_flag_that_is_missing(
    cast: Cast, books: Books, alice: User, fields: dict[str, object], state: ItemState, words: str
) -> None:
    item = books.item("11", "Framing", **fields)

    with pytest.raises(NotEligible, match=words):
        link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)

    assert item_state(item) == state
    assert links() == []
    assert Activity.objects.count() == 0


def test_an_inactive_item_may_be_linked_because_its_costs_still_count(
    cast: Cast, books: Books, alice: User
) -> None:
    item = books.item("11", "Framing (deleted)", is_active=False)

    link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)

    assert links() == [("0500 Framing", "11")]


def test_unlinking_says_whether_there_was_a_link(cast: Cast, books: Books, alice: User) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("11", "Framing"), actor=alice, now=NOW)

    assert unlink_cost_code(cost_code=cast.framing, connection=books.connection, actor=alice)
    assert not unlink_cost_code(cost_code=cast.framing, connection=books.connection, actor=alice)

    assert links() == []
    assert [activity.verb for activity in Activity.objects.order_by("pk")] == [
        "linked the cost code",
        "unlinked the cost code",
    ]


def test_another_companys_rows_are_refused_both_ways(
    cast: Cast, books: Books, summit_books: Books, alice: User
) -> None:
    item = books.item("11", "Framing")
    with scope(company=cast.summit):
        foreign_item = summit_books.item("11", "Roofing")

    with pytest.raises(NotConnected):
        link_cost_code(cost_code=cast.framing, item=foreign_item, actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        link_cost_code(cost_code=cast.summit_code, item=item, actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        unlink_cost_code(cost_code=cast.summit_code, connection=books.connection, actor=alice)

    assert links() == []
    with scope(company=cast.summit):
        assert links() == []


@pytest.mark.parametrize(
    "state",
    [{"status": ConnectionStatus.DISCONNECTED}, {"is_current": False}],
    ids=["disconnected", "old realm"],
)
def test_links_outlive_the_connection_but_new_ones_need_it(
    cast: Cast, books: Books, alice: User, state: dict[str, object]
) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("11", "Framing"), actor=alice, now=NOW)
    for key, value in state.items():
        setattr(books.connection, key, value)
    books.connection.save()

    with pytest.raises(NotConnected):
        link_cost_code(cost_code=cast.framing, item=books.item("12", "Lumber"), actor=alice, now=NOW)

    assert links() == [("0500 Framing", "11")]


def test_a_reviewed_list_is_linked_whole_or_not_at_all(cast: Cast, books: Books, alice: User) -> None:
    roofing = CostCode.objects.create(company=cast.ridge, name="0700 Roofing")
    good, bad = books.item("11", "Framing"), books.item("12", "Roofing", expense_account_ref="")

    with pytest.raises(NotEligible):
        link_cost_codes(pairs=[(cast.framing, good), (roofing, bad)], actor=alice, now=NOW)
    assert links() == []

    link_cost_codes(pairs=[(cast.framing, good)], actor=alice, now=NOW)
    assert links() == [("0500 Framing", "11")]


def test_hooks_hear_of_a_change_once_after_commit(
    cast: Cast,
    books: Books,
    alice: User,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(registry, "_links_changed", [])
    register_links_changed(lambda connection: heard.append(connection.pk))
    item = books.item("11", "Framing")

    with django_capture_on_commit_callbacks(execute=True):
        link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=NOW)
        assert heard == []
    assert heard == [books.connection.pk]

    with django_capture_on_commit_callbacks(execute=True):
        link_cost_code(cost_code=cast.framing, item=item, actor=alice, now=LATER)
    assert heard == [books.connection.pk]


def test_importing_takes_name_category_sku_and_links(cast: Cast, books: Books, alice: User) -> None:
    item = books.item(
        "11", "Trenching (deleted)", full_name="Site:Excavation:Trenching", sku="TR-1", description="By hand"
    )

    imported = import_items(connection=books.connection, items=[item], actor=alice, now=NOW)

    (code,) = imported.created
    assert (code.name, code.category, code.sku, code.description) == (
        "Trenching",
        "Site / Excavation",
        "TR-1",
        "By hand",
    )
    assert links() == [("Trenching", "11")]
    assert Activity.objects.get().verb == "imported the cost code"


def test_an_import_with_a_name_that_exists_imports_nothing_and_offers_the_link(
    cast: Cast, books: Books, alice: User
) -> None:
    clash, free = books.item("11", "0500 FRAMING"), books.item("12", "Roofing")

    with pytest.raises(NamesTaken) as refused:
        import_items(connection=books.connection, items=[free, clash], actor=alice, now=NOW)

    assert [(found.row, found.existing, found.can_link) for found in refused.value.clashes] == [
        (clash, cast.framing, True)
    ]
    assert CostCode.objects.count() == 1
    assert links() == []


def test_a_clash_is_linked_when_asked(cast: Cast, books: Books, alice: User) -> None:
    clash, free = books.item("11", "0500 framing"), books.item("12", "Roofing")

    imported = import_items(
        connection=books.connection, items=[free, clash], link_to_existing={"11"}, actor=alice, now=NOW
    )

    assert ([code.name for code in imported.created], imported.linked) == (["Roofing"], [cast.framing])
    assert links() == [("0500 Framing", "11"), ("Roofing", "12")]


def test_a_clash_with_a_code_that_is_linked_elsewhere_cannot_be_linked(
    cast: Cast, books: Books, alice: User
) -> None:
    link_cost_code(cost_code=cast.framing, item=books.item("10", "Lumber"), actor=alice, now=NOW)

    with pytest.raises(NamesTaken) as refused:
        import_items(
            connection=books.connection,
            items=[books.item("11", "0500 Framing")],
            link_to_existing={"11"},
            actor=alice,
            now=NOW,
        )

    assert [found.can_link for found in refused.value.clashes] == [False]
    assert links() == [("0500 Framing", "10")]


def test_nothing_is_half_imported_when_one_item_is_ineligible(cast: Cast, books: Books, alice: User) -> None:
    good, bad = books.item("11", "Roofing"), books.item("12", "Siding", income_account_ref="")

    with pytest.raises(NotEligible):
        import_items(connection=books.connection, items=[good, bad], actor=alice, now=NOW)

    assert CostCode.objects.count() == 1
    assert links() == []


def test_an_item_that_is_linked_already_is_not_imported_again(cast: Cast, books: Books, alice: User) -> None:
    item = books.item("11", "Roofing")
    import_items(connection=books.connection, items=[item], actor=alice, now=NOW)

    with pytest.raises(AlreadyLinked, match="“Roofing” is already linked to “Roofing”"):
        import_items(connection=books.connection, items=[item], actor=alice, now=LATER)

    assert CostCode.objects.count() == 2


def test_import_all_means_eligible_in_use_and_unlinked(cast: Cast, books: Books, alice: User) -> None:
    wanted = books.item("11", "Roofing")
    books.item("12", "Old", is_active=False)
    books.item("13", "Siding", expense_account_ref="")
    link_cost_code(cost_code=cast.framing, item=books.item("14", "Framing"), actor=alice, now=NOW)

    assert importable_items(books.connection) == [wanted]


def test_one_cost_code_from_one_item(cast: Cast, books: Books, alice: User) -> None:
    code = create_cost_code_from_item(item=books.item("11", "Roofing"), actor=alice, now=NOW)
    assert (code.name, links()) == ("Roofing", [("Roofing", "11")])

    with pytest.raises(NameTaken) as refused:
        create_cost_code_from_item(item=books.item("12", "0500 Framing"), actor=alice, now=NOW)
    assert refused.value.existing == cast.framing


def test_importing_many_does_not_query_item_by_item(cast: Cast, books: Books, alice: User) -> None:
    items = [books.item(str(ref), f"Work {ref}") for ref in range(100, 140)]
    before = len(database.queries_log)
    database.force_debug_cursor = True
    try:
        import_items(connection=books.connection, items=items, actor=alice, now=NOW)
        count = len(database.queries_log) - before
    finally:
        database.force_debug_cursor = False

    assert CostCodeLink.objects.count() == 40
    assert count < 2 * 40 + 20  # a link and an activity each, and a handful for everything else
