"""From what a program sent to what the verbs on bills take."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rest_framework.exceptions import PermissionDenied

from budgets.bills.changing import as_given
from budgets.bills.drafting import BillInput, LineInput
from budgets.bills.errors import BillRefused
from budgets.models import Bill
from integrations.outbox import DecisionRefused
from ressio.access import projects_for
from ressio.api.errors import Conflict, Refused
from ressio.models import CostCode, Project, TeamMember, Vendor

ON_THE_WIRE = {"vendor": "vendor_id", "project": "project_id", "document": "quickbooks_id"}
NOT_ALLOWED = "not_allowed"


@contextmanager
def telling_refusals() -> Iterator[None]:
    """About a field: 400. About who asks: 403. About how things stand: 409."""
    try:
        yield
    except BillRefused as error:
        if error.code == NOT_ALLOWED:
            raise PermissionDenied(str(error)) from error
        if error.field:
            raise Refused(str(error), field=ON_THE_WIRE.get(error.field, error.field)) from error
        raise Conflict(str(error)) from error
    except DecisionRefused as error:
        raise Conflict(str(error)) from error


def read_bill(values: Mapping[str, Any]) -> BillInput:
    """All of a bill. What is not sent is empty. Raises Refused."""
    return BillInput(
        vendor=find_vendor(values["vendor_id"]),
        number=values["number"],
        issued_on=values["issued_on"],
        due_on=values.get("due_on"),
        description=values.get("description", ""),
        internal_notes=values.get("internal_notes", ""),
        lines=read_lines(values.get("lines", ())),
    )


def read_changes(bill: Bill, values: Mapping[str, Any]) -> BillInput:
    """What is not sent stays as it is. Raises Refused."""
    vendor = find_vendor(values["vendor_id"]) if "vendor_id" in values else bill.vendor
    issued_on = values.get("issued_on", bill.issued_on)
    if vendor is None:
        raise Refused("Say whose bill it is.", field="vendor_id")
    if issued_on is None:
        raise Refused("Give the bill a date.", field="issued_on")
    kept = {name: values.get(name, getattr(bill, name)) for name in _KEPT}
    if "lines" in values:
        lines: Sequence[LineInput] = read_lines(values["lines"])
    else:
        lines = [as_given(line) for line in bill.lines.select_related("cost_code")]
    return BillInput(vendor=vendor, issued_on=issued_on, lines=lines, **kept)


_KEPT = ("number", "due_on", "description", "internal_notes")


def find_vendor(pk: int) -> Vendor:
    vendor: Vendor | None = Vendor.objects.filter(pk=pk).first()
    if vendor is None:
        raise Refused("There is no such vendor.", field="vendor_id")
    return vendor


def find_project(member: TeamMember, pk: int) -> Project:
    project = projects_for(member).filter(pk=pk).first()
    if project is None:
        raise Refused("There is no such project.", field="project_id")
    return project


def read_lines(given: Sequence[Mapping[str, Any]]) -> list[LineInput]:
    wanted = {line["cost_code_id"] for line in given if line.get("cost_code_id") is not None}
    codes = CostCode.objects.in_bulk(wanted)
    missing = [place for place, line in enumerate(given) if _is_unknown(line, codes)]
    if missing:
        raise Refused("There is no such cost code.", field=f"lines.{missing[0]}.cost_code_id")
    return [
        LineInput(
            cost_code=codes.get(line.get("cost_code_id") or 0),
            description=line.get("description", ""),
            quantity=line.get("quantity"),
            unit_price=line.get("unit_price"),
            amount=line.get("amount"),
            is_billable=line.get("is_billable", False),
            line_ref=line.get("quickbooks_line_id", ""),
        )
        for line in given
    ]


def _is_unknown(line: Mapping[str, Any], codes: Mapping[int, CostCode]) -> bool:
    pk = line.get("cost_code_id")
    return pk is not None and pk not in codes
