"""Two people at once: the database decides, one of them is told by name."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from integrations.linking import LinkRefused, import_items, link_cost_code, link_project
from integrations.models import CostCodeLink, ProjectLink
from integrations.switches import set_switches, switches_of
from ressio.models import CostCode
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import NOW, Books, connect

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(cast: Cast, *deeds: Callable[[], Any]) -> list[Exception | None]:
    """Each in a thread with a database connection of its own, all let go at the same moment."""
    gate = threading.Barrier(len(deeds))
    outcomes: list[Exception | None] = [None] * len(deeds)

    def act(place: int, deed: Callable[[], Any]) -> None:
        try:
            with scope(company=cast.ridge):
                gate.wait(10)
                deed()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def ridge_books(transactional_db: None, cast: Cast) -> Books:
    with scope(company=cast.ridge):
        return Books(connect(cast.ridge, "9130001"))


def refusals(outcomes: list[Exception | None]) -> list[bool]:
    return sorted(isinstance(outcome, LinkRefused) for outcome in outcomes if outcome is not None)


def test_one_item_two_cost_codes(cast: Cast, ridge_books: Books) -> None:
    with scope(company=cast.ridge):
        item = ridge_books.item("11", "Framing")
        codes = [CostCode.objects.create(company=cast.ridge, name=f"Code {place}") for place in range(4)]

        outcomes = run_together(
            cast,
            *(
                lambda code=code: link_cost_code(cost_code=code, item=item, actor=cast.alice.user, now=NOW)
                for code in codes
            ),
        )

        assert CostCodeLink.objects.count() == 1
    assert refusals(outcomes) == [True] * 3


def test_one_project_two_customers(cast: Cast, ridge_books: Books) -> None:
    with scope(company=cast.ridge):
        customers = [ridge_books.customer(str(ref), f"Customer {ref}") for ref in (71, 72)]

        outcomes = run_together(
            cast,
            *(
                lambda customer=customer: link_project(
                    project=cast.ridge_house, customer=customer, actor=cast.alice.user, now=NOW
                )
                for customer in customers
            ),
        )

        assert ProjectLink.objects.count() == 1
    assert refusals(outcomes) == [True]


def test_the_same_import_pressed_twice(cast: Cast, ridge_books: Books) -> None:
    with scope(company=cast.ridge):
        items = [ridge_books.item(str(ref), f"Work {ref}") for ref in range(11, 16)]

        def press() -> None:
            import_items(connection=ridge_books.connection, items=items, actor=cast.alice.user, now=NOW)

        outcomes = run_together(cast, press, press)

        assert CostCodeLink.objects.count() == 5
        assert CostCode.objects.count() == 6
    assert refusals(outcomes) == [True]


def test_two_switches_saved_at_once_are_both_saved(cast: Cast, ridge_books: Books) -> None:
    with scope(company=cast.ridge):
        outcomes = run_together(
            cast,
            *(
                lambda key=key: set_switches(
                    project=cast.ridge_house, changes={key: True}, actor=cast.alice.user, now=NOW
                )
                for key in ("vendor_credits", "time_tracking", "tax_is_cost")
            ),
        )

        switches = switches_of(cast.ridge_house)
        assert (switches.vendor_credits, switches.time_tracking, switches.tax_is_cost) == (True, True, True)
    assert outcomes == [None, None, None]
