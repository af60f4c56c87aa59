"""Shifts in the outbox: how one becomes a time entry, is found again, and is recorded (M57, N6)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from budgets.bills.words import say_amount, say_day
from budgets.models import OWN_SHIFT, CostLine
from budgets.reading import Json
from integrations.gateway import Gateway, Row, quote
from integrations.models import Push, PushOperation
from integrations.outbox import Hold, register_builder
from integrations.switches import labor_basis_of, switches_of
from ressio.models import Company
from ressio.money import ZERO
from timeclock.building import time_document, write_json
from timeclock.facts import is_same_entry, says_the_same, was_made_before
from timeclock.models import Shift, ShiftOrigin
from timeclock.pushes import KIND
from timeclock.readiness import Surroundings, obstacles_of, survey
from timeclock.relinking import find_document, relink
from timeclock.taking_back import deletion_of, note_deleted
from timeclock.twins import ENTITY
from timeclock.workers import price_shift

_PREPARED = "prepared_shift"
PAGE = 1000


@dataclass(frozen=True)
class Prepared:
    shift: Shift | None
    around: Surroundings


class ShiftBuilder:
    entity = ENTITY

    def prepare(self, pushes: Sequence[Push]) -> None:
        """Nine queries for a whole batch."""
        for push, prepared in zip(pushes, _prepare(pushes), strict=True):
            setattr(push, _PREPARED, prepared)

    def build(self, push: Push) -> bytes:
        prepared: Prepared = getattr(push, _PREPARED, None) or _prepare([push])[0]
        if prepared.shift is None:
            raise Hold("gone", "The shift was removed in Ressio.")
        if push.operation == PushOperation.DELETE:
            return write_json(deletion_of(push, prepared.shift, prepared.around.approvers))
        obstacles = obstacles_of(prepared.shift, prepared.around, requested_by=push.requested_by_id)
        if obstacles:
            raise Hold(obstacles[0].code, obstacles[0].sentence)
        return write_json(document_of(prepared.shift, prepared.around))

    def lock(self, pushes: Sequence[Push]) -> None:
        lock_shifts([int(push.subject_id) for push in pushes])

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The one that a sync took for this shift already, whatever became of it since. Else of that day: person, time,
        customer and service must agree; never an entry that another shift of ours is.
        """
        known = _known_already(push)
        if known is not None:
            return known
        payload: Json = json.loads(push.payload, parse_float=Decimal)
        alike = [
            row
            for row in _rows_of_day(gateway, str(payload.get("TxnDate", "")))
            if is_same_entry(payload, row.data) and not was_made_before(row.data, push.first_sent_at)
        ]
        taken = _taken_by_others(push, [str(row.data["Id"]) for row in alike])
        free = [row for row in alike if str(row.data["Id"]) not in taken]
        return next((row for row in free if says_the_same(payload, row.data)), free[0] if free else None)

    def record(self, push: Push, row: Row) -> None:
        shift = Shift.objects.filter(pk=push.subject_id).first()
        if shift is not None and push.operation == PushOperation.DELETE:
            note_deleted(shift, now=timezone.now())
        elif shift is not None:
            relink(shift, push.connection, str(row.data["Id"]), now=timezone.now())

    def record_many(self, pushes_and_rows: Sequence[tuple[Push, Row]]) -> None:
        """The answers are in the mirror already, and the shifts linked to them with it; here is the rest."""
        shifts = Shift.objects.in_bulk([int(push.subject_id) for push, _ in pushes_and_rows])
        for push, row in pushes_and_rows:
            if shift := shifts.get(int(push.subject_id)):
                relink(shift, push.connection, str(row.data["Id"]), now=timezone.now())

    def candidates(self, push: Push) -> list[tuple[str, str]]:
        """Entries in QuickBooks that nobody here is yet, of the same person and day, those of the same length first."""
        shift = Shift.objects.filter(pk=push.subject_id).first()
        if shift is None:
            return []
        free = Shift.objects.filter(connection=push.connection, origin=ShiftOrigin.QUICKBOOKS)
        mine = free.filter(team_member=shift.team_member, worked_on=shift.worked_on, gone_at=None)
        found = list(mine.select_related("project", "cost_code", "team_member")[:100])
        found.sort(key=lambda other: abs(other.worked_seconds - shift.worked_seconds))
        return [(other.quickbooks_id, _describe(other)) for other in found]

    def amount(self, push: Push) -> Decimal:
        """What it counts for in its project's budget."""
        shift = Shift.objects.filter(pk=push.subject_id).select_related("project", "team_member").first()
        if shift is None or shift.project is None:
            return ZERO
        is_at_billable = labor_basis_of(switches_of(shift.project), shift.project) == "billable"
        lines = CostLine.objects.filter(entity=OWN_SHIFT, document_ref=str(shift.pk))
        amount = lines.values_list("amount_at_billable" if is_at_billable else "amount_at_cost", flat=True)
        return amount.first() or ZERO

    def tell_effects(self, pushes: Sequence[Push]) -> list[list[str]]:
        return [_tell(push, prepared) for push, prepared in zip(pushes, _prepare(pushes), strict=True)]

    def subject_url(self, push: Push, company: Company) -> str:
        return reverse("shift", kwargs={"company": company.slug, "shift_id": int(push.subject_id)})


def register_shift_builder() -> None:
    register_builder(KIND, ShiftBuilder())


def document_of(shift: Shift, around: Surroundings) -> dict[str, Any]:
    """Only for a shift without obstacles."""
    item = around.items[shift.cost_code_id or 0]
    assert item is not None
    return time_document(
        shift,
        employee_ref=around.worker_of(shift).employee_ref,
        customer_ref=around.customers[shift.project_id or 0],
        item_ref=item.quickbooks_id,
        rates=around.rates_of(shift),
    )


def lock_shifts(ids: Sequence[int]) -> None:
    """In the order of their ids, until the transaction ends."""
    found: QuerySet[Shift] = Shift.objects.filter(pk__in=ids).select_for_update(of=("self",))
    list(found.order_by("pk").values_list("pk", flat=True))


def _prepare(pushes: Sequence[Push]) -> list[Prepared]:
    """For each of them, all of one connection."""
    if not pushes:
        return []
    found = Shift.objects.filter(pk__in=[push.subject_id for push in pushes])
    shifts = found.select_related("project", "cost_code", "team_member", "company").in_bulk()
    around = survey(pushes[0].connection, list(shifts.values()))
    return [Prepared(shifts.get(int(push.subject_id)), around) for push in pushes]


def _known_already(push: Push) -> Row | None:
    """A create whose answer was lost is not made, and not refused, a second time: also when its entry was edited or
    deleted there since.
    """
    shift = Shift.objects.filter(pk=push.subject_id, connection=push.connection, quickbooks_id__gt="").first()
    document = find_document(push.connection, shift.quickbooks_id) if shift else None
    return Row(document.data, document.body) if document else None


def _rows_of_day(gateway: Gateway, day: str) -> list[Row]:
    """All entries of a day: QuickBooks cannot be asked for one person's."""
    rows: list[Row] = []
    while True:
        page = gateway.query_rows(ENTITY, where=f"TxnDate = {quote(day)}", start=len(rows) + 1, size=PAGE)
        rows += page.rows
        if len(page.rows) < PAGE:
            return rows


def _taken_by_others(push: Push, ids: Sequence[str]) -> set[str]:
    others = Shift.objects.filter(
        connection=push.connection, origin=ShiftOrigin.RESSIO, quickbooks_id__in=ids
    )
    return set(others.exclude(pk=push.subject_id).values_list("quickbooks_id", flat=True))


def _describe(shift: Shift) -> str:
    where = ", ".join(str(each) for each in (shift.project, shift.cost_code) if each)
    return f"{shift.shown_worker}, {say_day(shift.worked_on)}, {say_hours(shift)}, {where}"


def say_hours(shift: Shift) -> str:
    return f"{shift.worked_seconds / 3600:.2f} hours"


def _tell(push: Push, prepared: Prepared) -> list[str]:
    """Its effect on the budget, then what is odd about it."""
    shift, around = prepared.shift, prepared.around
    if shift is None:
        return []
    if push.operation == PushOperation.DELETE:
        return [
            f"budget: {shift.project}, {shift.cost_code}: {say_hours(shift)} less once QuickBooks has deleted it"
        ]
    prices = price_shift(shift, around.worker_of(shift))
    worth = " and ".join(
        f"{say_amount(price)} at {basis} rate" if price is not None else f"no {basis} rate"
        for price, basis in ((prices.at_cost, "cost"), (prices.at_billable, "billable"))
    )
    said = [f"budget: {shift.project}, {shift.cost_code}: {say_hours(shift)}, {worth}, since its approval"]
    rates = around.rates_of(shift)
    if shift.is_billable and rates.differ:
        said.append(
            f"warning: QuickBooks bills {shift.shown_worker} at {say_amount(rates.theirs or ZERO)} an hour, and that "
            f"rate is sent; here it is {say_amount(rates.ours or ZERO)}."
        )
    obstacles = obstacles_of(shift, around, requested_by=push.requested_by_id)
    return said + [f"warning: {each.sentence}" for each in obstacles if each.sentence != push.hold_sentence]
