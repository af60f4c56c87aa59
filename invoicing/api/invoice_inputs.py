"""From what a program sent to what the verbs on invoices take."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from rest_framework.exceptions import PermissionDenied

from invoicing.invoices.drafting import InvoiceInput, LineInput, SectionInput, input_of
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice, SectionKind
from ressio.api.errors import Conflict, Refused
from ressio.models import CostCode

NOT_ALLOWED = "not_allowed"
ON_THE_WIRE = {
    "project": "project_id",
    "cost_code": "cost_code_id",
    "tax_code_ref": "tax_code_id",
    "lines": "sections",
}
# The cost was free when the program asked for it, and is not now.
AS_THINGS_STAND = ("already_billed", "cost_gone")
_HEAD = {each.name for each in fields(InvoiceInput)} - {"code_markups", "sections"}


@contextmanager
def telling_refusals() -> Iterator[None]:
    """About a field: 400. About who asks: 403. About how things stand: 409."""
    try:
        yield
    except InvoiceRefused as error:
        if error.code == NOT_ALLOWED:
            raise PermissionDenied(str(error)) from error
        if error.field and error.code not in AS_THINGS_STAND:
            raise Refused(str(error), field=_field_of(error)) from error
        raise Conflict(str(error)) from error


def _field_of(error: InvoiceRefused) -> str:
    """As `sections.0.lines.2.cost_code_id`."""
    field = ON_THE_WIRE.get(error.field, error.field)
    if error.section is None:
        return field
    place = f"sections.{error.section - 1}"
    return f"{place}.{field}" if error.line is None else f"{place}.lines.{error.line - 1}.{field}"


def read_invoice(values: Mapping[str, Any], kept: Invoice | None = None) -> InvoiceInput:
    """What is not sent is empty, or stays as it is in `kept`. Raises Refused."""
    given = input_of(kept) if kept else InvoiceInput()
    changed: dict[str, Any] = {name: value for name, value in values.items() if name in _HEAD}
    if "code_markups" in values:
        changed["code_markups"] = dict(_read_markups(values["code_markups"]))
    if "sections" in values:
        changed["sections"] = read_sections(values["sections"])
    return replace(given, **changed)


def _read_markups(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Decimal]]:
    """In a change of some fields nothing is required by itself."""
    for place, row in enumerate(rows):
        for name in ("cost_code_id", "percent"):
            if row.get(name) is None:
                raise Refused("This field is required.", field=f"code_markups.{place}.{name}")
        yield row["cost_code_id"], row["percent"]


def read_sections(given: Sequence[Mapping[str, Any]]) -> tuple[SectionInput, ...]:
    lines = [line for section in given for line in section.get("lines", ())]
    wanted = {line["cost_code_id"] for line in lines if line.get("cost_code_id") is not None}
    codes = CostCode.objects.in_bulk(wanted)
    return tuple(
        SectionInput(
            kind=section.get("kind", SectionKind.AMOUNT),
            title=section.get("title", ""),
            lines=tuple(
                _read_line(line, codes, f"sections.{number}.lines.{place}.cost_code_id")
                for place, line in enumerate(section.get("lines", ()))
            ),
        )
        for number, section in enumerate(given)
    )


def _read_line(line: Mapping[str, Any], codes: Mapping[int, CostCode], where: str) -> LineInput:
    code = line.get("cost_code_id")
    if code is not None and code not in codes:
        raise Refused("There is no such cost code.", field=where)
    return LineInput(
        cost_code=None if code is None else codes[code],
        description=line.get("description", ""),
        quantity=line.get("quantity"),
        unit_price=line.get("unit_price"),
        cost=line.get("cost"),
        markup_percent=line.get("markup_percent"),
        markup=line.get("markup"),
        tax_code_ref=line.get("tax_code_id", ""),
        bills=tuple(line.get("bills", ())),
    )
