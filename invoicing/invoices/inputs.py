"""What forms and programs give for an invoice: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from invoicing.models import ProfitShown, SectionKind, TaxMode
from ressio.models import CostCode
from ressio.money import round_cents


@dataclass(frozen=True)
class LineInput:
    """`cost` alone, or quantity and unit price, whose product to the cent is the cost. With `bills` neither is needed:
    the cost is then what the billed costs come to. Cost + markup is what the client pays for the line.
    """

    cost_code: CostCode | None = None
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    cost: Decimal | None = None
    """Before markup."""
    markup_percent: Decimal | None = None
    """None = the cost code's on this invoice, else the invoice's own (R10)."""
    markup: Decimal | None = None
    """The profit as an amount. It wins, and the percentage follows from it."""
    tax_code_ref: str = ""
    bills: tuple[str, ...] = ()
    """Keys of `actuals.UninvoicedCost`: the costs that this line bills."""


@dataclass(frozen=True)
class SectionInput:
    kind: str = SectionKind.AMOUNT
    title: str = ""
    lines: tuple[LineInput, ...] = ()


@dataclass(frozen=True)
class InvoiceInput:
    number: str = ""
    client_name: str = ""
    client_email: str = ""
    client_address: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    terms: str = ""
    memo: str = ""
    internal_notes: str = ""
    tax_mode: str = TaxMode.EXCLUDED
    discount_percent: Decimal | None = None
    discount_amount: Decimal | None = None
    tax_after_discount: bool = True
    profit_shown: str = ProfitShown.WITHIN
    markup_percent: Decimal | None = None
    code_markups: Mapping[int, Decimal] = field(default_factory=dict)
    """Cost code id → percentage; before the invoice's own."""
    actuals_until: date | None = None
    sections: tuple[SectionInput, ...] = ()

    @property
    def lines(self) -> list[LineInput]:
        """Of all sections, in order."""
        return [line for section in self.sections for line in section.lines]


def cost_of(line: LineInput) -> Decimal | None:
    """Before markup, as entered; None where nothing was."""
    if line.quantity is not None and line.unit_price is not None:
        return round_cents(line.quantity * line.unit_price)
    return line.cost
