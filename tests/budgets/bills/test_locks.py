"""The books, then the bill, then its push: whoever meets an answer on its way waits, and nobody is killed for it."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from budgets.bills.drafting import lock_bill
from budgets.models import Bill, BillState
from integrations.models import PushState
from integrations.outbox import DecisionRefused, perform_push, skip_push
from ressio.scoping import scope
from tests.budgets.bills.office import Office

LONGEST_WAIT = 20


def wait_until_somebody_waits() -> None:
    ends = time.monotonic() + LONGEST_WAIT
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
            time.sleep(0.02)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, who waits for nobody.")
def test_a_decision_and_the_answer_cross(office: Office) -> None:
    """A verb has the bill and wants the push, while the answer has what it needs first, and wants the bill."""
    bill = office.approve(office.enter())
    push = office.push_of(bill)
    has_bill, said = threading.Event(), []

    def decide() -> None:
        try:
            with scope(company=office.company), transaction.atomic():
                lock_bill(Bill(pk=bill.pk))
                has_bill.set()
                wait_until_somebody_waits()
                skip_push(push=push, actor=None, now=timezone.now())
        except Exception as error:
            said.append(type(error))
        finally:
            connections.close_all()

    person = threading.Thread(target=decide)
    person.start()
    assert has_bill.wait(LONGEST_WAIT)
    perform_push(push.pk)
    person.join(LONGEST_WAIT)

    assert said == [DecisionRefused]
    assert (office.push_of(bill).state, office.push_of(bill).tries) == (PushState.DONE, 1)
    assert office.fresh(bill).state == BillState.UNPAID
