"""What an invoice would come to, shown while it is typed: worked out by the verb that will save it, and not kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.switches import switches_of
from invoicing.invoices.changing import change_sent_invoice
from invoicing.invoices.drafting import InvoiceInput, change_invoice, create_invoice
from invoicing.invoices.errors import InvoiceRefused
from invoicing.models import Invoice
from invoicing.pdf.paper import Paper, lay_out
from invoicing.tax_codes.setting import NOT_TAXABLE
from invoicing.totals import margin_of, percent_of_profit
from ressio.models import CostCode, Project, TeamMember
from ressio.money import ZERO


@dataclass(frozen=True)
class Look:
    """`refusal`: why it has no total as it stands; then `paper` is None."""

    paper: Paper | None
    refusal: str
    prices: Sequence[tuple[str, Decimal]]
    """Of each row of the form its name and what the client pays for it."""
    cost: Decimal
    profit: Decimal
    bare: Sequence[int]
    """Places of the lines that fall to the Default Invoice Code."""
    default_code: CostCode | None
    is_taxed: bool
    is_sent: bool
    """The project sends its invoices to QuickBooks, which takes no line without a code."""

    @property
    def markup_percent(self) -> Decimal | None:
        return percent_of_profit(self.profit, self.cost)

    @property
    def margin_percent(self) -> Decimal | None:
        return margin_of(self.profit, self.cost + self.profit)


def look_at(
    project: Project,
    invoice: Invoice | None,
    values: InvoiceInput,
    member: TeamMember,
    *,
    rows: Sequence[Any],
) -> Look:
    """`rows`: the rows of the form that `values.lines` were read from, in their order. Nothing is stored."""
    switches = switches_of(project)
    bare = [place for place, line in enumerate(values.lines, 1) if line.cost_code is None]
    paper, refusal, prices, cost, profit = None, "", [], ZERO, ZERO
    try:
        with transaction.atomic():
            tried = _try(project, invoice, replace(values, number=""), member)
            lines = list(tried.lines.all())
            cost = sum((line.cost for line in lines), ZERO)
            profit = sum((line.markup for line in lines), ZERO)
            prices = [(row.prefix, line.amount) for row, line in zip(rows, lines, strict=False)]
            paper = lay_out(tried)
            transaction.set_rollback(True)
    except InvoiceRefused as refused:
        refusal = str(refused)
    return Look(
        paper=paper,
        refusal=refusal,
        prices=prices,
        cost=cost,
        profit=profit,
        bare=bare,
        default_code=switches.default_invoice_code,
        is_taxed=any(line.tax_code_ref not in ("", NOT_TAXABLE) for line in values.lines),
        is_sent=switches.push_invoices,
    )


def _try(project: Project, invoice: Invoice | None, values: InvoiceInput, member: TeamMember) -> Invoice:
    who: dict[str, Any] = {"member": member, "now": timezone.now()}
    if invoice is None:
        return create_invoice(project=project, values=values, **who)
    change = change_invoice if invoice.is_draft else change_sent_invoice
    return change(invoice=invoice, values=values, **who)
