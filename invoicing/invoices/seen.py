"""Saying yes to an invoice, or changing it, is about what stood on the page, not about what became of it since."""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import BilledCost, Invoice

_HEAD = (
    *(
        "project_id",
        "number",
        "client_name",
        "client_email",
        "client_address",
        "issued_on",
        "due_on",
        "terms",
        "memo",
    ),
    *(
        "internal_notes",
        "tax_mode",
        "discount_percent",
        "discount_amount",
        "tax_after_discount",
        "profit_shown",
    ),
    *(
        "markup_percent",
        "code_markups",
        "actuals_until",
        "is_draft",
        "is_closed",
        "quickbooks_id",
        "conflicts",
    ),
)
_LINE = (
    *(
        "cost_code_id",
        "description",
        "quantity",
        "unit_price",
        "cost",
        "markup_percent",
        "markup",
        "markup_is_amount",
    ),
    *("amount", "tax_code_ref"),
)
_COST = ("bill_line_id", "shift_id", "entity", "document_ref", "line_ref")


def mark_of(invoice: Invoice) -> str:
    """Changes with anything that a person enters or decides on, whoever changed it. A payment changes nothing of it.
    Three queries.
    """
    billed = BilledCost.objects.filter(line__invoice=invoice).order_by("line__position", "pk")
    sections = {section.pk: section for section in invoice.sections.all()}
    said = [
        [_plain(getattr(invoice, name)) for name in _HEAD],
        [[section.position, section.kind, section.title] for section in sections.values()],
        [
            [sections[line.section_id].position, *(_plain(getattr(line, name)) for name in _LINE)]
            for line in invoice.lines.all()
        ],
        list(billed.values_list("line__position", *_COST)),
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def refuse_if_changed(locked: Invoice, mark: str) -> None:
    """`mark` is `mark_of` what the person saw; "" asks nothing. Raises `InvoiceRefused`."""
    if mark and mark != mark_of(locked):
        raise InvoiceRefused(
            "Somebody changed this invoice meanwhile, here or in QuickBooks. Open it again and look at it once more.",
            code="changed",
        )


def _plain(value: Any) -> Any:
    """The same for 10 and 10.00, as a row that was just saved has not been read yet."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, date) else value
