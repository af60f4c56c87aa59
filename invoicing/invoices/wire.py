"""The lines of an invoice as QuickBooks gets them: what is sold, and where profit stands apart its own lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from integrations.switches import switches_of
from invoicing.models import Invoice, InvoiceLine, ProfitShown
from ressio.models import CostCode
from ressio.money import ZERO


@dataclass(frozen=True)
class WireLine:
    line: InvoiceLine
    is_profit: bool
    cost_code: CostCode | None
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    """Net. Both or neither: where their product is not the amount, the amount goes alone (6070)."""
    amount: Decimal
    """Net."""
    gross: Decimal | None
    tax_code_ref: str

    @property
    def ref(self) -> str:
        """Line.Id, once QuickBooks has it."""
        return self.line.profit_line_ref if self.is_profit else self.line.line_ref


def wire_lines(invoice: Invoice, *, default_code: CostCode | None = None) -> list[WireLine]:
    """`default_code` stands in for a line that has no code yet."""
    return list(_lines(invoice, default_code))


def _lines(invoice: Invoice, default_code: CostCode | None) -> Iterator[WireLine]:
    apart = invoice.profit_shown == ProfitShown.APART
    profit_code = switches_of(invoice.project).profit_code
    for line in invoice.lines.select_related("cost_code"):
        amount = line.cost if apart else line.amount
        has_price = line.quantity is not None and amount == line.cost
        yield WireLine(
            line,
            False,
            line.cost_code or default_code,
            line.description,
            line.quantity if has_price else None,
            line.unit_price if has_price else None,
            amount,
            None,
            line.tax_code_ref,
        )
        if apart and line.markup != ZERO:
            yield WireLine(
                line, True, profit_code, "Builder profit", None, None, line.markup, None, line.tax_code_ref
            )
