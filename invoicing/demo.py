"""Invoices of the demo builder, made through the verbs so that they have a history. Nothing leaves: QuickBooks is not
connected yet. Harbor View keeps its invoices here; Maple Street sends what is released from now on.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from budgets.demo import BILLS_PROJECT
from integrations.switches import set_switches
from invoicing.invoices.actuals import lines_from_actuals, uninvoiced_costs
from invoicing.invoices.drafting import InvoiceInput, LineInput, SectionInput, create_invoice
from invoicing.invoices.releasing import release_invoice, void_invoice
from invoicing.models import Invoice, SectionKind
from invoicing.payments.recording import PaymentInput, record_payment
from ressio.models import Company, CostCode, Project, TeamMember
from ressio.scoping import scope

DRAWS_PROJECT = "Harbor View Addition"
CLIENTS = {
    DRAWS_PROJECT: ("hargrove@clients.example", "418 Harbor View Lane\nAnacortes, WA 98221"),
    BILLS_PROJECT: ("siobhan@clients.example", "77 Maple Street\nBellingham, WA 98225"),
}
DEFAULT_CODE, PROFIT_CODE = "01-1", "01-1"


@dataclass(frozen=True)
class DemoDraw:
    words: str
    code: str  # start of a cost code's name
    amount: str
    age: int  # days since it was issued
    paid: tuple[tuple[str, int, str, str], ...] = ()  # amount, days ago, how, reference
    is_void: bool = False


DRAWS = (
    DemoDraw("Deposit on signing", "01-1", "15000.00", 62, (("15000.00", 55, "Check", "2207"),)),
    DemoDraw("First draw: foundation complete", "03-1", "24500.00", 24, (("10000.00", 6, "Wire", "0611"),)),
    DemoDraw("Second draw, for the wrong stage", "06-100", "18000.00", 9, is_void=True),
)


def load_demo_invoices(company: Company, *, today: date) -> None:
    """Once: a company that has invoices is left as people have changed it."""
    with scope(company=company):
        if Invoice.objects.exists():
            return
        admin = TeamMember.objects.filter(role="admin").select_related("user").order_by("pk")[0]
        codes = list(CostCode.objects.all())
        for draw in DRAWS:
            _add_draw(draw, admin, codes, today)
        _draft_from_actuals(admin, codes, today)
        _turn_on_sending(admin, codes)


def _add_draw(plan: DemoDraw, admin: TeamMember, codes: list[CostCode], today: date) -> None:
    issued, now = today - timedelta(days=plan.age), timezone.now()
    line = LineInput(_find_code(codes, plan.code), plan.words, cost=Decimal(plan.amount))
    invoice = _create(
        DRAWS_PROJECT,
        admin,
        sections=(SectionInput(SectionKind.AMOUNT, "", (line,)),),
        issued_on=issued,
        due_on=issued + timedelta(days=30),
        memo="Thank you for building with us.",
    )
    released = release_invoice(invoice=invoice, member=admin, now=now)
    for amount, days, how, reference in plan.paid:
        values = PaymentInput(today - timedelta(days=days), Decimal(amount), how, reference)
        record_payment(invoice=released, values=values, member=admin, now=now)
    if plan.is_void:
        void_invoice(invoice=released, member=admin, now=now)


def _draft_from_actuals(admin: TeamMember, codes: list[CostCode], today: date) -> None:
    project = Project.objects.get(name=BILLS_PROJECT)
    costs = lines_from_actuals(uninvoiced_costs(project, until=today), by="code")
    permit = LineInput(
        _find_code(codes, "01-2"), "Permit fee, at cost", cost=Decimal("185.00"), markup=Decimal(0)
    )
    _create(
        BILLS_PROJECT,
        admin,
        sections=(
            SectionInput(SectionKind.ACTUALS, "Costs of the month", tuple(costs)),
            SectionInput(SectionKind.ADDITIONAL, "Additional items", (permit,)),
        ),
        issued_on=today,
        due_on=today + timedelta(days=30),
        markup_percent=Decimal(15),
        actuals_until=today,
        internal_notes="Ask about the recessed lights before it goes out.",
    )


def _create(project_name: str, admin: TeamMember, **values: object) -> Invoice:
    email, address = CLIENTS[project_name]
    project = Project.objects.get(name=project_name)
    given = InvoiceInput(client_email=email, client_address=address, terms="Net 30", **values)  # type: ignore[arg-type]
    return create_invoice(project=project, values=given, member=admin, now=timezone.now())


def _turn_on_sending(admin: TeamMember, codes: list[CostCode]) -> None:
    changes = {
        "push_invoices": True,
        "default_invoice_code": _find_code(codes, DEFAULT_CODE),
        "profit_code": _find_code(codes, PROFIT_CODE),
    }
    project = Project.objects.get(name=BILLS_PROJECT)
    set_switches(project=project, changes=changes, actor=admin.user, now=timezone.now())


def _find_code(codes: list[CostCode], start: str) -> CostCode:
    (code,) = [code for code in codes if code.name.startswith(start)]
    return code
