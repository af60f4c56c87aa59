"""What was invoiced, collected and is outstanding (R17, R43), and the money held for a client."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from budgets.reach import customers_of
from integrations.models import ProjectLink, QuickBooksCustomer
from invoicing.models import CLOSED_INVOICE_STATES, ClientCredit, ClientPayment, Invoice, InvoiceState
from ressio.models import Project
from ressio.money import ZERO


@dataclass(frozen=True)
class Invoiced:
    """Of invoices that the client has: no drafts, nothing void or deleted. In the company's currency."""

    invoiced: Decimal = ZERO
    collected: Decimal = ZERO

    @property
    def outstanding(self) -> Decimal:
        return self.invoiced - self.collected


def invoiced_of(project: Project) -> Invoiced:
    return invoiced_in(Invoice.objects.filter(project=project))


def invoiced_in(invoices: "QuerySet[Invoice]") -> Invoiced:
    """Of any selection, in one query. QuickBooks' total rules where it has the invoice."""
    counted = invoices.exclude(state__in=(InvoiceState.DRAFT, *CLOSED_INVOICE_STATES)).order_by()
    found = counted.aggregate(invoiced=Sum(Coalesce("quickbooks_total", "total")), collected=Sum("paid"))
    return Invoiced(found["invoiced"] or ZERO, found["collected"] or ZERO)


# Money held for a client --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldMoney:
    """A payment or a credit memo of which something is left."""

    label: str
    """“Payment 1042” or “Credit memo 7”."""
    client: str
    amount: Decimal
    entity: str
    document_ref: str


@dataclass(frozen=True)
class Held:
    """What QuickBooks holds for a project's client and no invoice has used yet."""

    own: tuple[HeldMoney, ...] = ()
    """Of the customers of the project."""
    above: tuple[HeldMoney, ...] = ()
    """Of the customers these are under: it is there for their other projects too."""

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.own), ZERO)

    @property
    def amount_above(self) -> Decimal:
        return sum((each.amount for each in self.above), ZERO)


def held_for(project: Project) -> Held:
    """Over-payments, payments applied to nothing, and credit memos not used up. Nothing while it is not linked."""
    link = ProjectLink.objects.filter(project=project, connection__is_current=True).first()
    if link is None:
        return Held()
    own = customers_of(link)
    above = _above(link) - own
    held = _list_held(link.connection_id, own | above)
    return Held(
        own=tuple(money for customer, money in held if customer in own),
        above=tuple(money for customer, money in held if customer in above),
    )


def _above(link: ProjectLink) -> set[str]:
    """One query a level, of which QuickBooks has five at most."""
    customers = QuickBooksCustomer.objects.filter(connection=link.connection_id)
    found: set[str] = set()
    ref = link.customer_ref
    while ref and ref not in found:
        found.add(ref)
        ref = customers.filter(quickbooks_id=ref).values_list("parent_ref", flat=True).first() or ""
    return found - {link.customer_ref}


def _list_held(connection_id: int, customers: set[str]) -> list[tuple[str, HeldMoney]]:
    """The oldest first."""
    names = dict(
        QuickBooksCustomer.objects.filter(connection=connection_id, quickbooks_id__in=customers).values_list(
            "quickbooks_id", "name"
        )
    )
    theirs = {"connection": connection_id, "customer_ref__in": customers}
    payments = ClientPayment.objects.filter(**theirs, unapplied__gt=0).order_by("received_on", "pk")
    memos = ClientCredit.objects.filter(**theirs, remaining__gt=0).order_by("issued_on", "pk")
    held = [(each.customer_ref, str(each), each.unapplied, "Payment", each.payment_ref) for each in payments]
    held += [(each.customer_ref, str(each), each.remaining, "CreditMemo", each.credit_ref) for each in memos]
    return [
        (customer, HeldMoney(label, names.get(customer, ""), amount, entity, ref))
        for customer, label, amount, entity, ref in held
    ]
