"""Drafting an invoice and changing it, up to its release."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from invoicing.invoices.baskets import Basket, costs_to_bill
from invoicing.invoices.checking import MOST_LINES, check_input, refuse_number_in_use
from invoicing.invoices.cost_keys import keys_by_line, read_billed
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.figuring import refresh_figures
from invoicing.invoices.inputs import InvoiceInput, LineInput, SectionInput, cost_of
from invoicing.invoices.markups import MarkedLine, Profit, profits_of
from invoicing.invoices.rights import may_draft_on
from invoicing.invoices.seen import refuse_if_changed
from invoicing.invoices.words import describe_lines
from invoicing.models import BilledCost, Invoice, InvoiceLine, InvoiceSection
from invoicing.totals import Predicted
from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import Project, TeamMember
from ressio.money import ZERO

__all__ = [
    "InvoiceInput",
    "LineInput",
    "SectionInput",
    "change_invoice",
    "create_invoice",
    "input_of",
    "lock_invoice",
    "lock_invoices",
    "remove_invoice",
]


def create_invoice(*, project: Project, values: InvoiceInput, member: TeamMember, now: datetime) -> Invoice:
    """A draft. The client is the project's where none is named. Raises `InvoiceRefused`."""
    if not may_draft_on(member, project):
        raise InvoiceRefused("You may not draft invoices on this project.", code="not_allowed")
    check_input(values, project)
    with telling_collisions(values.number), transaction.atomic():
        head = head_of(values)
        invoice = Invoice(
            company_id=project.company_id,
            project=project,
            currency=project.company.currency,
            created_by=member.user,
            created_at=now,
            **(head | {"client_name": head["client_name"] or project.client_name}),
        )
        invoice.save()
        store_lines(invoice, values)
        refuse_impossible(refresh_figures(invoice))
        record_activity(company=project.company, actor=member.user, verb="drafted", subject=invoice)
    return invoice


def change_invoice(
    *, invoice: Invoice, values: InvoiceInput, member: TeamMember, now: datetime, mark: str = ""
) -> Invoice:
    """Drafts only. The lines given take the place of all lines; costs that none of them bills are free again. `mark`:
    `seen.mark_of` the invoice that `values` were made from. Raises `InvoiceRefused`.
    """
    with telling_collisions(values.number), transaction.atomic():
        locked = lock_invoice(invoice)
        if not may_draft_on(member, locked.project):
            raise InvoiceRefused("You may not change invoices of this project.", code="not_allowed")
        refuse_unless_draft(locked)
        refuse_if_changed(locked, mark)
        changes = write_values(locked, values)
        if changes:
            record_activity(
                company=locked.company, actor=member.user, verb="changed", subject=locked, changes=changes
            )
    return locked


def write_values(locked: Invoice, values: InvoiceInput) -> dict[str, list[str]]:
    """Check and store all of it, lines and figures; what changed, for the activity. Raises `InvoiceRefused`."""
    check_input(values, locked.project, keeps=locked)
    before = describe_lines(locked)
    changes = apply_changes(locked, head_of(values))
    store_lines(locked, values)
    refuse_impossible(refresh_figures(locked))
    after = describe_lines(locked)
    if before != after:
        changes["lines"] = [before, after]
    return changes


def remove_invoice(*, invoice: Invoice, member: TeamMember) -> None:
    """Drafts only; what it billed is free again."""
    with transaction.atomic():
        locked = lock_invoice(invoice)
        if not may_draft_on(member, locked.project):
            raise InvoiceRefused("You may not remove this invoice.", code="not_allowed")
        refuse_unless_draft(locked)
        record_activity(company=locked.company, actor=member.user, verb="removed", subject=locked)
        locked.delete()


def lock_invoice(invoice: Invoice) -> Invoice:
    """The row as it is now, held until the transaction ends."""
    locked: Invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("project", "company")
        .get(pk=invoice.pk)
    )
    return locked


def lock_invoices(ids: Collection[int]) -> None:
    """Always in this order, and before their pushes (`integrations.outbox.locking`)."""
    list(Invoice.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def refuse_unless_draft(invoice: Invoice) -> None:
    if not invoice.is_draft:
        raise InvoiceRefused(
            f"This invoice is {invoice.get_state_display().lower()} and no longer a draft.", code="not_draft"
        )


def refuse_impossible(predicted: Predicted) -> None:
    """What QuickBooks would refuse whatever else there is."""
    if len(predicted.lines) > MOST_LINES:
        raise InvoiceRefused(
            f"With the profit in lines of its own, an invoice has at most {MOST_LINES} lines.", field="lines"
        )
    if predicted.total < ZERO:
        raise InvoiceRefused(
            "The invoice comes to less than zero. A credit memo is made in QuickBooks.", field="lines"
        )


@contextmanager
def telling_collisions(number: str) -> Iterator[None]:
    """Two people at the same moment: what the database refuses, said for people."""
    try:
        yield
    except IntegrityError as error:
        said = str(error).lower()
        if "billedcost" in said or "is_billed_once" in said:
            raise InvoiceRefused(
                "One of these costs was just put on another invoice. Open the costs again.",
                field="bills",
                code="already_billed",
            ) from error
        if "number" in said:
            raise refuse_number_in_use(number.strip()) from error
        raise


# Writing ------------------------------------------------------------------------------------------------------------


def head_of(values: InvoiceInput) -> dict[str, object]:
    """The columns of the invoice itself."""
    texts = ("number", "client_name", "client_email", "client_address", "terms", "memo")
    plain = (
        *("issued_on", "due_on", "internal_notes", "tax_mode", "discount_percent", "discount_amount"),
        *("tax_after_discount", "profit_shown", "markup_percent", "actuals_until"),
    )
    return {
        **{name: getattr(values, name).strip() for name in texts},
        **{name: getattr(values, name) for name in plain},
        "code_markups": {str(code): str(percent) for code, percent in sorted(values.code_markups.items())},
    }


def store_lines(invoice: Invoice, values: InvoiceInput) -> None:
    """In place of all that were there, with cost, markup, amount and the costs they bill. Raises `InvoiceRefused`."""
    basket = costs_to_bill(invoice, values.lines)
    costs = [_cost_of(line, basket) for line in values.lines]
    invoice.sections.all().delete()
    profits = profits_of(
        [
            MarkedLine(cost, line.cost_code.pk if line.cost_code else None, line.markup_percent, line.markup)
            for line, cost in zip(values.lines, costs, strict=True)
        ],
        by_code=values.code_markups,
        of_invoice=values.markup_percent,
    )
    sections = [
        InvoiceSection(
            company_id=invoice.company_id,
            invoice=invoice,
            position=place,
            kind=section.kind,
            title=section.title.strip(),
        )
        for place, section in enumerate(values.sections, start=1)
    ]
    InvoiceSection.objects.bulk_create(sections)
    owners = [row for row, section in zip(sections, values.sections, strict=True) for _ in section.lines]
    rows = [
        _line_row(owner, place, line, cost, profit)
        for place, (owner, line, cost, profit) in enumerate(
            zip(owners, values.lines, costs, profits, strict=True), start=1
        )
    ]
    InvoiceLine.objects.bulk_create(rows)
    BilledCost.objects.bulk_create(
        billed for row, line in zip(rows, values.lines, strict=True) for billed in basket.rows_for(row, line)
    )


def _cost_of(line: LineInput, basket: Basket) -> Decimal:
    cost = cost_of(line)
    return basket.cost_of(line) if cost is None else cost


def _line_row(
    section: InvoiceSection, place: int, line: LineInput, cost: Decimal, profit: Profit
) -> InvoiceLine:
    return InvoiceLine(
        company_id=section.company_id,
        invoice=section.invoice,
        section=section,
        position=place,
        cost_code=line.cost_code,
        description=line.description.strip(),
        quantity=line.quantity,
        unit_price=line.unit_price,
        cost=cost,
        markup_percent=profit.percent,
        markup=profit.amount,
        markup_is_amount=line.markup is not None,
        amount=cost + profit.amount,
        tax_code_ref=line.tax_code_ref,
    )


# Back -----------------------------------------------------------------------------------------------------------------


def markups_by_code(invoice: Invoice) -> Mapping[int, Decimal]:
    return {int(code): Decimal(percent) for code, percent in invoice.code_markups.items()}


def input_of(invoice: Invoice) -> InvoiceInput:
    """What a form or a program would have to give for this very invoice."""
    plain = (
        *("number", "client_name", "client_email", "client_address", "issued_on", "due_on", "terms", "memo"),
        *("internal_notes", "tax_mode", "discount_percent", "discount_amount", "tax_after_discount"),
        *("profit_shown", "markup_percent", "actuals_until"),
    )
    sections: dict[int, list[LineInput]] = {}
    bills = keys_by_line(read_billed(BilledCost.objects.filter(line__invoice=invoice)))
    for line in invoice.lines.select_related("cost_code"):
        sections.setdefault(line.section_id, []).append(_line_input(line, bills.get(line.pk, ())))
    return InvoiceInput(
        **{name: getattr(invoice, name) for name in plain},
        code_markups=markups_by_code(invoice),
        sections=tuple(
            SectionInput(section.kind, section.title, tuple(sections.get(section.pk, ())))
            for section in invoice.sections.all()
        ),
    )


def _line_input(line: InvoiceLine, bills: tuple[str, ...]) -> LineInput:
    return LineInput(
        cost_code=line.cost_code,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        cost=line.cost,
        markup_percent=None if line.markup_is_amount else line.markup_percent,
        markup=line.markup if line.markup_is_amount else None,
        tax_code_ref=line.tax_code_ref,
        bills=bills,
    )
