"""V3, U8: which customers belong to which project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.reach import customers_of, divide_customers
from integrations.models import ProjectLink
from tests.budgets.books import Books

pytestmark = pytest.mark.pure

#  1 ── 2 ── 3 ── 4
#       └─── 5        6
TREE = [("1", ""), ("2", "1"), ("3", "2"), ("4", "3"), ("5", "2"), ("6", "")]


@pytest.mark.parametrize(
    ("links", "owned"),
    [
        ({"2": False}, {"2": "2"}),
        ({"2": True}, {"2": "2345"}),
        ({"1": True, "3": False}, {"1": "1245", "3": "3"}),  # below 3 the nearest that includes is 1
        ({"1": True, "3": True}, {"1": "125", "3": "34"}),
        ({"1": True, "2": False, "4": False}, {"1": "135", "2": "2", "4": "4"}),
        ({"99": True}, {"99": ["99"]}),  # a customer that is in no list yet
        ({}, {}),
    ],
)
def test_v3_who_owns_whom(links: dict[str, bool], owned: dict[str, str]) -> None:
    assert divide_customers(TREE, links) == {linked: set(customers) for linked, customers in owned.items()}


def test_a_circle_ends() -> None:
    circle = [("1", "3"), ("2", "1"), ("3", "2"), ("4", "4")]

    assert divide_customers(circle, {"1": True, "4": True}) == {"1": {"1", "2", "3"}, "4": {"4"}}


refs = st.integers(1, 9).map(str)


@given(
    parents=st.dictionaries(refs, st.one_of(st.just(""), refs)), links=st.dictionaries(refs, st.booleans())
)
def test_v3_as_seen_from_below(parents: dict[str, str], links: dict[str, bool]) -> None:
    """Told the other way round: each customer looks up for its owner. Nobody is owned twice."""
    expected: dict[str, set[str]] = {linked: {linked} for linked in links}
    for customer in parents:
        owner = look_up(customer, parents, links)
        if owner:
            expected[owner].add(customer)

    assert divide_customers(parents.items(), links) == expected


def look_up(customer: str, parents: dict[str, str], links: dict[str, bool]) -> str:
    if customer in links:
        return customer
    seen = {customer}
    above = parents[customer]
    while above and above not in seen:
        if links.get(above):
            return above
        seen.add(above)
        above = parents.get(above, "")
    return ""


def test_u8_sub_customers_only_when_asked_for(books: Books) -> None:
    books.customer("1")
    books.customer("2", parent="1")
    books.customer("3", parent="2", is_project=True)
    top, sub = books.project("Top", "1"), books.project("Sub", "2")

    def reach() -> list[set[str]]:
        links = ProjectLink.objects.order_by("pk")
        return [customers_of(link) for link in links]

    assert reach() == [{"1"}, {"2"}]
    ProjectLink.objects.filter(project=top).update(include_sub_customers=True)
    assert reach() == [{"1", "3"}, {"2"}]
    ProjectLink.objects.filter(project=sub).update(include_sub_customers=True)
    assert reach() == [{"1"}, {"2", "3"}]
