"""What approving a bill will do, before anybody says so: the document, the budget, and what stands in the way (M40)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from budgets.bills.approval import default_code_of
from budgets.bills.builder import document_of
from budgets.bills.building import write_json
from budgets.bills.changing import change_document
from budgets.bills.duplicates import find_duplicates
from budgets.bills.facts import facts_of, load_facts
from budgets.bills.merging import differences
from budgets.bills.pushes import find_project_connection
from budgets.bills.readiness import DUPLICATE, Obstacle, Surroundings, obstacles_of, survey
from budgets.models import Bill, BillLine
from integrations.outbox import Hold
from ressio.models import CostCode
from ressio.money import ZERO

NOT_LINKED = Obstacle(
    "project_not_linked",
    "The project is not connected to a customer in QuickBooks, so the bill stays in Ressio.",
    "project-financials",
)


@dataclass(frozen=True)
class Effect:
    """What one cost code's actuals grow by; None is what no code takes yet."""

    cost_code: CostCode | None
    amount: Decimal


@dataclass(frozen=True)
class BillPreview:
    document: dict[str, Any] | None
    """As it would leave now; None while something stands in the way, or nothing is left to send."""
    effects: Sequence[Effect]
    warnings: Sequence[Obstacle]
    """What somebody should know, and may pass."""
    obstacles: Sequence[Obstacle]
    """What holds the bill back from QuickBooks."""
    duplicates: Sequence[Bill]


def preview_bill(bill: Bill) -> BillPreview:
    """Of a bill made here, whatever its state. Changes nothing. No HTTP; about fifteen queries."""
    lines = list(bill.lines.select_related("cost_code"))
    defaulted = _fill_default(bill, lines) if bill.is_open else []
    duplicates = find_duplicates(bill) if bill.is_open else []
    document, obstacles = _look_ahead(bill, lines)
    return BillPreview(
        document=document,
        effects=[] if bill.is_gone or bill.is_sent else effects_of(lines),
        warnings=[*_say_defaulted(defaulted), *_say_duplicates(bill, duplicates)],
        obstacles=obstacles,
        duplicates=duplicates,
    )


def effects_of(lines: Sequence[BillLine]) -> list[Effect]:
    """In the order in which the codes appear."""
    codes: dict[int | None, CostCode | None] = {}
    amounts: dict[int | None, Decimal] = {}
    for line in lines:
        codes.setdefault(line.cost_code_id, line.cost_code)
        amounts[line.cost_code_id] = amounts.get(line.cost_code_id, ZERO) + line.amount
    return [Effect(codes[pk], amount) for pk, amount in amounts.items()]


def _fill_default(bill: Bill, lines: Sequence[BillLine]) -> list[BillLine]:
    """On the objects only. Returns those that nobody gave a code."""
    bare = [line for line in lines if line.cost_code_id is None]
    code = default_code_of(bill) if bare else None
    if code is None:
        return []
    for line in bare:
        line.cost_code, line.is_default_code = code, True
    return bare


def _look_ahead(bill: Bill, lines: Sequence[BillLine]) -> tuple[dict[str, Any] | None, list[Obstacle]]:
    assert bill.project is not None
    connection = bill.connection or find_project_connection(bill.project)
    if bill.is_gone:
        return None, []
    if connection is None:
        return None, [NOT_LINKED]
    around = survey(connection, [bill], {bill.pk: lines})
    if bill.is_sent:
        return _look_at_edit(bill, lines, around)
    obstacles = obstacles_of(bill, lines, around, requested_by=None, is_approved=not bill.is_open)
    if bill.is_open:
        # Before approval it is a warning: the person who approves may say that both are right.
        obstacles = [obstacle for obstacle in obstacles if obstacle.code != DUPLICATE]
    if obstacles:
        return None, obstacles
    return json.loads(write_json(document_of(bill, lines, around))), []


def _look_at_edit(
    bill: Bill, lines: Sequence[BillLine], around: Surroundings
) -> tuple[dict[str, Any] | None, list[Obstacle]]:
    if not differences(load_facts(bill.agreed), facts_of(bill, lines)):
        return None, []
    try:
        return json.loads(change_document(bill, lines, around)), []
    except Hold as hold:
        return None, [Obstacle(hold.code, hold.sentence)]


def _say_defaulted(lines: Sequence[BillLine]) -> list[Obstacle]:
    if not lines:
        return []
    places = ", ".join(str(line.position) for line in lines)
    code = lines[0].cost_code
    return [
        Obstacle(
            "default_code", f"No cost code on line {places}: the default billing cost code “{code}” is used."
        )
    ]


def _say_duplicates(bill: Bill, others: Sequence[Bill]) -> list[Obstacle]:
    return [
        Obstacle(
            DUPLICATE,
            f"{bill.shown_vendor} has another bill of this number: {other.number}, {other.total}.",
            "bill",
            other.pk,
        )
        for other in others
    ]
