"""What an invoice's input must be, whatever QuickBooks will say of it. Every sentence names its field."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from unicodedata import category

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from integrations.connecting import current_connection
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.inputs import InvoiceInput, LineInput, SectionInput, cost_of
from invoicing.models import CLOSED_INVOICE_STATES, Invoice, ProfitShown, SectionKind, TaxMode
from invoicing.tax_codes.setting import pickable_codes
from ressio.models import Company, CostCode, Project
from ressio.money import ZERO, round_cents

NUMBER_LENGTH = 21
MEMO_LENGTH = 1000
DESCRIPTION_LENGTH = 4000
ADDRESS_LENGTH = 1000
MOST_LINES = 750
"""QuickBooks' limit for a taxed invoice."""
LARGEST_AMOUNT = Decimal(10) ** 10
LARGEST_NUMBER = Decimal(10) ** 8
LARGEST_MARKUP = Decimal(100_000)
FINEST = Decimal("0.0000001")
FINEST_PERCENT = Decimal("0.0001")
HUNDRED = Decimal(100)

_TEXTS = (
    ("number", "The number", NUMBER_LENGTH),
    ("client_name", "The client's name", 200),
    ("client_email", "The client's address for mail", 254),
    ("client_address", "The client's address", ADDRESS_LENGTH),
    ("terms", "The terms", 100),
    ("memo", "The memo", MEMO_LENGTH),
)

_ON_ONE_LINE = ("number", "client_name", "terms")


def check_input(values: InvoiceInput, project: Project, *, keeps: Invoice | None = None) -> None:
    """Raises `InvoiceRefused` for the first thing wrong. `keeps` is the invoice that is changed: what it has already
    may stay, such as a cost code that was made inactive.
    """
    if project.is_archived and keeps is None:
        raise InvoiceRefused(f"{project} is archived.", field="project")
    _check_texts(values)
    _check_number(values.number.strip(), project.company, keeps)
    _check_dates(values)
    _check_choices(values)
    _check_discount(values)
    _check_percent(values.markup_percent, "The markup", "markup_percent")
    _check_code_markups(values, project)
    _check_lines(values, project, keeps)


def refuse_number_in_use(number: str) -> InvoiceRefused:
    return InvoiceRefused(f"There is an invoice {number} already.", field="number", code="number_in_use")


def has_line_breaks(text: str) -> bool:
    """Or tabs, or other signs that nobody sees."""
    return any(category(sign) == "Cc" for sign in text)


# The head -----------------------------------------------------------------------------------------------------------


def _check_texts(values: InvoiceInput) -> None:
    for name, label, most in _TEXTS:
        text = getattr(values, name).strip()
        if len(text) > most:
            raise InvoiceRefused(f"{label}: at most {most} characters, not {len(text)}.", field=name)
        if name in _ON_ONE_LINE and has_line_breaks(text):
            raise InvoiceRefused(f"{label}: on one line.", field=name)
    if values.client_email.strip():
        try:
            validate_email(values.client_email.strip())
        except ValidationError:
            raise InvoiceRefused("This is no address for mail.", field="client_email") from None


def _check_number(number: str, company: Company, keeps: Invoice | None) -> None:
    if not number or (keeps is not None and keeps.number == number):
        return
    living = Invoice.objects.filter(company=company, number=number).exclude(state__in=CLOSED_INVOICE_STATES)
    if living.exists():
        raise refuse_number_in_use(number)


def _check_dates(values: InvoiceInput) -> None:
    for name in ("issued_on", "due_on", "actuals_until"):
        day = getattr(values, name)
        if day is not None and not date(1990, 1, 1) <= day <= date(2100, 1, 1):
            raise InvoiceRefused("This date cannot be right.", field=name)
    if values.issued_on and values.due_on and values.due_on < values.issued_on:
        raise InvoiceRefused("The invoice is due before its date.", field="due_on")


def _check_choices(values: InvoiceInput) -> None:
    for name, allowed in (("tax_mode", TaxMode), ("profit_shown", ProfitShown)):
        if getattr(values, name) not in allowed.values:
            raise InvoiceRefused(f"Choose one of {', '.join(allowed.values)}.", field=name)


def _check_discount(values: InvoiceInput) -> None:
    percent, amount = values.discount_percent, values.discount_amount
    if percent is not None and amount is not None:
        raise InvoiceRefused(
            "Give the discount as a percentage or as an amount, not both.", field="discount_amount"
        )
    if percent is not None and not ZERO <= percent <= HUNDRED:
        raise InvoiceRefused("A discount is between 0 and 100 percent.", field="discount_percent")
    if percent is not None and percent != percent.quantize(FINEST_PERCENT):
        raise InvoiceRefused("A percentage has at most four decimals.", field="discount_percent")
    if amount is not None and (amount < ZERO or amount >= LARGEST_AMOUNT or amount != round_cents(amount)):
        raise InvoiceRefused(
            "A discount is not below zero and has at most two decimals.", field="discount_amount"
        )


def _check_percent(percent: Decimal | None, label: str, field: str) -> None:
    if percent is None:
        return
    if not -HUNDRED <= percent < LARGEST_MARKUP:
        raise InvoiceRefused(f"{label} cannot be {percent} percent.", field=field)
    if percent != percent.quantize(FINEST_PERCENT):
        raise InvoiceRefused(f"{label} has at most four decimals.", field=field)


def _check_code_markups(values: InvoiceInput, project: Project) -> None:
    wanted = set(values.code_markups)
    if not wanted:
        return
    known = set(
        CostCode.objects.filter(company=project.company_id, pk__in=wanted).values_list("pk", flat=True)
    )
    if wanted - known:
        raise InvoiceRefused("There is no such cost code.", field="code_markups")
    for percent in values.code_markups.values():
        _check_percent(percent, "A cost code's markup", "code_markups")


# Lines --------------------------------------------------------------------------------------------------------------


def _check_lines(values: InvoiceInput, project: Project, keeps: Invoice | None) -> None:
    if len(values.lines) > MOST_LINES:
        raise InvoiceRefused(f"An invoice has at most {MOST_LINES} lines.", field="lines")
    kept: set[int | None] = set(keeps.lines.values_list("cost_code_id", flat=True)) if keeps else set()
    tax_codes = _tax_codes_for(values, project.company, keeps)
    keys: set[str] = set()
    for number, section in enumerate(values.sections, start=1):
        _check_section(section, number)
        for place, line in enumerate(section.lines, start=1):
            try:
                _check_line(line, project, kept, tax_codes, keys)
            except InvoiceRefused as refused:
                refused.section, refused.line = number, place
                raise


def _check_section(section: SectionInput, number: int) -> None:
    if section.kind not in SectionKind.values:
        raise InvoiceRefused(
            f"A section is one of {', '.join(SectionKind.values)}.", field="kind", section=number
        )
    if len(section.title.strip()) > 200:
        raise InvoiceRefused("A title has at most 200 characters.", field="title", section=number)


def _check_line(
    line: LineInput, project: Project, kept: set[int | None], tax_codes: Collection[str], keys: set[str]
) -> None:
    code = line.cost_code
    if code and code.company_id != project.company_id:
        raise InvoiceRefused("There is no such cost code.", field="cost_code")
    # A cost may still stand under a code that is not used for new things.
    if code and not code.is_active and code.pk not in kept and not line.bills:
        raise InvoiceRefused(f"The cost code “{code}” is inactive.", field="cost_code")
    if len(line.description.strip()) > DESCRIPTION_LENGTH:
        raise InvoiceRefused(
            f"The description has at most {DESCRIPTION_LENGTH} characters.", field="description"
        )
    _check_price(line)
    _check_cost(line)
    _check_markup(line)
    if line.tax_code_ref and line.tax_code_ref not in tax_codes:
        raise InvoiceRefused("QuickBooks has no such tax code.", field="tax_code_ref")
    if len(set(line.bills)) < len(line.bills) or keys & set(line.bills):
        raise InvoiceRefused("The same cost stands on this invoice twice.", field="bills")
    keys.update(line.bills)


def _check_price(line: LineInput) -> None:
    if (line.quantity is None) != (line.unit_price is None):
        missing = "unit_price" if line.unit_price is None else "quantity"
        raise InvoiceRefused("Give quantity and price together, or the amount alone.", field=missing)
    for name in ("quantity", "unit_price"):
        number = getattr(line, name)
        if number is None:
            continue
        if abs(number) >= LARGEST_NUMBER:
            raise InvoiceRefused("This number is too large.", field=name)
        if number != number.quantize(FINEST):
            raise InvoiceRefused("Quantity and price have at most seven decimals.", field=name)


def _check_cost(line: LineInput) -> None:
    cost = cost_of(line)
    if cost is None:
        if line.bills:
            return
        raise InvoiceRefused("The amount is missing.", field="cost")
    if abs(cost) >= LARGEST_AMOUNT:
        raise InvoiceRefused("The amount is too large.", field="cost")
    if cost != round_cents(cost):
        raise InvoiceRefused("An amount has at most two decimals.", field="cost")
    if line.cost is not None and line.cost != cost:
        raise InvoiceRefused(f"{line.quantity} × {line.unit_price} is {cost}, not {line.cost}.", field="cost")


def _check_markup(line: LineInput) -> None:
    _check_percent(line.markup_percent, "The markup", "markup_percent")
    if line.markup is None:
        return
    if abs(line.markup) >= LARGEST_AMOUNT or line.markup != round_cents(line.markup):
        raise InvoiceRefused("The profit is an amount with at most two decimals.", field="markup")


def _tax_codes_for(values: InvoiceInput, company: Company, keeps: Invoice | None) -> frozenset[str]:
    """What a new line may have, and what lines have already: a code may have been made inactive since."""
    if not any(line.tax_code_ref for line in values.lines):
        return frozenset()
    connection = current_connection(company)
    if connection is None:
        return frozenset()
    day = values.issued_on or timezone.localdate()
    kept = keeps.lines.values_list("tax_code_ref", flat=True) if keeps else ()
    return frozenset({*(code.id for code in pickable_codes(connection, on=day)), *kept})
