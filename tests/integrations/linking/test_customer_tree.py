"""V3: whom a linked customer stands for."""

import pytest

from integrations.customer_tree import CustomerTree

pytestmark = pytest.mark.pure

#  1 ─┬─ 2 ─┬─ 3 ── 6
#     │     └─ 4
#     └─ 5
TREE = CustomerTree.of([("1", ""), ("2", "1"), ("3", "2"), ("4", "2"), ("5", "1"), ("6", "3")])


def test_every_descendant_belongs_to_the_one_that_includes() -> None:
    assert sorted(TREE.reached("1", {"1": True})) == ["2", "3", "4", "5", "6"]
    assert TREE.descendants("5") == []


def test_a_linked_descendant_stands_for_itself_only() -> None:
    assert sorted(TREE.reached("1", {"1": True, "3": False})) == ["2", "4", "5", "6"]


def test_a_nearer_linked_ancestor_that_includes_takes_its_own() -> None:
    links = {"1": True, "2": True}

    assert sorted(TREE.reached("1", links)) == ["5"]
    assert sorted(TREE.reached("2", links)) == ["3", "4", "6"]


def test_below_a_nearer_one_the_next_that_is_linked_counts() -> None:
    links = {"1": True, "2": False, "3": True}

    assert sorted(TREE.reached("1", links)) == ["4", "5"]


def test_a_loop_in_bad_data_ends() -> None:
    loop = CustomerTree.of([("1", "2"), ("2", "1"), ("3", "3")])

    assert loop.descendants("1") == ["2"]
    assert loop.descendants("3") == []
