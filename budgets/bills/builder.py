"""Bills in the outbox: how one becomes a document, is found again, and is recorded (R27, N6)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from budgets.bills.before_link import keep_before_link
from budgets.bills.building import bill_document, write_json
from budgets.bills.changing import change_document
from budgets.bills.drafting import lock_bills
from budgets.bills.effects import tell_effects
from budgets.bills.facts import load_facts, write_facts
from budgets.bills.file_pushes import find_bills_with_files, request_file_pushes
from budgets.bills.pushes import KIND
from budgets.bills.readiness import Surroundings, obstacles_of, survey
from budgets.bills.recognising import is_same_bill, was_made_before
from budgets.bills.twins import relink
from budgets.bills.words import say_amount, say_day
from budgets.models import Bill, BillLine, BillOrigin, BillState
from budgets.reading import Json
from integrations.gateway import Gateway, Row, quote
from integrations.models import Document, Push, PushOperation
from integrations.outbox import DecisionRefused, Hold, register_builder
from ressio.models import Company

_PREPARED = "prepared_bill"


@dataclass(frozen=True)
class Prepared:
    bill: Bill | None
    lines: Sequence[BillLine]
    around: Surroundings


class BillBuilder:
    entity = "Bill"

    def prepare(self, pushes: Sequence[Push]) -> None:
        """Ten queries for a whole batch."""
        if pushes:
            for push, prepared in _prepare(pushes).items():
                setattr(pushes[push], _PREPARED, prepared)

    def build(self, push: Push) -> bytes:
        prepared: Prepared = getattr(push, _PREPARED, None) or _prepare([push])[0]
        if prepared.bill is None:
            raise Hold("gone", "The bill was deleted in Ressio.")
        if push.operation == PushOperation.UPDATE:
            return change_document(prepared.bill, prepared.lines, prepared.around)
        return self._build_new(prepared.bill, prepared, push)

    def _build_new(self, bill: Bill, prepared: Prepared, push: Push) -> bytes:
        obstacles = obstacles_of(bill, prepared.lines, prepared.around, requested_by=push.requested_by_id)
        if obstacles:
            raise Hold(obstacles[0].code, obstacles[0].sentence)
        return write_json(document_of(bill, prepared.lines, prepared.around))

    def lock(self, pushes: Sequence[Push]) -> None:
        lock_bills([int(push.subject_id) for push in pushes])

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The one that a sync took for this bill already, whatever became of it since. Else by number first, then
        everything else must agree; never a document that another bill of ours is.
        """
        known = _known_already(push)
        if known is not None:
            return known
        payload = _parse(push.payload)
        page = gateway.query_rows("Bill", where=f"DocNumber = {quote(str(payload.get('DocNumber', '')))}")
        taken = _taken_by_others(push, [str(row.data["Id"]) for row in page.rows])
        for row in page.rows:
            is_free = str(row.data["Id"]) not in taken
            if is_free and is_same_bill(payload, row.data) and not _is_older(row.data, push):
                return row
        return None

    def record(self, push: Push, row: Row) -> None:
        bill = Bill.objects.filter(pk=push.subject_id).first()
        if bill is None:
            return
        if push.was_adopted and not push.payload and not bill.quickbooks_id:  # linked by a person
            keep_before_link(bill)
        relink(bill, push.connection, row.data, now=timezone.now())
        request_file_pushes(bill, requested_by=push.requested_by, now=timezone.now())

    def record_many(self, pushes_and_rows: Sequence[tuple[Push, Row]]) -> None:
        """The answers are in the mirror already, and the bills linked to them with it; here is the rest."""
        found = Bill.objects.select_related("project__company")
        bills = found.in_bulk([int(push.subject_id) for push, _ in pushes_and_rows])
        for push, row in pushes_and_rows:
            if bill := bills.get(int(push.subject_id)):
                relink(bill, push.connection, row.data, now=timezone.now())
        with_files = find_bills_with_files(bills)
        for push, _ in pushes_and_rows:
            if (pk := int(push.subject_id)) in with_files:
                request_file_pushes(bills[pk], requested_by=push.requested_by, now=timezone.now())

    def skipped(self, push: Push) -> None:
        """Of a change to a bill that is in QuickBooks, what QuickBooks has holds again: else the next sync would find
        the difference and send it after all.
        """
        bill = Bill.objects.filter(pk=push.subject_id).first()
        if bill is None or push.operation != PushOperation.UPDATE or not bill.agreed:
            return
        if bill.conflicts:
            raise DecisionRefused("Decide about what changed on both sides instead.")
        write_facts(bill, load_facts(bill.agreed))

    def candidates(self, push: Push) -> list[tuple[str, str]]:
        """Bills in QuickBooks that nobody here is yet: those of the vendor first, then those of the same amount."""
        bill = Bill.objects.select_related("vendor").filter(pk=push.subject_id).first()
        if bill is None:
            return []
        around = survey(push.connection, [bill], {})
        there = around.vendors.get(bill.vendor_id or 0)
        free = Bill.objects.filter(connection=push.connection, origin=BillOrigin.QUICKBOOKS)
        free = free.exclude(state__in=[BillState.VOIDED, BillState.DELETED]).order_by("-issued_on", "-pk")
        mine = free.filter(vendor_ref=there.ref) if there else free.filter(total=bill.total)
        alike = sorted(
            mine[:100], key=lambda other: (other.plain_number != bill.plain_number, other.total != bill.total)
        )
        return [(other.quickbooks_id, _describe(other)) for other in alike]

    def tell_effects(self, pushes: Sequence[Push]) -> list[list[str]]:
        prepared = list(_prepare(pushes).values())
        bills, lines = [each.bill for each in prepared], [each.lines for each in prepared]
        return tell_effects(pushes, bills, lines, prepared[0].around) if prepared else []

    def subject_url(self, push: Push, company: Company) -> str:
        return reverse("bill", kwargs={"company": company.slug, "bill_id": int(push.subject_id)})


def register_bill_builder() -> None:
    register_builder(KIND, BillBuilder())


def document_of(bill: Bill, lines: Sequence[BillLine], around: Surroundings) -> dict[str, Any]:
    """Only for a bill without obstacles."""
    items = {code: item.quickbooks_id for code, item in around.items.items() if item is not None}
    return bill_document(
        bill,
        lines,
        vendor_ref=around.vendors[bill.vendor_id or 0].ref,
        customer_ref=around.customers[bill.project_id or 0],
        items=items,
    )


def _describe(bill: Bill) -> str:
    day = say_day(bill.issued_on) or "no date"
    return f"{bill.vendor_name}, {bill.number or 'no number'}, {day}, {say_amount(bill.total)}"


def _prepare(pushes: Sequence[Push]) -> dict[int, Prepared]:
    """By place in `pushes`, all of one connection."""
    connection = pushes[0].connection
    bills = Bill.objects.filter(pk__in=[push.subject_id for push in pushes]).select_related(
        "vendor", "project"
    )
    by_pk = bills.in_bulk()
    lines: dict[int, list[BillLine]] = {pk: [] for pk in by_pk}
    for line in BillLine.objects.filter(bill__in=by_pk).select_related("cost_code"):
        lines[line.bill_id].append(line)
    around = survey(connection, list(by_pk.values()), lines)
    found: dict[int, Prepared] = {}
    for place, push in enumerate(pushes):
        pk = int(push.subject_id)
        found[place] = Prepared(by_pk.get(pk), lines.get(pk, []), around)
    return found


def _known_already(push: Push) -> Row | None:
    """A create whose answer was lost is not made, and not refused, a second time: also when its document was edited or
    deleted there since."""
    refs = Bill.objects.filter(pk=push.subject_id, connection=push.connection, quickbooks_id__gt="")
    document = Document.objects.filter(
        connection=push.connection, entity="Bill", quickbooks_id__in=refs.values("quickbooks_id")
    ).first()
    return Row(document.data, document.body) if document else None


def _taken_by_others(push: Push, ids: Sequence[str]) -> set[str]:
    others = Bill.objects.filter(connection=push.connection, origin=BillOrigin.RESSIO, quickbooks_id__in=ids)
    return set(others.exclude(pk=push.subject_id).values_list("quickbooks_id", flat=True))


def _parse(payload: str) -> Json:
    document: Json = json.loads(payload, parse_float=Decimal)
    return document


def _is_older(document: Json, push: Push) -> bool:
    return push.first_sent_at is not None and was_made_before(document, push.first_sent_at)
