"""Who may do what at which address. `tests/test_access.py` holds every route of the site to this table.

To add a route, add its line to `ROUTES`: route name → method → group. A route with an id in its path needs
a sample of that id once for all, in `SAMPLES`. A route without a name stands under its path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from django.utils import timezone

from budgets.models import Bill, BillAttachment, BillFile, BudgetLine
from integrations.issues import CLOSED_PERIOD_CHANGED
from integrations.models import (
    Connection,
    ProjectRefMapping,
    Push,
    PushState,
    RunKind,
    RunTrigger,
    SyncIssue,
    SyncRun,
)
from invoicing.models import Invoice, InvoiceFile, InvoiceState, ReceivedPayment
from ressio.files.keeping import add_file
from ressio.models import ApiToken, MemberRate, ProjectFile
from ressio.people.rates import add_rate
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.file_samples import PDF
from timeclock.recording import ShiftInput, record_shift

IN: Final = "let in"
SIGN_IN: Final = "sent to the sign-in page"


@dataclass(frozen=True)
class Group:
    """What each kind of person gets: IN, SIGN_IN, or a status.

    `stranger_*` are people of the company who are not assigned to the project; they matter only where an
    address has a `project_id`.
    """

    signed_out: str | int
    outsider: str | int
    admin: str | int
    member: str | int
    field: str | int
    stranger_member: str | int
    stranger_field: str | int


def group(
    signed_out: Any, outsider: Any, admin: Any, member: Any, field: Any, strangers: Any = None
) -> Group:
    stranger_member, stranger_field = strangers or (member, field)
    return Group(signed_out, outsider, admin, member, field, stranger_member, stranger_field)


# Pages.                         signed out  outsider  admin  member  field  not assigned (member, field)
PUBLIC = group(IN, IN, IN, IN, IN)
SIGNED_IN = group(SIGN_IN, IN, IN, IN, IN)
MEMBERS = group(SIGN_IN, 404, IN, IN, IN)
FINANCIALS = group(SIGN_IN, 404, IN, IN, 403)
ADMINS = group(SIGN_IN, 404, IN, 403, 403)
PROJECT_MEMBERS = group(SIGN_IN, 404, IN, IN, IN, (404, 404))
PROJECT_FINANCIALS = group(SIGN_IN, 404, IN, IN, 403, (404, 403))
# The API.
API_SIGNED_IN = group(401, IN, IN, IN, IN)
API_MEMBERS = group(401, 404, IN, IN, IN)
API_FINANCIALS = group(401, 404, IN, IN, 403)
API_ADMINS = group(401, 404, IN, 403, 403)
API_PROJECT_MEMBERS = group(401, 404, IN, IN, IN, (404, 404))
API_PROJECT_FINANCIALS = group(401, 404, IN, IN, 403, (404, 403))

Routes = Mapping[str, Mapping[str, Group]]

SITE: Routes = {
    "healthz": {"GET": PUBLIC},
    # Staff sign in where everybody does; others are told that it is not for them.
    "staff-sign-in": {"GET": group(SIGN_IN, 403, 403, 403, 403)},
    "favicon.ico": {"GET": PUBLIC},
    "api-schema": {"GET": PUBLIC},
}

PEOPLE: Routes = {
    "front": {"GET": SIGNED_IN},
    "sign-in": {"GET": PUBLIC, "POST": PUBLIC},
    "sign-out": {"POST": PUBLIC},
    "ask-reset": {"GET": PUBLIC, "POST": PUBLIC},
    "choose-password": {"GET": PUBLIC, "POST": PUBLIC},
    "reset-password-link": {"GET": PUBLIC},
    "start-company": {"GET": PUBLIC, "POST": PUBLIC},
    "accept-invitation": {"GET": PUBLIC, "POST": PUBLIC},
    "sign-out-to-accept": {"POST": PUBLIC},
    "invitation-link": {"GET": PUBLIC},
    "company-home": {"GET": MEMBERS},
    "account": {"GET": MEMBERS, "POST": MEMBERS},
    "account-password": {"GET": MEMBERS, "POST": MEMBERS},
    "api-tokens": {"GET": MEMBERS, "POST": MEMBERS},
    # The sample token is the Admin's own: nobody else finds it.
    "api-token-revoke": {"POST": group(SIGN_IN, 404, IN, 404, 404)},
}

PROJECTS: Routes = {
    "projects": {"GET": MEMBERS},
    "project-new": {"GET": ADMINS, "POST": ADMINS},
    "project-overview": {"GET": PROJECT_MEMBERS},
    "project-edit": {"GET": ADMINS, "POST": ADMINS},
    "project-team": {"GET": ADMINS, "POST": ADMINS},
    "project-archive": {"POST": ADMINS},
    "project-restore": {"POST": ADMINS},
    "project-files": {"GET": PROJECT_MEMBERS, "POST": PROJECT_MEMBERS},
    "project-file-download": {"GET": PROJECT_MEMBERS},
    # The sample is the Admin's: Field removes what it uploaded itself.
    "project-file-remove": dict.fromkeys(("GET", "POST"), group(SIGN_IN, 404, IN, IN, 403, (404, 404))),
    "project-file-visibility": {"POST": PROJECT_FINANCIALS},
}

SETTINGS: Routes = {
    "settings": {"GET": ADMINS},
    "settings-general": {"GET": ADMINS, "POST": ADMINS},
    "settings-activity": {"GET": ADMINS},
    "settings-cost-codes": {"GET": ADMINS},
    "cost-code-new": {"GET": ADMINS, "POST": ADMINS},
    "cost-codes-add-many": {"GET": ADMINS, "POST": ADMINS},
    "cost-codes-starter-set": {"POST": ADMINS},
    "cost-codes-export": {"GET": ADMINS},
    "cost-code-edit": {"GET": ADMINS, "POST": ADMINS},
    "cost-code-deactivate": {"POST": ADMINS},
    "cost-code-reactivate": {"POST": ADMINS},
    "settings-team": {"GET": ADMINS},
    "member-invite": {"GET": ADMINS, "POST": ADMINS},
    "settings-member": {"GET": ADMINS, "POST": ADMINS},
    "member-new-link": {"POST": ADMINS},
    "member-withdraw-link": {"POST": ADMINS},
    "member-deactivate": {"POST": ADMINS},
    "member-reactivate": {"POST": ADMINS},
    "rate-add": {"POST": ADMINS},
    "rate-edit": {"GET": ADMINS, "POST": ADMINS},
    "rate-remove": {"POST": ADMINS},
    "settings-vendors": {"GET": ADMINS},
    "vendor-new": {"GET": ADMINS, "POST": ADMINS},
    "vendor-edit": {"GET": ADMINS, "POST": ADMINS},
    "vendor-deactivate": {"POST": ADMINS},
    "vendor-reactivate": {"POST": ADMINS},
}

API: Routes = {
    # Refused with 401, as nobody's password is sent; being asked at all is for everybody.
    "api-sign-in": {"POST": PUBLIC},
    "api-me": {"GET": API_SIGNED_IN},
    "api-company": {"GET": API_MEMBERS},
    "api-project-list": {"GET": API_MEMBERS, "POST": API_ADMINS},
    "api-project-detail": {"GET": API_PROJECT_MEMBERS, "PATCH": API_ADMINS},
    "api-file-list": {"GET": API_PROJECT_MEMBERS, "POST": API_PROJECT_MEMBERS},
    "api-file-detail": {
        "GET": API_PROJECT_MEMBERS,
        "PATCH": API_PROJECT_FINANCIALS,
        "DELETE": group(401, 404, IN, IN, 403, (404, 404)),
    },
    "api-file-download": {"GET": API_PROJECT_MEMBERS},
    "api-cost-code-list": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    "api-cost-code-detail": {"GET": API_FINANCIALS, "PATCH": API_ADMINS},
    "api-vendor-list": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    "api-vendor-detail": {"GET": API_FINANCIALS, "PATCH": API_ADMINS},
    "api-team-member-list": {"GET": API_ADMINS},
    "api-team-member-detail": {"GET": API_ADMINS, "PATCH": API_ADMINS},
}

QUICKBOOKS_API: Routes = {
    "api-quickbooks": {"GET": API_ADMINS},
    "api-quickbooks-customer-list": {"GET": API_ADMINS},
    "api-quickbooks-item-list": {"GET": API_ADMINS},
    "api-quickbooks-vendor-list": {"GET": API_ADMINS},
    "api-quickbooks-employee-list": {"GET": API_ADMINS},
    "api-quickbooks-account-list": {"GET": API_ADMINS},
    **{
        f"api-{kind}-link-list": {"GET": API_ADMINS}
        for kind in ("cost-code", "vendor", "team-member", "project")
    },
    **{
        f"api-{kind}-link-detail": {"GET": API_ADMINS, "PUT": API_ADMINS, "DELETE": API_ADMINS}
        for kind in ("cost-code", "vendor", "team-member")
    },
    "api-project-link-detail": dict.fromkeys(("GET", "PUT", "PATCH", "DELETE"), API_ADMINS),
    "api-on-payroll": {"GET": API_ADMINS, "PUT": API_ADMINS, "DELETE": API_ADMINS},
    "api-project-switches": {"GET": API_PROJECT_FINANCIALS, "PATCH": API_ADMINS},
    "api-project-sync": {"POST": API_PROJECT_FINANCIALS},
    "api-sync-run-list": {"GET": API_ADMINS, "POST": API_ADMINS},
    "api-sync-run-detail": {"GET": API_FINANCIALS},
    "api-sync-issue-list": {"GET": API_ADMINS},
    "api-push-list": {"GET": API_ADMINS},
    "api-push-detail": {"GET": API_ADMINS},
    "api-push-retry": {"POST": API_ADMINS},
    "api-push-skip": {"POST": API_ADMINS},
    "api-push-link": {"POST": API_ADMINS},
    "api-pushing": {"GET": API_ADMINS, "PUT": API_ADMINS},
}

BUDGETS_API: Routes = {
    "api-budget": {"GET": API_PROJECT_FINANCIALS},
    "api-budget-lines": {"POST": API_PROJECT_FINANCIALS},
    "api-budget-line": {"PATCH": API_PROJECT_FINANCIALS, "DELETE": API_PROJECT_FINANCIALS},
    "api-budget-import": {"POST": API_PROJECT_FINANCIALS},
    "api-cost-lines": {"GET": API_PROJECT_FINANCIALS},
    "api-tie-out": {"GET": API_PROJECT_FINANCIALS},
    "api-bills": {"GET": API_FINANCIALS},
    # Bob may not enter bills: a Team Member needs the grant (R2).
    "api-project-bills": {"GET": API_PROJECT_FINANCIALS, "POST": API_ADMINS},
    "api-project-bills-earlier": {"GET": API_PROJECT_FINANCIALS, "POST": API_ADMINS},
    "api-bill": {"GET": API_FINANCIALS, **dict.fromkeys(("PUT", "PATCH", "DELETE"), API_ADMINS)},
    "api-bill-preview": {"GET": API_FINANCIALS},
    "api-bill-files": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    "api-bill-file": {"GET": API_FINANCIALS, "DELETE": API_ADMINS},
    "api-project-bill-files-earlier": {"GET": API_PROJECT_FINANCIALS, "POST": API_ADMINS},
    **{
        f"api-bill-{step}": {"POST": API_ADMINS}
        for step in (
            "submit",
            "send-back",
            "approve",
            "take-back",
            "send",
            "move",
            "wait",
            "conflicts",
            "copy",
            "retry",
            "skip",
            "allow-duplicate",
            "link",
            "unlink",
        )
    },
    "api-vendor-create": {"POST": API_ADMINS},
}

LINKS: Routes = {
    **{
        name: rows
        for kind in ("cost-codes", "vendors", "team-members")
        for name, rows in {
            f"link-{kind}": {"GET": ADMINS},
            f"link-{kind}-accept": {"POST": ADMINS},
            f"import-{kind}": {"GET": ADMINS, "POST": ADMINS},
            f"link-{kind}-one": {"GET": ADMINS, "POST": ADMINS},
            f"link-{kind}-row": {"GET": ADMINS, "POST": ADMINS},
            f"unlink-{kind}": {"POST": ADMINS},
        }.items()
    },
    "vendor-create-in-quickbooks": {"POST": ADMINS},
    "member-on-payroll": {"POST": ADMINS},
    "project-from-quickbooks": {"GET": ADMINS, "POST": ADMINS},
    "project-financials": {"GET": PROJECT_FINANCIALS},
    "project-connect": {"POST": ADMINS},
    "project-disconnect": {"GET": ADMINS, "POST": ADMINS},
    "project-sub-customers": {"POST": ADMINS},
    "project-switches": {"POST": ADMINS},
    "project-restart-time": {"POST": ADMINS},
    "quickbooks-project-numbers": {"GET": ADMINS, "POST": ADMINS},
    "quickbooks-project-number-forget": {"POST": ADMINS},
    "guide": {"GET": FINANCIALS},
}

QUICKBOOKS: Routes = {
    # The pages that Intuit sends people to carry no company: what they show follows from who is signed in.
    "quickbooks-callback": {"GET": SIGNED_IN},
    "quickbooks-launch": {"GET": SIGNED_IN},
    "quickbooks-disconnected": {"GET": PUBLIC},
    "quickbooks": {"GET": ADMINS},
    "quickbooks-connect": {"POST": ADMINS},
    "quickbooks-disconnect": {"GET": ADMINS, "POST": ADMINS},
    "quickbooks-switch": {"GET": ADMINS, "POST": ADMINS},
    "quickbooks-automatic-sync": {"POST": ADMINS},
    "sync-start": {"POST": ADMINS},
    "sync-progress": {"GET": FINANCIALS},
    "sync-log": {"GET": ADMINS},
    "sync-run": {"GET": ADMINS},
    "sync-issue-seen": {"POST": ADMINS},
    "sync-requests-export": {"GET": ADMINS},
    "pushes": {"GET": ADMINS},
    "pushing-stop": {"POST": ADMINS},
    "pushing-resume": {"POST": ADMINS},
    "push": {"GET": ADMINS},
    "push-retry": {"POST": ADMINS},
    "push-skip": {"POST": ADMINS},
    "push-link": {"GET": ADMINS, "POST": ADMINS},
}

BUDGETS: Routes = {
    "project-budget": {"GET": PROJECT_FINANCIALS},
    "project-actuals": {"GET": PROJECT_FINANCIALS},
    "project-actuals-export": {"GET": PROJECT_FINANCIALS},
    "project-tie-out": {"GET": PROJECT_FINANCIALS},
    "project-sync-expenses": {"POST": PROJECT_FINANCIALS},
    "budget-line-new": {"GET": PROJECT_FINANCIALS, "POST": PROJECT_FINANCIALS},
    "budget-line": {"GET": PROJECT_FINANCIALS, "POST": PROJECT_FINANCIALS},
    "budget-line-remove": {"POST": PROJECT_FINANCIALS},
    "budget-import": {"GET": PROJECT_FINANCIALS, "POST": PROJECT_FINANCIALS},
    "budget-export": {"GET": PROJECT_FINANCIALS},
}

# Team Members enter bills where they were granted it (R2); these were not.
BILL_WRITERS = ADMINS

BILLS: Routes = {
    "bills": {"GET": FINANCIALS},
    "bills-export": {"GET": FINANCIALS},
    "bills-columns": {"POST": FINANCIALS},
    "bills-approve": {"GET": ADMINS, "POST": ADMINS},
    "bill-new": {"GET": BILL_WRITERS, "POST": BILL_WRITERS},
    "bill": {"GET": FINANCIALS},
    "bill-edit": {"GET": BILL_WRITERS, "POST": BILL_WRITERS},
    "bill-preview": {"GET": FINANCIALS},
    "bill-deed": {"POST": BILL_WRITERS},
    "project-bills": {"GET": PROJECT_FINANCIALS},
    "bills-send-earlier": {"GET": ADMINS, "POST": ADMINS},
    "bill-file-add": {"POST": BILL_WRITERS},
    "bill-file-remove": {"GET": BILL_WRITERS, "POST": BILL_WRITERS},
    "bill-file-deed": {"POST": BILL_WRITERS},
    "bill-attachment-again": {"POST": ADMINS},
    "bill-files-earlier": {"GET": ADMINS, "POST": ADMINS},
}

INVOICING: Routes = {
    "settings-tax-codes": {"GET": ADMINS},
    "tax-code-new": {"GET": ADMINS, "POST": ADMINS},
    "api-invoices": {"GET": API_FINANCIALS},
    "api-invoices-summary": {"GET": API_FINANCIALS},
    "api-invoice": dict.fromkeys(("GET", "PUT", "PATCH", "DELETE"), API_FINANCIALS),
    "api-project-invoices": {"GET": API_PROJECT_FINANCIALS, "POST": API_PROJECT_FINANCIALS},
    "api-project-invoices-summary": {"GET": API_PROJECT_FINANCIALS},
    "api-uninvoiced-costs": {"GET": API_PROJECT_FINANCIALS},
    "api-project-invoices-earlier": {"GET": API_PROJECT_FINANCIALS, "POST": API_ADMINS},
    "api-invoice-preview": {"GET": API_FINANCIALS},
    "api-invoice-pdf": {"GET": API_FINANCIALS},
    "api-invoice-copy": {"POST": API_FINANCIALS},
    "api-invoice-pushes": {"GET": API_FINANCIALS},
    "api-invoice-conflict": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    **{
        f"api-invoice-{step}": {"POST": API_ADMINS}
        for step in (
            *("release", "take-back", "send", "void", "number", "move", "wait", "retry", "skip", "link"),
            "accept-difference",
        )
    },
    "api-tax-codes": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    "api-invoice-payments": {"GET": API_FINANCIALS, "POST": API_ADMINS},
    "api-received-payment": {"DELETE": API_ADMINS},
    "api-project-held-money": {"GET": API_PROJECT_FINANCIALS},
    "api-project-sync-invoices": {"POST": API_PROJECT_FINANCIALS},
}

# Whoever has the link of a released invoice needs no sign-in.
INVOICES: Routes = {
    "invoices": {"GET": FINANCIALS},
    "invoices-export": {"GET": FINANCIALS},
    "invoices-columns": {"POST": FINANCIALS},
    "invoices-sync": {"POST": FINANCIALS},
    "invoice-new": {"GET": FINANCIALS, "POST": FINANCIALS},
    "invoice": {"GET": FINANCIALS},
    "invoice-edit": {"GET": FINANCIALS, "POST": FINANCIALS},
    "invoice-preview": {"GET": FINANCIALS},
    "invoice-print": {"GET": FINANCIALS},
    "invoice-pdf": {"GET": FINANCIALS},
    "invoice-deed": {"POST": ADMINS},
    "project-invoices": {"GET": PROJECT_FINANCIALS},
    "invoices-send-earlier": {"GET": ADMINS, "POST": ADMINS},
    "shared-invoice": {"GET": PUBLIC},
    "shared-invoice-pdf": {"GET": PUBLIC},
    "shared-invoice-file": {"GET": PUBLIC},
}

# The sample is the Admin's own shift: nobody else finds it. Others record time where they were granted it (R2).
OF_ADMIN = group(SIGN_IN, 404, IN, 404, 404)

TIME: Routes = {
    "time-clock": {"GET": MEMBERS},
    "time-tap": {"POST": MEMBERS},
    "time-review": {"GET": MEMBERS},
    "time-export": {"GET": MEMBERS},
    "time-columns": {"POST": MEMBERS},
    "time-approve": {"POST": ADMINS},
    "shift-new": {"GET": ADMINS, "POST": ADMINS},
    "shift": {"GET": OF_ADMIN},
    "shift-edit": {"GET": OF_ADMIN, "POST": OF_ADMIN},
    "shift-approve": {"POST": ADMINS},
    "shift-take-back": {"POST": ADMINS},
    "shift-decide": {"POST": ADMINS},
    "shift-remove": {"POST": OF_ADMIN},
    "project-time": {"GET": PROJECT_MEMBERS},
    "cost-codes-time-clock": {"GET": ADMINS, "POST": ADMINS},
}

API_OF_ADMIN = group(401, 404, IN, 404, 404)

TIME_API: Routes = {
    "api-clock": {"GET": API_MEMBERS},
    **{f"api-clock-{tap}": {"POST": API_MEMBERS} for tap in ("in", "switch", "out", "break", "end-break")},
    # An empty body is refused before it is asked whose time it would be.
    "api-shifts": {"GET": API_MEMBERS, "POST": API_MEMBERS},
    "api-shifts-approve": {"POST": API_ADMINS},
    "api-shift": dict.fromkeys(("GET", "PUT", "PATCH", "DELETE"), API_OF_ADMIN),
    "api-shift-approve": {"POST": API_ADMINS},
    **{f"api-shift-{step}": {"POST": API_ADMINS} for step in ("take-back", "send", "retry", "skip")},
}

ROUTES: Routes = {
    **SITE,
    **PEOPLE,
    **PROJECTS,
    **SETTINGS,
    **LINKS,
    **QUICKBOOKS,
    **BUDGETS,
    **BILLS,
    **INVOICES,
    **INVOICING,
    **TIME,
    **API,
    **QUICKBOOKS_API,
    **BUDGETS_API,
    **TIME_API,
}


# Samples for what stands in an address ----------------------------------------------------------------------

Make = Callable[[Cast], Any]


@dataclass(frozen=True)
class Sample:
    """`ours` is Ridge's (for a project: one bob and fred are assigned to); `theirs` is Summit's and must
    never be reached through Ridge. Both run inside the owner's scope and may create what they need.
    """

    ours: Make
    theirs: Make | None = None


def make_token(cast: Cast) -> int:
    token = ApiToken.objects.create(
        company=cast.ridge, team_member=cast.alice, name="A program", secret_hash="0" * 64
    )
    return int(token.pk)


def make_summit_token(cast: Cast) -> int:
    token = ApiToken.objects.create(
        company=cast.summit, team_member=cast.charlie, name="A program", secret_hash="1" * 64
    )
    return int(token.pk)


def make_file(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        is_ridge = company_name == "ridge"
        project, member = (cast.ridge_house, cast.alice) if is_ridge else (cast.summit_tower, cast.charlie)
        file = add_file(
            project=project, upload=BytesIO(PDF), name="plan.pdf", actor=member.user, now=timezone.now()
        )
        return int(file.pk)

    return make


def make_rate(member_name: str) -> Make:
    def make(cast: Cast) -> int:
        rate: MemberRate = _add_rate(cast, member_name)
        return int(rate.pk)

    return make


def _add_rate(cast: Cast, member_name: str) -> MemberRate:
    member = getattr(cast, member_name)
    assert member.user is not None
    return add_rate(
        member=member,
        actor=member.user,
        shift_type="Standard",
        starts_on=date(2026, 1, 1),
        cost_rate=Decimal("40.00"),
        billable_rate=None,
    )


def make_mapping(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        company = getattr(cast, company_name)
        connection = Connection.objects.create(company=company, realm_id=f"913000{company.pk}")
        mapping = ProjectRefMapping.objects.create(
            company=company, connection=connection, project_ref="393363026", customer_ref="71"
        )
        return int(mapping.pk)

    return make


def make_run(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        company = getattr(cast, company_name)
        connection = Connection.objects.create(company=company, realm_id=f"913100{company.pk}")
        run = SyncRun.objects.create(
            company=company, connection=connection, kind=RunKind.LISTS, trigger=RunTrigger.BUTTON
        )
        return int(run.pk)

    return make


def make_issue(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        company = getattr(cast, company_name)
        connection = Connection.objects.create(company=company, realm_id=f"913300{company.pk}")
        issue = SyncIssue.objects.create(
            company=company,
            connection=connection,
            reason=CLOSED_PERIOD_CHANGED,
            subject_type="closed_document",
            subject_id="Bill/1/1",
        )
        return int(issue.pk)

    return make


def make_push(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        company = getattr(cast, company_name)
        connection = Connection.objects.create(company=company, realm_id=f"913200{company.pk}")
        push = Push.objects.create(
            company=company,
            connection=connection,
            kind="bill",
            subject_id="1",
            subject_label="Bill 1",
            entity="Bill",
            state=PushState.HELD,
        )
        return int(push.pk)

    return make


def make_line(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        is_ridge = company_name == "ridge"
        project, code = (
            (cast.ridge_house, cast.framing) if is_ridge else (cast.summit_tower, cast.summit_code)
        )
        return int(BudgetLine.objects.create(company=project.company, project=project, cost_code=code).pk)

    return make


def make_bill(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        return int(_keep_bill(cast, company_name).pk)

    return make


def make_bill_file(company_name: str) -> Make:
    """A file of the sample bill."""

    def make(cast: Cast) -> int:
        bill = _keep_bill(cast, company_name)
        file = ProjectFile.objects.get(pk=make_file(company_name)(cast))
        return int(BillFile.objects.create(company=bill.company, bill=bill, file=file).pk)

    return make


def make_attachment(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        company = getattr(cast, company_name)
        connection = Connection.objects.create(company=company, realm_id=f"913200{company.pk}")
        bill = Bill.objects.filter(pk=make_bill(company_name)(cast))
        bill.update(connection=connection, quickbooks_id="145", state="unpaid")
        attachment = BillAttachment.objects.create(
            company=company,
            connection=connection,
            attachable_ref="77",
            bill_ref="145",
            file_name="a.pdf",
            state="refused",
        )
        return int(attachment.pk)

    return make


def _keep_bill(cast: Cast, company_name: str) -> Bill:
    is_ridge = company_name == "ridge"
    project, vendor = (
        (cast.ridge_house, cast.lumber_yard) if is_ridge else (cast.summit_tower, cast.summit_vendor)
    )
    bill, _ = Bill.objects.get_or_create(
        company=project.company,
        project=project,
        vendor=vendor,
        number="INV-1",
        issued_on=date(2026, 3, 2),
    )
    kept: Bill = bill
    return kept


def make_invoice(company_name: str) -> Make:
    """A draft."""

    def make(cast: Cast) -> int:
        return int(_keep_invoice(cast, company_name).pk)

    return make


def make_received_payment(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        invoice = _keep_invoice(cast, company_name)
        payment = ReceivedPayment.objects.create(
            company=invoice.company, invoice=invoice, received_on=date(2026, 3, 2), amount=Decimal("5.00")
        )
        return int(payment.pk)

    return make


def make_shift(company_name: str) -> Make:
    def make(cast: Cast) -> int:
        is_ridge = company_name == "ridge"
        worker, project, code = (
            (cast.alice, cast.ridge_house, cast.framing)
            if is_ridge
            else (cast.charlie, cast.summit_tower, cast.summit_code)
        )
        given = ShiftInput(project=project, cost_code=code, worked_on=date(2026, 3, 2), seconds=28800)
        shift = record_shift(
            worker=worker, given=given, member=worker, key="sample", now=datetime(2026, 3, 3, tzinfo=UTC)
        )
        return int(shift.pk)

    return make


def make_share_key(cast: Cast) -> str:
    """The link of a released invoice that all files of the company go with."""
    invoice = _keep_invoice(cast, "ridge", number="1042", state=InvoiceState.RELEASED)
    for file in ProjectFile.objects.all():
        ProjectFile.objects.filter(pk=file.pk).update(is_client_visible=True)
        InvoiceFile.objects.create(company=cast.ridge, invoice=invoice, file=file)
    return invoice.share_key


def _keep_invoice(cast: Cast, company_name: str, **values: Any) -> Invoice:
    project = cast.ridge_house if company_name == "ridge" else cast.summit_tower
    invoice: Invoice = Invoice.objects.create(
        company=project.company, project=project, client_name="Ada Quill", **values
    )
    return invoice


SAMPLES: dict[str, Sample] = {
    "key": Sample(make_share_key),
    "attachment_id": Sample(make_attachment("ridge"), make_attachment("summit")),
    "bill_id": Sample(make_bill("ridge"), make_bill("summit")),
    "invoice_id": Sample(make_invoice("ridge"), make_invoice("summit")),
    "decision": Sample(lambda cast: "retry"),
    "bill_file_id": Sample(make_bill_file("ridge"), make_bill_file("summit")),
    "deed": Sample(lambda cast: "send"),
    "shift_id": Sample(make_shift("ridge"), make_shift("summit")),
    "tap": Sample(lambda cast: "in"),
    "file_id": Sample(make_file("ridge"), make_file("summit")),
    "received_payment_id": Sample(make_received_payment("ridge"), make_received_payment("summit")),
    "line_id": Sample(make_line("ridge"), make_line("summit")),
    "issue_id": Sample(make_issue("ridge"), make_issue("summit")),
    "push_id": Sample(make_push("ridge"), make_push("summit")),
    "run_id": Sample(make_run("ridge"), make_run("summit")),
    "mapping_id": Sample(make_mapping("ridge"), make_mapping("summit")),
    "row_ref": Sample(lambda cast: "11"),
    "guide": Sample(lambda cast: "what-counts"),
    "company": Sample(lambda cast: cast.ridge.slug),
    "project_id": Sample(lambda cast: cast.ridge_house.pk, lambda cast: cast.summit_tower.pk),
    "cost_code_id": Sample(lambda cast: cast.framing.pk, lambda cast: cast.summit_code.pk),
    "vendor_id": Sample(lambda cast: cast.lumber_yard.pk, lambda cast: cast.summit_vendor.pk),
    "member_id": Sample(lambda cast: cast.bob.pk, lambda cast: cast.charlie.pk),
    "rate_id": Sample(make_rate("bob"), make_rate("charlie")),
    "token_id": Sample(make_token, make_summit_token),
    "token": Sample(lambda cast: "not-a-token"),
    "uidb64": Sample(lambda cast: "MQ"),
}


def make_kwargs(cast: Cast, names: set[str]) -> dict[str, Any]:
    with scope(company=cast.ridge):
        return {name: SAMPLES[name].ours(cast) for name in sorted(names)}


def make_foreign(cast: Cast, name: str) -> Any:
    """Summit's id, or None where the sample has none."""
    theirs = SAMPLES[name].theirs
    with scope(company=cast.summit):
        return theirs(cast) if theirs else None
