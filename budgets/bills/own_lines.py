"""A bill approved here is cost from that moment (M101), until QuickBooks' own lines stand in for it.

Both happen in the transaction of their cause: never counted twice, never missing in between.
"""

from collections.abc import Collection, Iterable

from budgets.models import OWN_BILL, Bill, BillableStatus, BillLine, CostLine, Kind
from ressio.bulk import bulk_insert

COLUMNS = (
    "company_id",
    "project_id",
    "cost_code_id",
    "entity",
    "document_ref",
    "line_ref",
    "kind",
    "payee_name",
    "txn_date",
    "number",
    "description",
    "billable_status",
    "recorded_at",
    "currency",
    "amount",
    "quantity",
    "unit_price",
    *(
        "customer_ref",
        "named_customer_ref",
        "project_ref",
        "item_ref",
        "account_ref",
        "employee_ref",
        "payee_ref",
    ),
    *("is_vendor_time", "exchange_rate", "tax_amount", "cost_rate_source", "billable_rate_source"),
)
_REST = ("", "", "", "", "", "", "", False, 1, 0, "", "")


def count_own_lines(bill: Bill, lines: Iterable[BillLine]) -> None:
    """Make the bill's lines cost lines. Every line has its cost code: approval saw to that."""
    bulk_insert(CostLine, COLUMNS, (own_line_values(bill, line) for line in lines))


def own_line_values(bill: Bill, line: BillLine) -> tuple[object, ...]:
    status = BillableStatus.BILLABLE if line.is_billable else BillableStatus.NOT_BILLABLE
    return (
        bill.company_id,
        bill.project_id,
        line.cost_code_id,
        OWN_BILL,
        str(bill.pk),
        str(line.pk),
        Kind.BILL.value,
        bill.shown_vendor,
        bill.issued_on,
        bill.number,
        line.description,
        status.value,
        bill.approved_at,
        bill.currency,
        line.amount,
        line.quantity,
        line.unit_price,
        *_REST,
    )


def drop_own_lines(bill_ids: Collection[int]) -> None:
    """QuickBooks' lines stand in for them now, or the bill no longer counts."""
    if bill_ids:
        lines = CostLine.objects.filter(project__isnull=False, entity=OWN_BILL)
        lines.filter(document_ref__in=[str(pk) for pk in bill_ids]).delete()
