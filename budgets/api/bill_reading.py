"""What there is to tell of a bill, gathered for its serializer."""

from collections.abc import Iterable, Mapping
from typing import Any

from budgets.api.bill_serializers import BillDetailSerializer
from budgets.bills.listing import lines_in_reach
from budgets.bills.pushes import KIND
from budgets.models import Bill, BillableStatus, BillLine, BillPaymentPart, CostLine
from integrations.deep_links import link_to_document
from integrations.models import CostCodeLink, Push
from ressio.access import projects_for
from ressio.models import CostCode, TeamMember
from ressio.money import ZERO


def find_pushes(bills: Iterable[Bill]) -> dict[str, Push]:
    """The last push of each, by the bill's id as text. One query."""
    ids = [str(bill.pk) for bill in bills if bill.is_ours]
    pushes = Push.objects.filter(kind=KIND, subject_id__in=ids).order_by("pk") if ids else ()
    return {push.subject_id: push for push in pushes}


def describe_bill(bill: Bill, member: TeamMember) -> Any:
    has_twin = bool(bill.quickbooks_id) and not bill.is_in_earlier_books
    files = bill.files.filter(file__project__in=projects_for(member))
    context = {
        "pushes": find_pushes([bill]),
        "lines": _lines_of(bill, member),
        "payments": _payments_of(bill),
        "file_ids": sorted(files.values_list("file", flat=True)),
        "quickbooks_url": link_to_document("Bill", bill.quickbooks_id) if has_twin else "",
    }
    return BillDetailSerializer(bill, context=context).data


def _payments_of(bill: Bill) -> list[BillPaymentPart]:
    if not bill.quickbooks_id:
        return []
    parts = BillPaymentPart.objects.filter(connection=bill.connection_id, bill_ref=bill.quickbooks_id)
    return list(parts.order_by("paid_on", "pk"))


def _lines_of(bill: Bill, member: TeamMember) -> list[BillLine]:
    """Of a bill made in QuickBooks: only what belongs to projects that the member may see."""
    if bill.is_ours:
        return list(bill.lines.select_related("cost_code"))
    costs = list(lines_in_reach(bill, member))
    links = CostCodeLink.objects.filter(
        connection=bill.connection_id, item_ref__in={cost.item_ref for cost in costs}
    ).select_related("cost_code")
    codes = {link.item_ref: link.cost_code for link in links}
    return [_as_bill_line(cost, position, codes) for position, cost in enumerate(costs, start=1)]


def _as_bill_line(cost: CostLine, position: int, codes: Mapping[str, CostCode]) -> BillLine:
    return BillLine(
        position=position,
        cost_code=codes.get(cost.item_ref),
        description=cost.description,
        quantity=cost.quantity,
        unit_price=cost.unit_price,
        amount=ZERO if cost.amount is None else cost.amount,
        is_billable=cost.billable_status != BillableStatus.NOT_BILLABLE,
        line_ref=cost.line_ref,
    )
