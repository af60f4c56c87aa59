"""The lines of an invoice as QuickBooks gets them: net, with the gross beside it where prices include tax."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.invoices.selling import predict_invoice, sold_lines
from invoicing.models import Invoice, InvoiceLine
from ressio.models import CostCode


@dataclass(frozen=True)
class WireLine:
    line: InvoiceLine
    """For a profit line: whose profit it is."""
    is_profit: bool
    cost_code: CostCode | None
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    """Net. Both or neither: where their product is not the amount, the amount goes alone (6070)."""
    amount: Decimal
    """Net."""
    gross: Decimal | None
    """TaxInclusiveAmt, where prices include tax."""
    tax_code_ref: str

    @property
    def ref(self) -> str:
        """Line.Id, once QuickBooks has it."""
        return self.line.profit_line_ref if self.is_profit else self.line.line_ref


def wire_lines(invoice: Invoice) -> list[WireLine]:
    """In order, profit lines after their lines. Raises `InvoiceRefused` where a tax code is not there any more."""
    sold = sold_lines(invoice)
    predicted = predict_invoice(invoice, sold)
    return [
        WireLine(
            line=each.line,
            is_profit=each.is_profit,
            cost_code=each.cost_code,
            description=each.description,
            quantity=net.quantity,
            unit_price=net.unit_price,
            amount=net.amount,
            gross=net.tax_inclusive_amount,
            tax_code_ref=each.line.tax_code_ref,
        )
        for each, net in zip(sold, predicted.lines, strict=True)
    ]
