"""What stands between a released invoice and QuickBooks, asked of our rows as they are now. No HTTP.

The same answer is shown before anything leaves, holds the push when it would leave, and lets it go again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from budgets.bills.readiness import (
    CLOSED_PERIOD,
    WAITS_FOR_REOPENING,
    Obstacle,
    is_in_closed_period,
    load_items,
    obstacle_of_code,
    say_waiting,
)
from budgets.bills.words import say_amount, say_day
from budgets.reading import Json, read_decimal, read_ref, read_ref_name, read_text
from integrations.models import (
    Connection,
    Document,
    ProjectLink,
    ProjectSwitches,
    QuickBooksCustomer,
    QuickBooksItem,
)
from invoicing.invoices.rights import may_release_invoices
from invoicing.models import Invoice, InvoiceLine, InvoiceState, ProfitShown, TaxMode
from invoicing.tax_codes.mirrored import TaxModel, load_tax_lists, load_tax_prefs, tax_model_of
from invoicing.tax_codes.setting import NOT_TAXABLE, TAXABLE
from ressio.models import CostCode, TeamMember
from ressio.money import ZERO

DUPLICATE = "duplicate_number"
ARCHIVED = "project_archived"
TAKEN_THERE = "6140"
"""The same, said by QuickBooks itself."""


@dataclass(frozen=True)
class CustomerThere:
    ref: str
    name: str
    is_active: bool
    currency: str


@dataclass(frozen=True)
class NumberTaken:
    """An invoice that QuickBooks has under a number of ours."""

    quickbooks_id: str
    customer_name: str
    total: str


@dataclass(frozen=True)
class Surroundings:
    """All that invoices of one connection depend on, read in a fixed number of queries."""

    connection: Connection
    customers: Mapping[int, CustomerThere]
    """Project id to who pays for it in QuickBooks."""
    switches: Mapping[int, ProjectSwitches]
    items: Mapping[int, QuickBooksItem | None]
    """Cost code id to its item; None where the item is not in the lists."""
    taken: Mapping[int, NumberTaken] = field(default_factory=dict)
    """Invoice id to another invoice in QuickBooks of the same number."""
    releasers: frozenset[int] = frozenset()
    """Ids of the people who may release invoices now."""
    tax_model: TaxModel = TaxModel.UNKNOWN
    tax_codes: frozenset[str] = frozenset()
    """What a line's tax code may be."""
    tax_group: str = ""
    """In the US without automated tax: the tax code that says the rates of a whole invoice."""

    def profit_code_of(self, invoice: Invoice) -> CostCode | None:
        switches = self.switches.get(invoice.project_id)
        code: CostCode | None = switches.profit_code if switches else None
        return code


Lines = Mapping[int, Sequence[InvoiceLine]]


def survey(
    connection: Connection, invoices: Sequence[Invoice], lines: Lines, *, with_numbers: bool = True
) -> Surroundings:
    """Ten queries for any number of invoices. `with_numbers`: whether QuickBooks has them already is looked through
    as well, which is for some invoices, not for hundreds.
    """
    projects = {invoice.project_id for invoice in invoices}
    links = ProjectLink.objects.filter(connection=connection, project__in=projects)
    found = ProjectSwitches.objects.filter(project__in=projects).select_related("profit_code")
    switches = {each.project_id: each for each in found}
    codes = {line.cost_code_id for some in lines.values() for line in some}
    admins = TeamMember.objects.filter(is_active=True).select_related("user", "company")
    return Surroundings(
        connection=connection,
        customers=_load_customers(connection, dict(links.values_list("project_id", "customer_ref"))),
        switches=switches,
        items=load_items(connection, codes | {each.profit_code_id for each in switches.values()}),
        taken=_load_taken(connection, invoices) if with_numbers else {},
        releasers=frozenset(
            member.user_id for member in admins if member.user_id and may_release_invoices(member)
        ),
        **_load_tax(connection),
    )


def _load_tax(connection: Connection) -> dict[str, Any]:
    prefs = load_tax_prefs(connection)
    model = tax_model_of(connection, prefs)
    if model == TaxModel.CODES:
        codes = load_tax_lists(connection).codes
        return {"tax_model": model, "tax_codes": frozenset(codes)}
    group = read_ref(prefs or {}, "TaxGroupCodeRef") if model == TaxModel.US_GROUPS else ""
    return {"tax_model": model, "tax_codes": frozenset({TAXABLE, NOT_TAXABLE}), "tax_group": group}


def _load_customers(connection: Connection, refs: Mapping[int, str]) -> dict[int, CustomerThere]:
    rows = QuickBooksCustomer.objects.filter(connection=connection, quickbooks_id__in=refs.values())
    by_ref = {row.quickbooks_id: row for row in rows}
    documents = Document.objects.filter(
        connection=connection, entity="Customer", quickbooks_id__in=refs.values()
    )
    currencies = {each.quickbooks_id: read_ref(each.data, "CurrencyRef") for each in documents}
    return {
        project_id: CustomerThere(
            ref=ref,
            name=by_ref[ref].full_name if ref in by_ref else "",
            is_active=ref in by_ref and by_ref[ref].is_active and not by_ref[ref].is_deleted,
            currency=currencies.get(ref, ""),
        )
        for project_id, ref in refs.items()
    }


def _load_taken(connection: Connection, invoices: Sequence[Invoice]) -> dict[int, NumberTaken]:
    """QuickBooks refuses a number that another invoice has (6140), whoever made it."""
    by_number = {invoice.number: invoice for invoice in invoices if invoice.number}
    found: dict[int, NumberTaken] = {}
    for document in documents_of_numbers(connection, by_number):
        invoice = by_number.get(read_text(document.get("DocNumber")))
        if invoice is not None and str(document["Id"]) != invoice.quickbooks_id:
            found[invoice.pk] = NumberTaken(
                quickbooks_id=str(document["Id"]),
                customer_name=read_ref_name(document, "CustomerRef", 200),
                total=say_amount(read_decimal(document.get("TotalAmt")) or ZERO),
            )
    return found


def documents_of_numbers(connection: Connection, numbers: Collection[str]) -> list[Json]:
    """Living invoices of the mirror that have one of these numbers, and perhaps some more."""
    if not numbers:
        return []
    named = reduce(or_, (Q(body__contains=f'"{number}"') for number in numbers))
    found = Document.objects.filter(named, connection=connection, entity="Invoice", deleted_at=None)
    return [document.data for document in found]


# Asking -----------------------------------------------------------------------------------------------------------


def obstacles_of(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    around: Surroundings,
    *,
    requested_by: int | None,
    is_released: bool = True,
) -> list[Obstacle]:
    """Everything in the way, the most basic first; empty when the invoice may leave. Pure.

    `is_released=False` leaves out what only the release brings, for a look ahead.
    """
    found = [
        *_of_project(invoice, around),
        *_of_customer(invoice, around),
        *_of_lines(invoice, lines, around),
        *of_date(invoice, around),
        *_of_number(invoice, around),
    ]
    return [*_of_release(invoice, around, requested_by), *found] if is_released else found


def _of_release(invoice: Invoice, around: Surroundings, requested_by: int | None) -> list[Obstacle]:
    if invoice.state != InvoiceState.RELEASED:
        return [Obstacle("not_released", "The invoice is not released any more.")]
    return of_person(around, requested_by)


def of_person(around: Surroundings, requested_by: int | None) -> list[Obstacle]:
    """A right that was taken away since does not send anything."""
    if requested_by is None or requested_by in around.releasers:
        return []
    sentence = "Whoever sent this invoice may no longer release invoices. Somebody with the right must send it again."
    return [Obstacle("releaser_gone", sentence)]


def _of_project(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    found = []
    if invoice.project.is_archived:
        sentence = f"{invoice.project} is archived. Take it out of the archive first."
        found.append(Obstacle(ARCHIVED, sentence, "project-overview", invoice.project_id))
    return [*found, *_of_link(invoice, around)]


def _of_link(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    if invoice.project_id not in around.customers:
        sentence = "The project is not connected to a customer in QuickBooks."
        return [Obstacle("project_not_linked", sentence, "project-financials", invoice.project_id)]
    return of_switch(invoice, around)


def of_switch(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    switches = around.switches.get(invoice.project_id)
    if switches is not None and switches.push_invoices:
        return []
    sentence = "Sending invoices is off for this project."
    return [Obstacle("pushing_off", sentence, "project-financials", invoice.project_id)]


def _of_customer(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    there = around.customers.get(invoice.project_id)
    if there is None:
        return []
    if not there.is_active:
        sentence = f"{there.name or 'The customer'} is inactive in QuickBooks. Make it active there."
        return [Obstacle("customer_inactive", sentence, "project-financials", invoice.project_id)]
    if there.currency and there.currency != around.connection.home_currency:
        sentence = f"{there.name} pays in {there.currency}. Enter this invoice in QuickBooks."
        return [Obstacle("foreign_customer", sentence)]
    return []


def _of_lines(invoice: Invoice, lines: Sequence[InvoiceLine], around: Surroundings) -> list[Obstacle]:
    found: dict[str, Obstacle] = {}
    for line in lines:
        for obstacle in _of_line(line, invoice, around):
            found.setdefault(f"{obstacle.code}/{obstacle.page_id}", obstacle)
    for obstacle in _of_profit(invoice, lines, around):
        found.setdefault(f"{obstacle.code}/{obstacle.page_id}", obstacle)
    return list(found.values())


def _of_line(line: InvoiceLine, invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    if line.cost_code is None:
        return [Obstacle("no_code", f"Line {line.position} has no cost code.")]
    found = []
    if obstacle := obstacle_of_code(line.cost_code, around.items, is_bought=False):
        found.append(obstacle)
    if obstacle := _of_tax(line, invoice, around):
        found.append(obstacle)
    return found


def _of_tax(line: InvoiceLine, invoice: Invoice, around: Surroundings) -> Obstacle | None:
    """Outside the US every line has a tax code, in a company that uses sales tax at all."""
    if (
        line.tax_code_ref
        and around.tax_model != TaxModel.UNKNOWN
        and line.tax_code_ref not in around.tax_codes
    ):
        sentence = "A line has a tax code that QuickBooks does not have. Choose another one."
        return Obstacle("tax_code_unknown", sentence)
    is_needed = around.tax_model == TaxModel.CODES and invoice.tax_mode != TaxMode.NOT_APPLICABLE
    if is_needed and not line.tax_code_ref:
        sentence = "A line has no tax code, and QuickBooks needs one on each line of this company."
        return Obstacle("no_tax_code", sentence)
    return None


def _of_profit(invoice: Invoice, lines: Sequence[InvoiceLine], around: Surroundings) -> list[Obstacle]:
    """Only where profit stands on lines of its own."""
    if invoice.profit_shown != ProfitShown.APART or not any(line.markup for line in lines):
        return []
    code = around.profit_code_of(invoice)
    if code is None:
        sentence = "Profit is shown on lines of its own, and the project has no Profit Code."
        return [Obstacle("no_profit_code", sentence, "project-financials", invoice.project_id)]
    obstacle = obstacle_of_code(code, around.items, is_bought=False)
    return [obstacle] if obstacle else []


def of_date(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    closing = around.connection.closing_date
    if not is_in_closed_period(invoice.issued_on, closing):
        return []
    if invoice.waits_for_reopening:
        return [Obstacle(WAITS_FOR_REOPENING, say_waiting(closing))]
    sentence = (
        f"The invoice is dated {say_day(invoice.issued_on)}, and QuickBooks' books are closed up to "
        f"{say_day(closing)}. Give it a date in the open period, let it wait until the period is reopened, or enter "
        "it in QuickBooks and link it."
    )
    return [Obstacle(CLOSED_PERIOD, sentence)]


def _of_number(invoice: Invoice, around: Surroundings) -> list[Obstacle]:
    other = around.taken.get(invoice.pk)
    if other is None:
        return []
    sentence = (
        f"QuickBooks has an invoice {invoice.number} already, for {other.customer_name or 'a customer'} over "
        f"{other.total}. Give this one another number, or link it if it is the same."
    )
    return [Obstacle(DUPLICATE, sentence)]
