"""What a bill does to its project's budget, cost code by cost code: on the preview's page and in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from budgets.amounts import NOTHING
from budgets.bills.facts import load_facts
from budgets.bills.readiness import Surroundings, obstacles_of
from budgets.bills.words import say_amount
from budgets.counting import ProjectCosts, count_project
from budgets.models import Bill, BillLine, BudgetLine
from integrations.models import CostCodeLink, Push, PushOperation
from ressio.models import CostCode
from ressio.money import ZERO, round_cents


@dataclass(frozen=True)
class Effect:
    """One cost code of the project's budget. `now` has the bill in it already once it is approved."""

    cost_code: CostCode
    revised: Decimal
    now: Decimal
    this_bill: Decimal
    after: Decimal

    @property
    def left(self) -> Decimal:
        return self.revised - self.after


def effects_of(
    bill: Bill, lines: Sequence[BillLine], *, is_change: bool = False, costs: ProjectCosts | None = None
) -> list[Effect]:
    """By name of the cost code. `is_change`: QuickBooks' version counts until it has taken ours. `costs` saves counting
    the project again.
    """
    assert bill.project is not None
    sums = _add_up((line.cost_code, line.amount) for line in lines)
    moves = _moves(bill, sums, is_change=is_change)
    counted = (costs or count_project(bill.project)).by_cost_code
    planned = {
        each.cost_code_id: each.original_amount + each.approved_changes
        for each in BudgetLine.objects.filter(project=bill.project, cost_code__in=moves)
    }
    found = []
    for code in sorted(moves, key=lambda code: code.name.casefold()):
        now = counted.get(code.pk, NOTHING).amount
        found.append(Effect(code, planned.get(code.pk, ZERO), now, sums.get(code, ZERO), now + moves[code]))
    return found


def _add_up(parts: Iterable[tuple[CostCode | None, Decimal]]) -> dict[CostCode, Decimal]:
    sums: dict[CostCode, Decimal] = {}
    for code, amount in parts:
        if code is not None:
            sums[code] = sums.get(code, ZERO) + amount
    return sums


def _moves(bill: Bill, sums: Mapping[CostCode, Decimal], *, is_change: bool) -> dict[CostCode, Decimal]:
    """By how much the actuals move from what they are now."""
    if not is_change:
        return {code: amount if bill.is_open else ZERO for code, amount in sums.items()}
    agreed = load_facts(bill.agreed).lines
    refs = {line.item_ref for line in agreed if line.item_ref}
    links = CostCodeLink.objects.filter(connection=bill.connection_id, item_ref__in=refs)
    codes = {link.item_ref: link.cost_code for link in links.select_related("cost_code")}
    theirs = _add_up((codes.get(line.item_ref), round_cents(line.amount)) for line in agreed)
    return {code: sums.get(code, ZERO) - theirs.get(code, ZERO) for code in {**sums, **theirs}}


# In a terminal ------------------------------------------------------------------------------------------------------


def tell_effects(
    pushes: Sequence[Push],
    bills: Sequence[Bill | None],
    lines: Sequence[Sequence[BillLine]],
    around: Surroundings,
) -> list[list[str]]:
    """For each push of a bill, in sentences: its effect on the budget, then its warnings. Counts each project once."""
    projects = {bill.project for bill in bills if bill is not None and bill.project is not None}
    costs = {project.pk: count_project(project) for project in projects}
    return [
        []
        if bill is None
        else [*_say_effects(push, bill, some, costs), *_say_warnings(push, bill, some, around)]
        for push, bill, some in zip(pushes, bills, lines, strict=True)
    ]


def _say_effects(
    push: Push, bill: Bill, lines: Sequence[BillLine], costs: Mapping[int, ProjectCosts]
) -> list[str]:
    is_change = push.operation == PushOperation.UPDATE and bool(bill.agreed)
    effects = effects_of(bill, lines, is_change=is_change, costs=costs[bill.project_id or 0])
    moved = sum((effect.after - effect.now for effect in effects), ZERO)
    said = f"budget: {bill.project}, actuals move by {say_amount(moved)}"
    first = said if is_change else f"{said}: it counts since its approval"
    return [first, *(f"budget: {_say_effect(effect)}" for effect in effects)]


def _say_effect(effect: Effect) -> str:
    return (
        f"{effect.cost_code}, this bill {say_amount(effect.this_bill)}, actuals {say_amount(effect.now)} now and "
        f"{say_amount(effect.after)} after it, revised {say_amount(effect.revised)}, left {say_amount(effect.left)}"
    )


def _say_warnings(push: Push, bill: Bill, lines: Sequence[BillLine], around: Surroundings) -> list[str]:
    found = []
    if push.operation == PushOperation.CREATE:
        obstacles = obstacles_of(bill, lines, around, requested_by=push.requested_by_id)
        found = [each.sentence for each in obstacles if each.sentence != push.hold_sentence]
    found += [
        f"Line {line.position} fell to “{line.cost_code}”, the default billing cost code."
        for line in lines
        if line.is_default_code
    ]
    other = around.duplicates.get(bill.pk)
    if other is not None and bill.duplicate_is_intended:
        found.append(
            f"QuickBooks has bill {other.number} of this vendor too. Somebody said that both are right."
        )
    return [f"warning: {sentence}" for sentence in found]
