"""The answers of a batch: each bill becomes its document, however many they are, in the same few statements."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from budgets.bills.drafting import LineInput
from budgets.bills.facts import facts_of, write_facts, write_facts_of_many
from budgets.models import OWN_BILL, Bill, BillChange, BillLine, BillState, CostLine
from integrations.models import Push, PushState
from integrations.outbox import perform_push_batch
from tests.budgets.bills.office import Json, Office

pytestmark = pytest.mark.usefixtures("office")


def approve_many(office: Office, prefix: str, count: int) -> list[Bill]:
    """Each has a line more than the one before, and two of them are alike."""
    bills = [
        office.enter(f"{prefix}-{number}", *(office.line(f"{amount % 3 + 1}.00") for amount in range(number)))
        for number in range(1, count + 1)
    ]
    with transaction.atomic():
        return [office.approve(bill, is_bulk=True) for bill in bills]


def test_each_is_linked_to_its_own_document_line_by_line(office: Office) -> None:
    bills = approve_many(office, "MANY", 5)

    assert perform_push_batch(office.connection.pk) == 1

    there: dict[str, Json] = {document["Id"]: document for document in office.bills_there()}
    for bill in map(office.fresh, bills):
        document = there.pop(bill.quickbooks_id)
        assert (bill.state, bill.number) == (BillState.UNPAID, document["DocNumber"])
        lines = [(line.line_ref, line.amount, line.cost_code_id) for line in bill.lines.all()]
        expected = [(line["Id"], Decimal(line["Amount"]), office.codes[0].pk) for line in document["Line"]]
        assert lines == expected
        assert [(note.what, note.fields) for note in bill.changes.all()] == [("Arrived in QuickBooks", [])]
    assert there == {}
    assert not CostLine.objects.filter(entity=OWN_BILL).exists()
    assert office.counted() == sum((bill.total for bill in bills), Decimal(0))


def test_more_bills_take_no_more_statements(office: Office) -> None:
    office.settle("FIRST")  # the connection's first request makes the rows of its limiter
    counts = []
    for prefix, count in (("FEW", 3), ("MORE", 9)):
        approve_many(office, prefix, count)
        with CaptureQueriesContext(database) as queries:
            perform_push_batch(office.connection.pk)
        # The limiter tidies up by the clock.
        counts.append(sum(not re.search("SAVEPOINT|throttle", query["sql"]) for query in queries))

    assert set(Push.objects.values_list("state", flat=True)) == {PushState.DONE}
    assert counts[0] == counts[1]


@pytest.mark.parametrize("shape", ["the same", "one more", "one less", "another order"])
def test_facts_of_many_are_taken_over_as_those_of_one(office: Office, shape: str) -> None:
    one, other = (office.settle(number, *two_lines(office)) for number in ("ONE", "OTHER"))
    found = []
    for bill in (one, other):
        lines = list(bill.lines.all())
        facts = facts_of(bill, lines)
        first, second = facts.lines
        changed = replace(first, amount=Decimal("7.00"), description="Changed")
        shapes = {
            "the same": (changed, second),
            "one more": (changed, second, replace(second, key="99")),
            "one less": (changed,),
            "another order": (second, changed),
        }
        found.append((bill, replace(facts, memo="Now", lines=shapes[shape]), lines))

    write_facts(one, found[0][1])
    write_facts_of_many(office.connection, found[1:])

    assert describe(office.fresh(other)) == describe(office.fresh(one))
    assert office.fresh(other).description == "Now"
    assert BillChange.objects.count() == 2


def two_lines(office: Office) -> list[LineInput]:
    return [office.line("10.00"), office.line("20.00", 1)]


def describe(bill: Bill) -> list[tuple[object, ...]]:
    names = ("position", "amount", "description", "cost_code", "item_ref", "quantity", "is_billable")
    return list(BillLine.objects.filter(bill=bill).values_list(*names))
