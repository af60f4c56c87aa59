"""What a project was planned to cost: budget lines entered by hand, pasted or imported, and exported again."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction

from budgets.models import BudgetLine
from ressio.activity import record_activity
from ressio.models import CostCode, Project, User
from ressio.money import CENT, ZERO

HEADER = ("Cost code", "Original budget", "Approved changes", "Notes")
LARGEST = Decimal("10000000000")
# What a spreadsheet would run as a formula, also when it was guarded before.
_RISKY_CELL = re.compile(r"'*[=+\-@\t\r]")
_HEADER_WORDS = {"cost code", "code", "costcode"}


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
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(
        (
            guard_cell(line.cost_code.name),
            line.original_amount,
            line.approved_changes,
            guard_cell(line.notes),
        )
        for line in lines
    )
    return out.getvalue()


def guard_cell(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{text}" if _RISKY_CELL.match(text) else text


# Reading a table --------------------------------------------------------------------------------------------------


def read_budget(text: str, codes: Iterable[CostCode]) -> tuple[list[PlannedLine], list[RefusedRow]]:
    """Rows of CSV, or of a pasted spreadsheet (tabs): cost code, original, approved changes, notes. Header optional."""
    by_name = {code.name.strip().casefold(): code for code in codes}
    planned: list[PlannedLine] = []
    refused: list[RefusedRow] = []
    seen: dict[int, int] = {}
    for row, cells in _rows_of(text):
        try:
            line = _read_row(row, cells, by_name)
            if line.cost_code.pk in seen:
                raise CannotSetBudget(f"The same cost code is already in row {seen[line.cost_code.pk]}.")
        except CannotSetBudget as error:
            refused.append(RefusedRow(row, ", ".join(cells), str(error)))
        else:
            seen[line.cost_code.pk] = row
            planned.append(line)
    if not planned and not refused:
        refused.append(RefusedRow(1, "", "There is no row to import."))
    return planned, refused


def _rows_of(text: str) -> Iterable[tuple[int, list[str]]]:
    text = text.lstrip("\ufeff")
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        cells = [cell.strip() for cell in cells]
        is_header = number == 1 and cells[:1] and cells[0].casefold() in _HEADER_WORDS
        if any(cells) and not is_header:
            yield number, cells


def _read_row(row: int, cells: list[str], codes: dict[str, CostCode]) -> PlannedLine:
    name, original, changes, notes, *rest = [*cells, "", "", "", ""]
    if any(rest):
        raise CannotSetBudget("There are more than four columns. Put amounts with commas in quotes.")
    code = codes.get(_unguarded(name).casefold())
    if code is None:
        raise CannotSetBudget(f"There is no cost code “{name}”." if name else "The cost code is missing.")
    if not code.is_active:
        raise CannotSetBudget(f"The cost code “{code.name}” is inactive.")
    return PlannedLine(row, code, read_amount(original), read_amount(changes), _unguarded(notes)[:500])


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _RISKY_CELL.match(text) else text


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
