"""What an invoice sells, line by line as people entered it, and what QuickBooks will make of it (N12).

Profit within the lines: each says cost + markup. Profit apart: each says its cost and is followed by a line of its
own for its profit, under the Profit code (M73), so that the profit lines add up to the profit to the cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from integrations.connecting import current_connection
from integrations.models import Connection, ProjectLink
from integrations.switches import switches_of
from invoicing import totals
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice, InvoiceLine, ProfitShown, TaxMode
from invoicing.tax_codes.setting import tax_setting_of
from invoicing.totals import (
    Discount,
    FiguresRefused,
    InvoiceFigures,
    LineFigures,
    NoTax,
    Predicted,
    TaxSetting,
    predict,
)
from ressio.models import CostCode
from ressio.money import round_cents

PROFIT = "Builder profit"
PRICE_PLACES = 7
_MODES = {
    TaxMode.EXCLUDED: totals.TaxMode.EXCLUDED,
    TaxMode.INCLUSIVE: totals.TaxMode.INCLUSIVE,
    TaxMode.NOT_APPLICABLE: totals.TaxMode.NOT_APPLICABLE,
}


@dataclass(frozen=True)
class SoldLine:
    """A line of the client's, with tax in it where prices include tax."""

    line: InvoiceLine
    """For a profit line: whose profit it is."""
    is_profit: bool
    cost_code: CostCode | None
    """With the Default Invoice Code where the line has none (M72)."""
    quantity: Decimal | None
    unit_price: Decimal | None
    """Both or neither, and their product to the cent is the amount."""
    amount: Decimal

    @property
    def key(self) -> str:
        return f"{'profit' if self.is_profit else 'line'}-{self.line.position}"

    @property
    def description(self) -> str:
        return PROFIT if self.is_profit else self.line.description


def sold_lines(invoice: Invoice) -> list[SoldLine]:
    """In order. Two queries, four where a code is missing or profit stands apart."""
    return list(_sell(invoice))


def _sell(invoice: Invoice) -> Iterator[SoldLine]:
    is_apart = invoice.profit_shown == ProfitShown.APART
    switches = switches_of(invoice.project)
    profit_code = switches.profit_code if is_apart else None
    for line in invoice.lines.select_related("cost_code"):
        amount = line.cost if is_apart else line.amount
        code = line.cost_code or switches.default_invoice_code
        yield SoldLine(line, False, code, *_price(line, amount), amount)
        if is_apart and line.markup:
            yield SoldLine(line, True, profit_code, None, None, line.markup)


def _price(line: InvoiceLine, amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """With markup in it, the price is the roundest that gives the amount; where none does, the amount goes alone."""
    if not line.quantity or line.unit_price is None:
        return None, None
    if amount == line.cost:
        return line.quantity, line.unit_price
    for places in range(2, PRICE_PLACES + 1):
        price = (amount / line.quantity).quantize(Decimal(1).scaleb(-places))
        if round_cents(price * line.quantity) == amount:
            return line.quantity, price
    return None, None


def figures_of(invoice: Invoice, lines: Sequence[SoldLine]) -> InvoiceFigures:
    """What `totals.predict` takes. Asks the database nothing."""
    return InvoiceFigures(
        lines=tuple(
            LineFigures(each.key, each.quantity, each.unit_price, each.amount, each.line.tax_code_ref)
            for each in lines
        ),
        discount=_discount(invoice),
        tax_mode=_MODES[TaxMode(invoice.tax_mode)],
    )


def _discount(invoice: Invoice) -> Discount | None:
    if invoice.discount_percent is None and invoice.discount_amount is None:
        return None
    return Discount(invoice.discount_percent, invoice.discount_amount, invoice.tax_after_discount)


def predict_invoice(invoice: Invoice, lines: Sequence[SoldLine]) -> Predicted:
    """By QuickBooks' tax codes as they are known here, on the invoice's day or today. Raises `InvoiceRefused`."""
    try:
        return predict(figures_of(invoice, lines), tax_setting_for(invoice))
    except FiguresRefused as refused:
        line = next((each.line for each in lines if each.key == refused.key), None)
        where = f"Line {line.position}: " if line else ""
        raise InvoiceRefused(f"{where}{refused}", field="lines", code="no_total") from refused


def tax_setting_for(invoice: Invoice) -> TaxSetting:
    """No tax where no QuickBooks is connected."""
    connection = books_of(invoice)
    if connection is None:
        return NoTax()
    link = ProjectLink.objects.filter(connection=connection, project=invoice.project_id).first()
    day = invoice.issued_on or timezone.localdate()
    return tax_setting_of(connection, on=day, customer=link.customer_ref if link else "")


def books_of(invoice: Invoice) -> Connection | None:
    """Where it is, else where it would go."""
    return invoice.connection or current_connection(invoice.company)
