"""A builder's office: a company connected to the stand-in over HTTP, a linked project, vendor and cost codes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from budgets.bills.approval import approve_bill
from budgets.bills.changing import as_given, change_sent_bill
from budgets.bills.drafting import BillInput, LineInput, create_bill
from budgets.bills.pushes import KIND
from budgets.counting import ProjectCosts, count_project
from budgets.models import Bill
from integrations.mirror import store_documents
from integrations.models import (
    Connection,
    CostCodeLink,
    Feed,
    ProjectLink,
    Push,
    RunKind,
    RunTrigger,
    VendorLink,
)
from integrations.outbox import perform_push
from integrations.registry import ENTITIES
from integrations.switches import set_switches
from integrations.sync import perform_sync, request_sync
from ressio.models import Company, CostCode, Project, TeamMember, Vendor
from tests.budgets.documents import as_row
from tests.support.quickbooks import connect
from tests.support.sandbox import Realm

Json = dict[str, Any]
CODES = ("06 Framing", "03 Concrete", "09 Paint")


@dataclass
class Office:
    """Everything in here runs inside the company's scope, opened by the fixture."""

    company: Company
    realm: Realm
    admin: TeamMember
    member: TeamMember
    connection: Connection
    project: Project
    vendor: Vendor
    codes: list[CostCode]
    refs: dict[str, str] = field(default_factory=dict)
    """QuickBooks' ids: customer, vendor, bank, and the items by cost code's name."""

    # The person ---------------------------------------------------------------------------------------------------

    def given(self, number: str = "INV-1", *lines: LineInput, **changes: Any) -> BillInput:
        values: dict[str, Any] = {
            "vendor": self.vendor,
            "number": number,
            "issued_on": date(2026, 3, 2),
            "due_on": date(2026, 4, 1),
            "description": "Framing lumber",
            "lines": list(lines) or [self.line("125.50")],
        }
        return BillInput(**(values | changes))

    def line(self, amount: str, code: int | None = 0, **values: Any) -> LineInput:
        cost_code = None if code is None else self.codes[code]
        return LineInput(cost_code=cost_code, amount=Decimal(amount), description="Lumber", **values)

    def enter(self, number: str = "INV-1", *lines: LineInput, **changes: Any) -> Bill:
        given = self.given(number, *lines, **changes)
        return create_bill(project=self.project, given=given, member=self.admin, now=timezone.now())

    def approve(self, bill: Bill, **how: Any) -> Bill:
        return approve_bill(bill=bill, member=self.admin, now=timezone.now(), **how)

    def send(self, bill: Bill) -> Bill:
        """One visit of a worker."""
        push = self.push_of(bill)
        perform_push(push.pk)
        return self.fresh(bill)

    def settle(self, number: str = "INV-1", *lines: LineInput, **changes: Any) -> Bill:
        """Entered, approved, sent."""
        return self.send(self.approve(self.enter(number, *lines, **changes)))

    def change_sent(self, bill: Bill, **changes: Any) -> Bill:
        """As a form would send it: what is not named stays."""
        kept = {
            name: getattr(bill, name) for name in ("vendor", "number", "issued_on", "due_on", "description")
        }
        lines = [as_given(line) for line in bill.lines.select_related("cost_code")]
        given = BillInput(**({**kept, "lines": lines} | changes))
        return change_sent_bill(bill=bill, given=given, member=self.admin, now=timezone.now())

    def link_vendor(self, name: str) -> Vendor:
        """A vendor of both sides."""
        self.refs[name] = self.realm.enter_document("Vendor", {"DisplayName": name})["Id"]
        self.sync()
        vendor = Vendor.objects.create(company=self.company, name=name)
        VendorLink.objects.create(
            company=self.company, connection=self.connection, vendor=vendor, vendor_ref=self.refs[name]
        )
        return vendor

    def push_of(self, bill: Bill) -> Push:
        push: Push = Push.objects.filter(kind=KIND, subject_id=str(bill.pk)).order_by("-pk")[0]
        return push

    def fresh(self, bill: Bill) -> Bill:
        found: Bill = Bill.objects.get(pk=bill.pk)
        return found

    # The books ----------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        run = request_sync(
            connection=self.connection, kind=RunKind.EXPENSES, trigger=RunTrigger.BUTTON, now=timezone.now()
        )
        perform_sync(run.pk)
        self.connection.refresh_from_db()

    def bills_there(self) -> list[Json]:
        return self.realm.list_documents("Bill")

    def edit_there(self, bill: Bill, **changes: Any) -> None:
        self.realm.edit_document("Bill", bill.quickbooks_id, changes)

    def pay_there(self, bill: Bill, amount: str) -> Json:
        link = {"TxnId": bill.quickbooks_id, "TxnType": "Bill"}
        return self.realm.enter_document(
            "BillPayment",
            {
                "VendorRef": {"value": self.refs["vendor"]},
                "TotalAmt": float(amount),
                "PayType": "Check",
                "CheckPayment": {"BankAccountRef": {"value": self.refs["bank"]}},
                "Line": [{"Amount": float(amount), "LinkedTxn": [link]}],
            },
        )

    # The budget ---------------------------------------------------------------------------------------------------

    def costs(self) -> ProjectCosts:
        return count_project(self.project)

    def counted(self) -> Decimal:
        return self.costs().counted.amount


def open_office(
    company: Company, realm: Realm, admin: TeamMember, member: TeamMember, project: Project
) -> Office:
    """Pushing is on; cost codes 0 to 2 are linked, number 0 is the default billing code."""
    connection = Connection.objects.get(pk=connect(realm, company, user=admin.user).pk)
    refs = _keep_books(realm, project.name)
    vendor, _ = Vendor.objects.get_or_create(company=company, name="Lumber Yard")
    codes = [CostCode.objects.create(company=company, name=name) for name in CODES]
    office = Office(company, realm, admin, member, connection, project, vendor, codes, refs)
    _read_books(connection, realm)
    shared: Json = {"company": company, "connection": connection}
    ProjectLink.objects.create(**shared, project=project, customer_ref=refs["customer"])
    VendorLink.objects.create(**shared, vendor=vendor, vendor_ref=refs["vendor"])
    for code in codes:
        CostCodeLink.objects.create(**shared, cost_code=code, item_ref=refs[code.name])
    changes = {"push_bills": True, "default_billing_code": codes[0], "pull_bill_files": False}
    set_switches(project=project, changes=changes, actor=admin.user, now=timezone.now())
    return office


def _read_books(connection: Connection, realm: Realm) -> None:
    """What a first sync leaves behind, without its many questions: tests that need those ask `sync`."""
    now = timezone.now()
    for entity in ("CompanyInfo", "Preferences", "Account", "Customer", "Vendor", "Item"):
        rows = [as_row(document) for document in realm.list_documents(entity)]
        store_documents(connection, entity, rows, now=now)
    Feed.objects.bulk_create(
        Feed(
            company_id=connection.company_id,
            connection=connection,
            entity=entity,
            changed_since=now - timedelta(seconds=2),
            last_full_pull_at=now,
            last_success_at=now,
        )
        for entity in ENTITIES
    )
    connection.refresh_from_db()


def _keep_books(realm: Realm, customer: str) -> dict[str, str]:
    income = realm.enter_document(
        "Account", {"Name": "Bill Sales", "AccountType": "Income", "AccountSubType": "SalesOfProductIncome"}
    )
    expense = realm.enter_document(
        "Account",
        {
            "Name": "Bill job costs",
            "AccountType": "Cost of Goods Sold",
            "AccountSubType": "SuppliesMaterialsCogs",
        },
    )
    bank = realm.enter_document(
        "Account", {"Name": "Bank of Bills", "AccountType": "Bank", "AccountSubType": "Checking"}
    )
    refs = {
        "customer": realm.enter_document("Customer", {"DisplayName": customer})["Id"],
        "vendor": realm.enter_document("Vendor", {"DisplayName": "Lumber Yard"})["Id"],
        "bank": bank["Id"],
        "expense": expense["Id"],
    }
    for name in CODES:
        item = {
            "Name": name,
            "Type": "Service",
            "IncomeAccountRef": {"value": income["Id"]},
            "ExpenseAccountRef": {"value": expense["Id"]},
        }
        refs[name] = realm.enter_document("Item", item)["Id"]
    return refs
