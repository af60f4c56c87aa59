"""The total that QuickBooks will compute, to the cent (N12). Pure.

Each line is rounded to the cent, half away from zero. Tax is added up per rate over the whole invoice and
rounded once per rate. Where the lines are gross, the total is their sum: the cents that rounding the net
amounts loses or gains go to the largest tax.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from typing import NamedTuple

from invoicing.totals.figures import (
    Discount,
    FiguresRefused,
    GlobalTax,
    InvoiceFigures,
    LineFigures,
    LineKind,
    NoTax,
    Predicted,
    PredictedLine,
    PredictedTax,
    RateUse,
    TaxBase,
    TaxMode,
    TaxSetting,
    UnitedStatesTax,
)
from ressio.money import ZERO, round_cents

NOTHING, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
PRICE_PLACES = 7
PRICE_STEP = Decimal(1).scaleb(-PRICE_PLACES)
TAXABLE = "TAX"
# Enough for 15 digits of money through several rates without rounding on the way.
DIGITS = 60


# Each rate with the part of the net amount that it is taken of.
_Shares = Sequence[tuple[RateUse, Decimal]]


class _Taxed(NamedTuple):
    line: PredictedLine
    shares: _Shares


def predict(invoice: InvoiceFigures, tax: TaxSetting) -> Predicted:
    """What QuickBooks will answer for these figures. Raises `FiguresRefused`."""
    with localcontext() as context:
        context.prec = DIGITS
        mode = _mode(invoice, tax)
        known: dict[str, _Shares] = {}
        taxed = [_taxed(line, tax, mode, known) for line in invoice.lines]
        lines = tuple(each.line for each in taxed)
        subtotal = sum((line.amount for line in lines), ZERO)
        discount = _discount(invoice.discount, subtotal)
        lowering = discount if invoice.discount and invoice.discount.tax_is_after else NOTHING
        taxes = _taxes(taxed, lowering, subtotal)
        if mode == TaxMode.INCLUSIVE:
            owed = sum(((line.tax_inclusive_amount or line.amount) - line.amount for line in lines), ZERO)
            taxes = _with_odd_cents(taxes, round_cents(_lowered(owed, lowering, subtotal)))
        if isinstance(tax, UnitedStatesTax) and not any(each.net_taxable for each in taxes):
            taxes = []
        total_tax = sum((each.tax for each in taxes), ZERO)
        return Predicted(
            lines=lines,
            subtotal=subtotal,
            discount=discount,
            taxes=tuple(taxes),
            total_tax=total_tax,
            total=subtotal - discount + total_tax,
            is_estimate=isinstance(tax, UnitedStatesTax) and tax.is_automated,
            tax_mode=mode,
        )


def _mode(invoice: InvoiceFigures, tax: TaxSetting) -> TaxMode:
    if isinstance(tax, GlobalTax):
        return invoice.tax_mode
    return TaxMode.NOT_APPLICABLE if isinstance(tax, NoTax) else TaxMode.EXCLUDED


# Lines ----------------------------------------------------------------------------------------------------------


def _taxed(line: LineFigures, tax: TaxSetting, mode: TaxMode, known: dict[str, _Shares]) -> _Taxed:
    """`known` keeps the shares of each tax code for the next line."""
    if line.kind == LineKind.TEXT:
        return _Taxed(PredictedLine(line.key, ZERO), ())
    shares: _Shares = ()
    if mode != TaxMode.NOT_APPLICABLE:
        if line.tax_code_id not in known:
            known[line.tax_code_id] = list(shares_of(_rates_of(line, tax)))
        shares = known[line.tax_code_id]
    entered = _entered(line)
    if mode == TaxMode.INCLUSIVE:
        return _Taxed(_net_line(line, entered, shares), shares)
    return _Taxed(PredictedLine(line.key, entered, None, *_quantity_and_price(line)), shares)


def _entered(line: LineFigures) -> Decimal:
    """The line's amount in cents as people entered it."""
    if line.quantity is None or line.unit_price is None:
        if line.amount is None:
            raise FiguresRefused("Give an amount, or a quantity and a price.", key=line.key)
        return round_cents(line.amount)
    if line.unit_price != line.unit_price.quantize(PRICE_STEP):
        raise FiguresRefused(f"A price has at most {PRICE_PLACES} decimals.", key=line.key)
    product = round_cents(line.quantity * line.unit_price)
    if line.amount is not None and round_cents(line.amount) != product:
        raise FiguresRefused(f"Quantity × price is {product}, not {line.amount}.", key=line.key)
    return product


def _quantity_and_price(line: LineFigures) -> tuple[Decimal | None, Decimal | None]:
    if line.quantity is None or line.unit_price is None:
        return None, None
    return line.quantity, line.unit_price


def _net_line(line: LineFigures, gross: Decimal, shares: Sequence[tuple[RateUse, Decimal]]) -> PredictedLine:
    """The net of a gross line. Its price becomes net as well, if a price of 7 decimals gives that amount."""
    whole = ONE + sum((_tax_on(share, rate) for rate, share in shares), NOTHING)
    net = round_cents(gross / whole)
    quantity, price = _quantity_and_price(line)
    if quantity and price is not None and net != gross:
        price = (net / quantity).quantize(PRICE_STEP)
        if round_cents(quantity * price) != net:
            quantity, price = None, None
    return PredictedLine(line.key, net, gross, quantity, price)


# Tax ------------------------------------------------------------------------------------------------------------


def _rates_of(line: LineFigures, tax: TaxSetting) -> tuple[RateUse, ...]:
    if isinstance(tax, GlobalTax) and line.tax_code_id:
        rates = tax.rates_by_code.get(line.tax_code_id)
        if rates is None:
            raise FiguresRefused("QuickBooks does not have this tax code any more.", key=line.key)
        return rates
    if isinstance(tax, UnitedStatesTax) and tax.customer_is_taxable and line.tax_code_id == TAXABLE:
        return tax.rates
    return ()


def shares_of(rates: Sequence[RateUse]) -> Iterator[tuple[RateUse, Decimal]]:
    """Each rate with what it is taken of, as a share of the net amount; compound rates see the earlier taxes."""
    earlier: list[tuple[RateUse, Decimal]] = []
    for rate in sorted(rates, key=lambda each: each.order):
        seen = [tax for other, tax in earlier if rate.on_order in (None, other.order)]
        share = {
            TaxBase.AMOUNT: ONE,
            TaxBase.AMOUNT_PLUS_TAX: ONE + sum(seen, NOTHING),
            TaxBase.TAX: sum(seen, NOTHING),
        }[rate.base]
        earlier.append((rate, _tax_on(share, rate)))
        yield rate, share


def effective_percent(rates: Sequence[RateUse]) -> Decimal:
    """What all rates of a code come to together, compound ones as they work out: 5 % and 9.5 % upon it are 14.975."""
    return sum((_tax_on(share, rate) for rate, share in shares_of(rates)), NOTHING) * HUNDRED


def _tax_on(base: Decimal, rate: RateUse) -> Decimal:
    return base * rate.percent / HUNDRED


def _taxes(taxed: Sequence[_Taxed], lowering: Decimal, subtotal: Decimal) -> list[PredictedTax]:
    """One tax for each rate, in the order in which the lines bring them."""
    bases: dict[str, Decimal] = {}
    percents: dict[str, Decimal] = {}
    for each in taxed:
        for rate, share in each.shares:
            bases[rate.rate_id] = bases.get(rate.rate_id, NOTHING) + each.line.amount * share
            percents[rate.rate_id] = rate.percent
    taxes = []
    for rate_id, base in bases.items():
        net, percent = round_cents(_lowered(base, lowering, subtotal)), percents[rate_id]
        taxes.append(PredictedTax(rate_id, percent, net, round_cents(net * percent / HUNDRED)))
    return taxes


def _lowered(amount: Decimal, lowering: Decimal, subtotal: Decimal) -> Decimal:
    """A discount before tax lowers everything that is taxed in proportion."""
    return amount - amount * lowering / subtotal if lowering and subtotal else amount


def _with_odd_cents(taxes: list[PredictedTax], owed: Decimal) -> list[PredictedTax]:
    odd = owed - sum((each.tax for each in taxes), ZERO)
    if not odd or not taxes:
        return taxes
    largest = max(taxes, key=lambda each: abs(each.tax))
    more = PredictedTax(largest.rate_id, largest.percent, largest.net_taxable, largest.tax + odd)
    return [more if each is largest else each for each in taxes]


def _discount(discount: Discount | None, subtotal: Decimal) -> Decimal:
    if discount is None:
        return ZERO
    if discount.percent is not None:
        return round_cents(subtotal * discount.percent / HUNDRED)
    return round_cents(discount.amount or ZERO)
