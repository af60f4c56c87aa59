"""What a total is made of, and what comes out: plain values, Decimal throughout, ids as strings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class FiguresRefused(Exception):
    """These figures have no total. The text is for people; `key` is the line's, or empty."""

    def __init__(self, sentence: str, *, key: str = "") -> None:
        super().__init__(sentence)
        self.key = key


class LineKind(StrEnum):
    SALE = "sale"
    TEXT = "text"
    """Words only: a heading or a note. It has no amount and no tax."""


class TaxMode(StrEnum):
    """GlobalTaxCalculation; a company in the US has only the first."""

    EXCLUDED = "TaxExcluded"
    INCLUSIVE = "TaxInclusive"
    """People enter gross figures. In QuickBooks Line.Amount is net all the same, beside TaxInclusiveAmt."""
    NOT_APPLICABLE = "NotApplicable"


class TaxBase(StrEnum):
    """TaxTypeApplicable: what a rate's percentage is taken of."""

    AMOUNT = "TaxOnAmount"
    AMOUNT_PLUS_TAX = "TaxOnAmountPlusTax"
    TAX = "TaxOnTax"


@dataclass(frozen=True)
class RateUse:
    """A tax rate as one tax code uses it."""

    rate_id: str
    percent: Decimal
    base: TaxBase = TaxBase.AMOUNT
    order: int = 0
    """Rates of a code follow one another by order, then as listed."""
    on_order: int | None = None
    """Of which earlier taxes a compound rate takes its part: those of this order; None is all of them."""


@dataclass(frozen=True)
class NoTax:
    """The company does not use sales tax."""


@dataclass(frozen=True)
class UnitedStatesTax:
    """Lines are TAX or NON; one group of rates is taken of all that is taxable."""

    rates: tuple[RateUse, ...]
    is_automated: bool
    """QuickBooks finds the rates by the addresses itself; `rates` is then what the company's own group says."""
    customer_is_taxable: bool = True
    group_code_id: str = ""
    """The tax code that `rates` comes from: TxnTaxCodeRef for a company without automated tax."""


@dataclass(frozen=True)
class GlobalTax:
    """Every line has a tax code of its own: the rates of each, by the code's id."""

    rates_by_code: Mapping[str, tuple[RateUse, ...]]


TaxSetting = NoTax | UnitedStatesTax | GlobalTax


@dataclass(frozen=True)
class LineFigures:
    """As people enter a line: an amount, or a quantity and a price (up to 7 decimals); gross if tax is inclusive."""

    key: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    tax_code_id: str = ""
    """In the US "TAX" or "NON"; elsewhere the id of a TaxCode. Empty is no tax."""
    kind: LineKind = LineKind.SALE


@dataclass(frozen=True)
class Discount:
    """Either a percentage of the subtotal or an amount. Positive: it subtracts."""

    percent: Decimal | None = None
    amount: Decimal | None = None
    tax_is_after: bool = False
    """ApplyTaxAfterDiscount: the discount lowers what is taxed."""


@dataclass(frozen=True)
class InvoiceFigures:
    lines: tuple[LineFigures, ...]
    discount: Discount | None = None
    tax_mode: TaxMode = TaxMode.EXCLUDED


@dataclass(frozen=True)
class PredictedLine:
    """A line as it goes to QuickBooks."""

    key: str
    amount: Decimal
    """Line.Amount: net, in cents."""
    tax_inclusive_amount: Decimal | None = None
    """TaxInclusiveAmt: gross, in inclusive mode only."""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    """Net. Both or neither: where no price of 7 decimals gives the amount, the amount goes alone (6070)."""


@dataclass(frozen=True)
class PredictedTax:
    rate_id: str
    percent: Decimal
    net_taxable: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Predicted:
    lines: tuple[PredictedLine, ...]
    subtotal: Decimal
    """Sum of the net lines, before the discount."""
    discount: Decimal
    taxes: tuple[PredictedTax, ...]
    total_tax: Decimal
    total: Decimal
    """May be below zero, which QuickBooks refuses."""
    is_estimate: bool = False
    """Automated sales tax: QuickBooks' engine has the last word, and may answer another tax than this."""
    tax_mode: TaxMode = field(default=TaxMode.EXCLUDED)
