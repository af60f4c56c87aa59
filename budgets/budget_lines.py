"""What a project was planned to cost: budget lines entered by hand, pasted or imported, and exported again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from django.db import transaction

from budgets.models import BudgetLine
from ressio.activity import record_activity
from ressio.csv_text import Line, Unreadable, read_lines, write_csv
from ressio.models import CostCode, Project, User
from ressio.money import CENT, ZERO

HEADER = ("Cost code", "Original budget", "Approved changes", "Notes")
COLUMNS = tuple(name.lower() for name in HEADER)
# As the budget page and other programs head the same columns.
OTHER_NAMES = {
    "original": "original budget",
    "original amount": "original budget",
    "budget": "original budget",
    "approved change": "approved changes",
    "changes": "approved changes",
    "note": "notes",
}
LARGEST = Decimal("10000000000")


class CannotSetBudget(Exception):
    """The line would not make sense; the message says why."""


@dataclass(frozen=True)
class PlannedLine:
    """One readable row of an import."""

    row: int
    cost_code: CostCode
    original_amount: Decimal
    approved_changes: Decimal
    notes: str


@dataclass(frozen=True)
class RefusedRow:
    row: int
    text: str
    reason: str


class CannotImport(Exception):
    """At least one row was refused, so nothing was stored. `refused` lists every bad row with its reason."""

    def __init__(self, refused: Sequence[RefusedRow]) -> None:
        super().__init__(f"{len(refused)} of the rows cannot be imported.")
        self.refused = list(refused)


def set_budget_line(
    *,
    project: Project,
    cost_code: CostCode,
    original_amount: Decimal,
    approved_changes: Decimal = ZERO,
    notes: str = "",
    actor: User | None,
) -> BudgetLine:
    """Plan an amount for a cost code of the project, or change what was planned."""
    if cost_code.company_id != project.company_id:
        raise CannotSetBudget("This cost code belongs to another company.")
    with transaction.atomic():
        line, is_new = BudgetLine.objects.get_or_create(
            project=project, cost_code=cost_code, defaults={"company_id": project.company_id}
        )
        changes = _assign(line, original_amount, approved_changes, notes[:500])
        if is_new or changes:
            line.save()
            record_activity(
                company=project.company, actor=actor, verb="set_budget_line", subject=line, changes=changes
            )
    return line


def remove_budget_line(*, line: BudgetLine, actor: User | None) -> None:
    """Take the plan away. Actuals on that cost code stay: they show as a row without a budget."""
    with transaction.atomic():
        record_activity(company=line.company, actor=actor, verb="remove_budget_line", subject=line)
        line.delete()


def import_budget(*, project: Project, text: str, actor: User | None) -> list[BudgetLine]:
    """Store every row of a pasted or uploaded table, or none: `CannotImport` names each bad row."""
    planned, refused = read_budget(text, CostCode.objects.filter(company=project.company_id))
    if refused:
        raise CannotImport(refused)
    with transaction.atomic():
        return [
            set_budget_line(
                project=project,
                cost_code=line.cost_code,
                original_amount=line.original_amount,
                approved_changes=line.approved_changes,
                notes=line.notes,
                actor=actor,
            )
            for line in planned
        ]


def export_budget(project: Project) -> str:
    """CSV that `import_budget` reads back to the same budget."""
    lines = BudgetLine.objects.filter(project=project).select_related("cost_code").order_by("cost_code__name")
    rows = ((line.cost_code.name, line.original_amount, line.approved_changes, line.notes) for line in lines)
    return write_csv(HEADER, rows)


# Reading a table --------------------------------------------------------------------------------------------------


def read_budget(text: str, codes: Iterable[CostCode]) -> tuple[list[PlannedLine], list[RefusedRow]]:
    """Rows of CSV or of a pasted spreadsheet: what can be stored, and what cannot with its reason."""
    by_name = {code.name.strip().casefold(): code for code in codes}
    planned: list[PlannedLine] = []
    refused: list[RefusedRow] = []
    seen: dict[int, int] = {}
    for row in _rows_of(text):
        try:
            line = _read_row(row, by_name)
            if line.cost_code.pk in seen:
                raise CannotSetBudget(f"The same cost code is already in row {seen[line.cost_code.pk]}.")
        except CannotSetBudget as error:
            refused.append(RefusedRow(row.number, ", ".join(row.cells.values()), str(error)))
        else:
            seen[line.cost_code.pk] = row.number
            planned.append(line)
    return planned, refused


def _rows_of(text: str) -> list[Line]:
    try:
        rows = read_lines(text.lstrip("\ufeff"), COLUMNS)
    except Unreadable as error:
        raise CannotImport([RefusedRow(1, "", str(error))]) from error
    if not rows:
        raise CannotImport([RefusedRow(1, "", "There is no row to import.")])
    return [_with_our_names(row) for row in rows]


def _with_our_names(row: Line) -> Line:
    """A column that is not known is refused where it holds something: its amounts would be lost silently."""
    cells: dict[str, str] = {}
    for name, cell in row.cells.items():
        ours = OTHER_NAMES.get(name, name)
        if cell and (ours not in COLUMNS or cells.get(ours)):
            raise CannotImport([RefusedRow(1, name, _describe_column(ours))])
        cells[ours] = cells.get(ours) or cell
    return replace(row, cells=cells)


def _describe_column(name: str) -> str:
    if name in COLUMNS:
        return f"There are two columns for “{name}”. Keep one."
    return f"The column “{name}” is not known. Take it out, or call it {', '.join(HEADER[1:-1])} or {HEADER[-1]}."


def _read_row(row: Line, codes: dict[str, CostCode]) -> PlannedLine:
    if row.has_extra_cells:
        raise CannotSetBudget("There are too many columns. Put amounts with commas in quotes.")
    name, original, changes, notes = (row.cells.get(column, "") for column in COLUMNS)
    code = codes.get(name.casefold())
    if code is None:
        raise CannotSetBudget(f"There is no cost code “{name}”." if name else "The cost code is missing.")
    if not code.is_active:
        raise CannotSetBudget(f"The cost code “{code.name}” is inactive.")
    return PlannedLine(row.number, code, read_amount(original), read_amount(changes), notes[:500])


def read_amount(text: str) -> Decimal:
    """`1250`, `1,250.00`, `$1,250`, `-500` or `(500.00)`; empty is zero. At most two decimals."""
    bare = text.replace("\N{MINUS SIGN}", "-").replace("$", "").replace(" ", "").replace("\u00a0", "")
    is_negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()") if is_negative else bare
    if not bare:
        return ZERO
    if not re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?|[+-]?\.\d+", bare):
        raise CannotSetBudget(f"“{text}” is not an amount.")
    try:
        amount = Decimal(bare.replace(",", ""))
    except InvalidOperation as error:
        raise CannotSetBudget(f"“{text}” is not an amount.") from error
    if abs(amount) >= LARGEST:
        raise CannotSetBudget(f"“{text}” is too large.")
    if amount != amount.quantize(CENT):
        raise CannotSetBudget(f"“{text}” has more than two decimals.")
    return (-amount if is_negative else amount).quantize(CENT)


def _assign(line: BudgetLine, original: Decimal, changes: Decimal, notes: str) -> dict[str, list[str]]:
    wanted = {"original_amount": original, "approved_changes": changes, "notes": notes}
    changed = {
        name: [str(getattr(line, name)), str(value)]
        for name, value in wanted.items()
        if getattr(line, name) != value
    }
    for name, value in wanted.items():
        setattr(line, name, value)
    return changed
