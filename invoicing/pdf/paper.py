"""An invoice as its client reads it: on the page, on paper, in the PDF, behind the link. One home, so that all agree.

Costs and markups are never on it, except what the invoice itself shows apart as profit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from invoicing.models import Invoice, InvoiceLine, InvoiceSection, InvoiceState, ProfitShown, TaxMode
from ressio.money import CENT, ZERO


@dataclass(frozen=True)
class PaperLine:
    words: str
    quantity: Decimal | None
    price: Decimal | None
    """Both or neither, and their product is the amount."""
    amount: Decimal


@dataclass(frozen=True)
class PaperSection:
    title: str
    lines: Sequence[PaperLine]
    profit: Decimal | None
    """Its own line below the others, where the invoice shows profit apart."""
    total: Decimal

    @property
    def has_subtotal(self) -> bool:
        return len(self.lines) > 1 or self.profit is not None


@dataclass(frozen=True)
class PaperTax:
    words: str
    tax: Decimal


@dataclass(frozen=True)
class Paper:
    """Amounts in the invoice's currency. `subtotal` is net of tax, whatever the lines are."""

    invoice: Invoice
    currency: str
    sections: Sequence[PaperSection]
    has_quantities: bool
    prices_include_tax: bool
    subtotal: Decimal
    discount: Decimal
    taxes: Sequence[PaperTax]
    adjustment: Decimal
    """What QuickBooks' total holds besides, so that the page adds up."""
    total: Decimal
    paid: Decimal
    stamp: str
    """"Draft", "Paid", "Void", or ""."""

    @property
    def balance(self) -> Decimal:
        return ZERO if self.invoice.is_closed else self.total - self.paid

    @property
    def title(self) -> str:
        return f"Invoice {self.invoice.number}".strip()

    @property
    def file_name(self) -> str:
        number = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in self.invoice.number)
        return f"Invoice-{number}.pdf" if number else "Invoice-draft.pdf"


def lay_out(invoice: Invoice) -> Paper:
    """Two queries, none where sections and lines are fetched already."""
    by_section: dict[int, list[InvoiceLine]] = {}
    for line in invoice.lines.select_related("cost_code"):
        by_section.setdefault(line.section_id, []).append(line)
    is_apart = invoice.profit_shown == ProfitShown.APART
    sections = [
        _section(section, by_section[section.pk], is_apart)
        for section in invoice.sections.all()
        if section.pk in by_section
    ]
    tax = invoice.tax if invoice.quickbooks_tax is None else invoice.quickbooks_tax
    predicted = invoice.subtotal - invoice.discount + tax
    return Paper(
        invoice=invoice,
        currency=invoice.currency or invoice.company.currency,
        sections=sections,
        has_quantities=any(line.quantity is not None for section in sections for line in section.lines),
        prices_include_tax=invoice.tax_mode == TaxMode.INCLUSIVE,
        subtotal=invoice.subtotal,
        discount=invoice.discount,
        taxes=_taxes(invoice, tax),
        adjustment=invoice.amount_due - predicted,
        total=invoice.amount_due,
        paid=invoice.paid,
        stamp=_stamp(invoice),
    )


def _section(section: InvoiceSection, lines: Sequence[InvoiceLine], is_apart: bool) -> PaperSection:
    profit = sum((line.markup for line in lines), ZERO)
    return PaperSection(
        title=section.title,
        lines=[_line(line, line.cost if is_apart else line.amount) for line in lines],
        profit=profit if is_apart and profit else None,
        total=sum((line.amount for line in lines), ZERO),
    )


def _line(line: InvoiceLine, amount: Decimal) -> PaperLine:
    words = line.description or (line.cost_code.name if line.cost_code else "")
    quantity, price = line.quantity, line.unit_price
    if quantity and price is not None and amount != line.cost:
        price = _price_of(amount, quantity)
    if not quantity or price is None:
        quantity = price = None
    return PaperLine(words, quantity, price, amount)


def _price_of(amount: Decimal, quantity: Decimal) -> Decimal | None:
    """With markup within the line, the price the client pays for one; None where it is no whole number of cents."""
    price = (amount / quantity).quantize(CENT)
    return price if price * quantity == amount else None


def _taxes(invoice: Invoice, tax: Decimal) -> list[PaperTax]:
    """Each rate where ours add up to what is charged, else QuickBooks' tax in one line."""
    lines = list(_read_taxes(invoice.tax_lines))
    if lines and sum((line.tax for line in lines), ZERO) == tax:
        return lines
    return [PaperTax("Sales tax", tax)] if tax else []


def _read_taxes(rows: Iterable[Sequence[str]]) -> Iterable[PaperTax]:
    for name, percent, net, tax in rows:
        try:
            share, base, amount = Decimal(percent), Decimal(net), Decimal(tax)
        except InvalidOperation:
            continue
        yield PaperTax(f"{name}, {_plain(share)}% of {base:,.2f}", amount)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _stamp(invoice: Invoice) -> str:
    if invoice.is_closed:
        return "Void"
    if invoice.is_draft:
        return "Draft"
    return "Paid" if invoice.state == InvoiceState.PAID else ""
