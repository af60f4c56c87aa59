"""Where a walk through all pages goes: every address that answers with a page, with something to show on it.

A page is any GET route of the site outside the API and the staff admin. A new one is walked by itself when
`SAMPLES` knows what stands in its address; one that answers with something else is named in `NO_PAGES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from budgets.bills.file_upkeep import SUBJECT
from budgets.bills.files import attach_file
from budgets.bills.pushes import KIND
from budgets.bills.readiness import CLOSED_PERIOD
from budgets.models import Bill, BillFile, BillState, BudgetLine
from integrations.guides import GUIDES
from integrations.models import (
    Connection,
    ConnectionStatus,
    CostCodeLink,
    EmployeeLink,
    ProjectRefMapping,
    Push,
    PushState,
    PushTry,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
    RunKind,
    RunTrigger,
    SyncRun,
    VendorLink,
)
from integrations.outbox.holding import show_held
from integrations.sandbox.pages.kinds import BY_SEGMENT, ENTERED
from integrations.sandbox.pages.lists import LISTS
from invoicing.models import Invoice, InvoiceState
from ressio.files.keeping import add_file
from ressio.models import FileOrigin, MemberRate, Project, ProjectFile, Role, TeamMember, User
from ressio.people.api_tokens import create_api_token
from ressio.people.companies import start_company
from ressio.people.inviting import invite_person
from ressio.scoping import scope
from tests.browser.stage import ADMIN, MAPLE, Demo
from tests.support.access_table import ROUTES
from tests.support.file_samples import PDF
from tests.support.quickbooks import CLIENT_ID
from tests.support.routes import Route, collect_routes
from tests.support.sandbox import Realm
from timeclock.clock import clock_in, start_break
from timeclock.demo import load_shifts
from timeclock.models import Shift, ShiftState

NO_PAGES = {
    "healthz": "JSON",
    "favicon.ico": "leads to the icon",
    "staff-sign-in": "leads staff to the admin",
    "company-home": "leads to the projects",
    "settings": "leads to the first page of Settings",
    "invitation-link": "leads to accept-invitation",
    "reset-password-link": "leads to choose-password",
    "quickbooks-callback": "leads on to where it was asked for",
    "sync-progress": "a fragment of the pages that follow a sync",
    "cost-codes-export": "a file",
    "sync-requests-export": "a file",
    "project-actuals-export": "a file",
    "budget-export": "a file",
    "bills-export": "a file",
    "time-export": "a file",
    "project-file-download": "a file",
    "invoices-export": "a file",
    "invoice-pdf": "a file",
    "shared-invoice-pdf": "a file",
    "shared-invoice-file": "a file",
}
SIGNED_OUT = {"sign-in", "ask-reset", "choose-password", "accept-invitation"}
VARIANTS = {
    "project-actuals": ("?verdict=excluded", "?reason=category_line", "?q=nothing+like+it", "?date_from=x"),
    "link-cost-codes": ("?show=linked", "?show=only-there", "?show=ineligible", "?q=tile"),
    "settings-cost-codes": ("?q=nothing+like+it",),
    "projects": ("?state=archived",),
    "project-files": ("?q=nothing+like+it", "?origin=quickbooks"),
    "sync-log": ("?runs=failed",),
    "pushes": ("?state=held", "?state=skipped"),
    "push-link": ("?q=nothing+like+it",),
    "bills": ("?q=nothing+like+it", "?status=paid", "?sort=-total&page=2"),
    "bill-new": ("?project=1",),
    "invoices": ("?q=nothing+like+it", "?status=overdue", "?sort=-total&page=2"),
    "invoice-new": ("?project=2&from=actuals",),
    "settings-tax-codes": ("?q=nothing+like+it",),
    "time-review": ("?week=all", "?week=all&status=error", "?q=nothing+like+it", "?by=person"),
}


FULLEST = {"time-review": "week=all"}
"""Where the page without more ado may be empty."""


@dataclass(frozen=True)
class Visit:
    """`path` is where to go; the page must stand at `lands_on`, or the walk saw another page."""

    key: str
    path: str
    lands_on: str
    status: int = 200


def list_page_keys() -> set[str]:
    routes = collect_routes()
    return {
        key
        for key, methods in ROUTES.items()
        if "GET" in methods and key not in NO_PAGES and not routes[key].is_api
    }


def stay(key: str, path: str, status: int = 200) -> Visit:
    return Visit(key, path, path.partition("?")[0], status)


# The demo builder -----------------------------------------------------------------------------------------


def plan_signed_out(demo: Demo) -> list[Visit]:
    accept, choose = reverse("accept-invitation"), reverse("choose-password")
    return [
        stay("sign-in", reverse("sign-in")),
        stay("ask-reset", reverse("ask-reset")),
        stay("start-company", reverse("start-company")),
        stay("invitation over", accept, 410),
        Visit("accept-invitation", make_invitation_link(demo), accept),
        stay("reset over", choose, 410),
        Visit("choose-password", make_reset_link(), choose),
        stay("quickbooks-disconnected", reverse("quickbooks-disconnected")),
        stay("not found", "/no-such-page/", 404),
    ]


def make_invitation_link(demo: Demo) -> str:
    with scope(company=demo.company):
        invited = invite_person(
            company=demo.company,
            actor=find_admin(),
            name="Ida Quill",
            email="ida@ridgeline.example",
            role=Role.TEAM_MEMBER,
            now=timezone.now(),
        )
    return reverse("invitation-link", args=[invited.token])


def make_reset_link() -> str:
    user = find_admin()
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("reset-password-link", args=[uid, default_token_generator.make_token(user)])


def find_admin() -> User:
    user: User = User.objects.get(email=ADMIN)
    return user


def plan_demo(demo: Demo, *, in_all_ways: bool) -> list[Visit]:
    """Every page as the Admin, in a company where everything is there; some in several ways, where that is asked."""
    with scope(company=demo.company):
        samples = make_samples(demo)
        bills = [*plan_bills(demo), *plan_invoices(demo)]
    routes = [collect_routes()[key] for key in sorted(list_page_keys() - SIGNED_OUT)]
    visits = [visit for route in routes for visit in visit_route(route, samples)]
    if not in_all_ways:
        visits = [visit for visit in visits if visit.path.partition("?")[2] == FULLEST.get(visit.key, "")]
    elsewhere = [
        stay("not found", demo.url("projects") + "999999/", 404),
        stay("forbidden", reverse("staff-sign-in"), 403),
    ]
    guides = [stay("guide", demo.url("guide", guide=guide)) for guide in GUIDES]
    return [*visits, *bills, *guides, *elsewhere]


def visit_route(route: Route, samples: dict[str, Any]) -> Iterator[Visit]:
    path = route.url({name: samples.get(f"{route.key} {name}", samples.get(name)) for name in route.names})
    for variant in ("", *VARIANTS.get(route.key, ())):
        yield stay(route.key, path + variant, 400 if variant == "?date_from=x" else 200)


def make_samples(demo: Demo) -> dict[str, Any]:
    """What stands in addresses. Also makes what a page without it would lead away from."""
    Connection.objects.create(
        company=demo.company,
        realm_id="9130000000000001",
        is_current=False,
        status=ConnectionStatus.PENDING,
        books_name="Other Books LLC",
    )
    linked = EmployeeLink.objects.select_related("team_member").first()
    assert linked is not None
    create_api_token(member=TeamMember.objects.get(email=ADMIN), name="Reports")
    return {
        "company": demo.company.slug,
        "project_id": demo.lot_14.pk,
        "cost_code_id": first(CostCodeLink).cost_code_id,
        "vendor_id": first(VendorLink).vendor_id,
        "member_id": linked.team_member_id,
        "rate_id": make_rate(linked.team_member),
        "line_id": BudgetLine.objects.filter(project=demo.lot_14)[0].pk,
        "run_id": SyncRun.objects.order_by("pk")[0].pk,
        "link-cost-codes-row row_ref": find_free_row(
            demo.connection, QuickBooksItem, CostCodeLink, "item_ref"
        ),
        "link-vendors-row row_ref": find_free_row(
            demo.connection, QuickBooksVendor, VendorLink, "vendor_ref"
        ),
        "link-team-members-row row_ref": find_free_row(
            demo.connection, QuickBooksEmployee, EmployeeLink, "employee_ref"
        ),
        "mapping_id": make_mapping(demo.connection),
        "push_id": make_pushes(demo),
        "guide": GUIDES[0],
        "file_id": make_files(demo)[0].pk,
        "bill_id": find_bill(BillState.DRAFT).pk,
        "bill_file_id": make_bill_file().pk,
        "invoice_id": find_invoice(InvoiceState.DRAFT).pk,
        "key": find_invoice(InvoiceState.PARTLY_PAID).share_key,
        "shift_id": make_shifts().pk,
    }


def find_bill(state: BillState) -> Bill:
    """The first of them: ours where there is one, else of the books."""
    bill: Bill = Bill.objects.filter(state=state).order_by("-origin", "pk")[0]
    return bill


def make_bill_file() -> BillFile:
    admin, bill = TeamMember.objects.get(email=ADMIN), find_bill(BillState.DRAFT)
    return attach_file(bill=bill, upload=BytesIO(PDF), name="Ticket.pdf", member=admin, now=timezone.now())


def make_shifts() -> Shift:
    """A week of them, the Admin's own that was forgotten and stands on a break, and one with everything on its page."""
    now, admin = timezone.now(), TeamMember.objects.get(email=ADMIN)
    load_shifts(now=now)
    project = Project.objects.get(name=MAPLE)
    running = clock_in(
        member=admin, project=project, cost_code=None, key="walked", now=now - timedelta(hours=20)
    )
    start_break(shift=running, member=admin, key="walked rest", now=now - timedelta(minutes=5))
    shift: Shift = Shift.objects.filter(state=ShiftState.DRAFT, breaks__isnull=False).exclude(pk=running.pk)[
        0
    ]
    return shift


def plan_bills(demo: Demo) -> list[Visit]:
    """A bill's page in its other states; and one that is held, with the three ways of a closed period."""
    bills = [find_bill(state) for state in (BillState.AWAITING, BillState.APPROVED, BillState.PAID)]
    held = bills[1]
    Push.objects.create(
        company=demo.company,
        connection=demo.connection,
        kind=KIND,
        subject_id=str(held.pk),
        subject_label=str(held),
        entity="Bill",
        state=PushState.HELD,
        hold_code=CLOSED_PERIOD,
        hold_sentence="The bill is dated in a period that is closed in QuickBooks.",
    )
    ticked = "&".join(f"bill={bill.pk}" for bill in Bill.objects.filter(project=held.project))
    pages = [stay("bill", demo.url("bill", bill_id=bill.pk)) for bill in bills]
    return [*pages, stay("bills-approve", f"{demo.url('bills-approve')}?{ticked}")]


def find_invoice(state: InvoiceState) -> Invoice:
    invoice: Invoice = Invoice.objects.filter(state=state).order_by("pk")[0]
    return invoice


def plan_invoices(demo: Demo) -> list[Visit]:
    """An invoice's page in its other states; one that was edited in QuickBooks and comes to another total there."""
    states = (InvoiceState.PARTLY_PAID, InvoiceState.PAID, InvoiceState.VOID)
    invoices = [find_invoice(state) for state in states]
    there = find_invoice(InvoiceState.PARTLY_PAID)
    Invoice.objects.filter(pk=there.pk).update(
        connection=demo.connection,
        quickbooks_id="9901",
        quickbooks_total=there.total + 12,
        conflicts={"theirs": {}, "fields": [["Memo", "Thank you", "Thank you very much"]]},
    )
    shared = Visit("shared-invoice void", f"/i/{invoices[2].share_key}/", f"/i/{invoices[2].share_key}/")
    return [*(stay("invoice", demo.url("invoice", invoice_id=each.pk)) for each in invoices), shared]


def make_files(demo: Demo) -> list[ProjectFile]:
    """One of ours, and one as a sync brings them, with a long name."""
    pulled = {"origin": FileOrigin.QUICKBOOKS, "is_read_only": True, "is_client_visible": True}
    paid = find_bill(BillState.PAID)
    bill = {"subject_kind": SUBJECT, "subject_id": str(paid.pk), "subject_label": str(paid)}
    long_name = f"{'Delivery note and bill of the lumber yard ' * 3}.pdf"
    kinds: list[tuple[str, User | None, dict[str, Any]]] = [
        ("Permit.pdf", find_admin(), {}),
        (long_name, None, {**pulled, **bill}),
    ]
    return [
        add_file(
            project=demo.lot_14, upload=BytesIO(PDF), name=name, actor=actor, now=timezone.now(), **values
        )
        for name, actor, values in kinds
    ]


def first(model: Any) -> Any:
    return model.objects.order_by("pk")[0]


def make_rate(member: TeamMember) -> int:
    rate: MemberRate = MemberRate.objects.create(
        company=member.company,
        team_member=member,
        shift_type="Overtime",
        cost_rate=Decimal("61.00"),
        starts_on=date(2025, 1, 1),
    )
    return int(rate.pk)


def make_mapping(connection: Connection) -> int:
    mapping = ProjectRefMapping.objects.create(
        company=connection.company, connection=connection, project_ref="393363026", customer_ref="26"
    )
    return int(mapping.pk)


def make_pushes(demo: Demo) -> int:
    """One of each state, each tried once; the id of the one that is held."""
    made = {}
    for number, state in enumerate(PushState, 1):
        push = Push.objects.create(
            company=demo.company,
            connection=demo.connection,
            kind="walked" if number % 2 else "walked-too",
            subject_id=str(number),
            subject_label=f"Bill W-{number}",
            entity="Bill",
            state=state,
            hold_code="6210" if state == PushState.HELD else "",
            hold_sentence="The books are closed for that date in QuickBooks Online."
            if state == PushState.HELD
            else "",
            requested_by=find_admin(),
            tries=1,
        )
        PushTry.objects.create(
            company=demo.company,
            push=push,
            number=1,
            request_id=push.request_id,
            began_at=timezone.now(),
            outcome=state,
            status=200,
            intuit_tid="1-5f0c",
        )
        made[state] = push
    show_held(made[PushState.HELD], now=timezone.now())
    return int(made[PushState.HELD].pk)


def find_free_row(connection: Connection, rows: Any, links: Any, ref: str) -> str:
    """One of QuickBooks' that nothing of ours is linked to."""
    taken = links.objects.values_list(ref, flat=True)
    free = rows.objects.filter(connection=connection, is_active=True).exclude(quickbooks_id__in=taken)
    return str(free.order_by("name")[0].quickbooks_id)


# A company on its first day -------------------------------------------------------------------------------


def plan_first_day() -> list[Visit]:
    """Pages without anything on them, where they say what belongs there."""
    member = start_company(user=find_admin(), name="Fresh Start Homes")
    with scope(company=member.company):
        project = Project.objects.create(company=member.company, name="The First One")
    samples = {"company": member.company.slug, "project_id": project.pk}
    needs_more = {"quickbooks-disconnect", "quickbooks-switch", "project-disconnect"}
    routes = [collect_routes()[key] for key in sorted(list_page_keys() - SIGNED_OUT - needs_more)]
    return [
        stay(route.key, route.url({name: samples[name] for name in route.names}))
        for route in routes
        if "company" in route.names <= samples.keys()
    ]


# Moments in between ---------------------------------------------------------------------------------------


def plan_abroad(demo: Demo) -> list[Visit]:
    """Outside the US tax codes can be made."""
    with scope(company=demo.company):
        Connection.objects.filter(pk=demo.connection.pk).update(country="GB")
    return [stay("tax-code-new", demo.url("tax-code-new"))]


def plan_during_a_sync(demo: Demo) -> list[Visit]:
    """Pages that show a sync that nobody has begun yet."""
    SyncRun.objects.create(
        company=demo.company, connection=demo.connection, kind=RunKind.ALL, trigger=RunTrigger.BUTTON
    )
    return plan_some(demo, "quickbooks", "sync-log")


def plan_without_sign_in(demo: Demo) -> list[Visit]:
    """What the reconnect banner and its companions add to pages."""
    demo.connection.status = ConnectionStatus.RECONNECT_NEEDED
    demo.connection.status_reason = "The sign-in was ended at Intuit."
    demo.connection.save()
    return plan_some(demo, "quickbooks", "sync-log", "link-vendors")


def plan_stopped(demo: Demo) -> list[Visit]:
    """What the banner of the kill switch adds to pages."""
    demo.connection.pushing_is_stopped = True
    demo.connection.save()
    return plan_some(demo, "pushes", "sync-log")


def plan_some(demo: Demo, *names: str) -> list[Visit]:
    return [stay("project-budget", demo.budget_url), *(stay(name, demo.url(name)) for name in names)]


# The stand-in's own pages ---------------------------------------------------------------------------------


def plan_books(books: Realm) -> list[Visit]:
    """Its consent page, and every kind of page on which a person plays the bookkeeper."""
    ids = {entity: books.list_documents(entity)[-1]["Id"] for entity in BY_SEGMENT.values()}
    documents = {segment: f"/books/{segment}/{ids[entity]}" for segment, entity in BY_SEGMENT.items()}
    bill, invoice = find_open(books, "Bill"), find_open(books, "Invoice")
    paths = [
        *("/books", "/books/nothing-here", f"/books/items/{books.list_documents('Item')[-1]['Id']}"),
        *(f"/books/{segment}" for segment in LISTS),
        *(f"/books/new/{slug}" for slug in ENTERED),
        *documents.values(),
        *(
            f"{documents[segment]}/{verb}"
            for segment in ("bill", "timeactivity")
            for verb in ("delete", "void")
        ),
        *(f"/books/bill/{bill}/pay", f"/books/invoice/{invoice}/receive"),
    ]
    base = books.sandbox.base_url
    status = {"/books/nothing-here": 404}
    visits = [Visit(path, f"{base}{path}?realm={books.id}", path, status.get(path, 200)) for path in paths]
    asked = urlencode({"client_id": CLIENT_ID, "redirect_uri": "http://127.0.0.1/", "state": "x", **CODE})
    return [Visit("consent", f"{base}/connect/oauth2?{asked}", "/connect/oauth2"), *visits]


def find_open(books: Realm, entity: str) -> str:
    return next(str(row["Id"]) for row in books.list_documents(entity) if row.get("Balance"))


CODE = {"response_type": "code", "scope": "com.intuit.quickbooks.accounting"}
