"""Shifts are priced by one at a time: whoever approves while a rate changes, gets the new one."""

import threading
from datetime import date

import pytest
from django.db import connection, connections, transaction

from ressio.scoping import scope
from tests.budgets.bills.test_locks import LONGEST_WAIT, wait_until_somebody_waits
from tests.timeclock.crew import Crew

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for nobody."
)


def test_approving_while_a_rate_changes(crew: Crew) -> None:
    shift = crew.record()

    def approve() -> None:
        try:
            with scope(company=crew.office.company):
                crew.approve(shift)
        finally:
            connections.close_all()

    person = threading.Thread(target=approve)
    with transaction.atomic():
        crew.rate(date(2026, 2, 1), "60", "100")
        person.start()
        wait_until_somebody_waits()
    person.join(LONGEST_WAIT)
    assert crew.counted() == 8 * 60
