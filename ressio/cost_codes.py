"""Verbs on cost codes (R39): one by one, and many at once from a pasted or uploaded list."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.csv_text import Line, LineError, read_lines, write_csv
from ressio.models import Company, CostCode, User

COLUMNS = ("name", "category", "description", "sku")
LONGEST = {"name": 120, "category": 100, "sku": 100}


class NameTaken(Exception):
    """Cost code names differ within a company, whatever their case."""


class BadLines(Exception):
    """Some lines cannot be imported, so none was. `errors` says which and why."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__(f"{len(errors)} lines cannot be imported.")
        self.errors = list(errors)


def create_cost_code(*, company: Company, actor: User, name: str, **values: Any) -> CostCode:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            code: CostCode = CostCode.objects.create(company=company, name=name, **values)
            record_activity(company=company, actor=actor, verb="added the cost code", subject=code)
    except IntegrityError as error:
        raise NameTaken(f"There is a cost code named {name} already.") from error
    return code


def update_cost_code(*, cost_code: CostCode, actor: User, **values: Any) -> None:
    """Raises NameTaken."""
    try:
        with transaction.atomic():
            changes = apply_changes(cost_code, values)
            if changes:
                record_activity(
                    company=cost_code.company,
                    actor=actor,
                    verb="changed the cost code",
                    subject=cost_code,
                    changes=changes,
                )
    except IntegrityError as error:
        raise NameTaken(f"There is a cost code named {values['name']} already.") from error


def deactivate_cost_code(*, cost_code: CostCode, actor: User) -> None:
    """It stays on the budgets it is on and can be put on no other."""
    _set_active(cost_code, actor=actor, is_active=False, verb="deactivated the cost code")


def reactivate_cost_code(*, cost_code: CostCode, actor: User) -> None:
    _set_active(cost_code, actor=actor, is_active=True, verb="reactivated the cost code")


def import_cost_codes(*, company: Company, actor: User, text: str) -> int:
    """All lines or none. Gives how many were added. Raises Unreadable or BadLines."""
    lines = read_lines(text, COLUMNS)
    with transaction.atomic():
        errors = check_lines(lines)
        if errors:
            raise BadLines(errors)
        return _add_many(company, actor, [line.cells for line in lines])


def add_starter_set(*, company: Company, actor: User, codes: Iterable[tuple[str, str, str]]) -> int:
    """`codes` are (category, name, description). What is there already by name is left alone."""
    with transaction.atomic():
        taken = _taken_names()
        new = [
            {"name": name, "category": category, "description": description}
            for category, name, description in codes
            if name.lower() not in taken
        ]
        return _add_many(company, actor, new)


def check_lines(lines: Sequence[Line]) -> list[LineError]:
    taken = dict.fromkeys(_taken_names(), "there is a cost code with this name already.")
    errors = []
    for line in lines:
        name = line.cells.get("name", "")
        problem = _find_problem(line.cells) or taken.get(name.lower())
        if problem:
            errors.append(LineError(line.number, problem))
        taken.setdefault(name.lower(), f"the same name stands in line {line.number} already.")
    return errors


def export_cost_codes(codes: Iterable[CostCode]) -> str:
    rows = [
        (code.name, code.category, code.description, code.sku, "yes" if code.is_active else "no")
        for code in codes
    ]
    return write_csv(["Name", "Category", "Description", "SKU", "Active"], rows)


def _find_problem(cells: dict[str, str]) -> str:
    if not cells.get("name"):
        return "the name is missing."
    too_long = [name for name, longest in LONGEST.items() if len(cells.get(name, "")) > longest]
    if too_long:
        return f"the {too_long[0]} is longer than {LONGEST[too_long[0]]} characters."
    return ""


def _taken_names() -> set[str]:
    return {name.lower() for name in CostCode.objects.values_list("name", flat=True)}


def _add_many(company: Company, actor: User, many: Sequence[dict[str, str]]) -> int:
    codes = [CostCode(company=company, **{name: cells.get(name, "") for name in COLUMNS}) for cells in many]
    CostCode.objects.bulk_create(codes)
    if codes:
        record_activity(
            company=company, actor=actor, verb=f"added {len(codes)} cost codes to", subject=company
        )
    return len(codes)


def _set_active(cost_code: CostCode, *, actor: User, is_active: bool, verb: str) -> None:
    with transaction.atomic():
        if apply_changes(cost_code, {"is_active": is_active}):
            record_activity(company=cost_code.company, actor=actor, verb=verb, subject=cost_code)
