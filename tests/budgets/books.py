"""A company with its QuickBooks lists and documents in the mirror, stored through the real mirror."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.mirror import mark_deleted, store_documents
from integrations.models import (
    Connection,
    CostCodeLink,
    EmployeeLink,
    ProjectLink,
    ProjectSwitches,
)
from ressio.models import Company, CostCode, MemberRate, Project, TeamMember
from tests.budgets.documents import Json, as_row, document, ref

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@dataclass
class Books:
    """One company, one connection. Everything in here runs inside the company's scope, opened by the fixture."""

    company: Company
    connection: Connection
    version: int = 0

    # QuickBooks' side --------------------------------------------------------------------------------------------

    def store(self, entity: str, *documents: Json) -> None:
        """What a sync does with documents it has read: each is newer than all before."""
        self.version += 1
        updated = (NOW + timedelta(seconds=self.version)).isoformat()
        rows = []
        for made in documents:
            times = {**made.get("MetaData", {}), "LastUpdatedTime": updated}
            rows.append(as_row({**made, "MetaData": times, "SyncToken": str(self.version)}))
        store_documents(self.connection, entity, rows, now=NOW)

    def delete(self, entity: str, *ids: str) -> None:
        self.version += 1
        mark_deleted(self.connection, entity, ids, now=NOW + timedelta(seconds=self.version))

    def customer(self, customer_ref: str, *, parent: str = "", is_project: bool = False) -> None:
        inner = {"ParentRef": ref(parent), "Job": True} if parent else {"Job": False}
        name = f"Customer {customer_ref}"
        made = document(
            customer_ref, DisplayName=name, FullyQualifiedName=name, IsProject=is_project, **inner
        )
        self.store("Customer", made)

    def item(self, item_ref: str, *, is_sold: bool = True, is_purchased: bool = True) -> None:
        accounts = {"IncomeAccountRef": ref("40")} if is_sold else {}
        if is_purchased:
            accounts["ExpenseAccountRef"] = ref("50")
        made = document(item_ref, Name=f"Item {item_ref}", Type="Service", PurchaseCost=0, **accounts)
        self.store("Item", made)

    def employee(self, employee_ref: str, *, cost_rate: str = "", **members: Any) -> None:
        rate = {"CostRate": Decimal(cost_rate)} if cost_rate else {}
        made = document(employee_ref, DisplayName=f"Employee {employee_ref}", **rate, **members)
        self.store("Employee", made)

    # Our side ------------------------------------------------------------------------------------------------------

    def project(self, name: str, customer_ref: str, *, subs: bool = False, **switches: Any) -> Project:
        project = Project.objects.create(company=self.company, name=name)
        self.link(project, customer_ref, subs=subs)
        ProjectSwitches.objects.create(company=self.company, project=project, **switches)
        return project

    def link(self, project: Project, customer_ref: str, *, subs: bool = False) -> ProjectLink:
        link: ProjectLink = ProjectLink.objects.create(
            company=self.company,
            connection=self.connection,
            project=project,
            customer_ref=customer_ref,
            include_sub_customers=subs,
        )
        return link

    def switch(self, project: Project, **switches: Any) -> None:
        ProjectSwitches.objects.filter(project=project).update(**switches)

    def cost_code(self, name: str, item_ref: str) -> CostCode:
        code: CostCode = CostCode.objects.create(company=self.company, name=name)
        CostCodeLink.objects.create(
            company=self.company, connection=self.connection, cost_code=code, item_ref=item_ref
        )
        return code

    def member(self, name: str, employee_ref: str, *, on_payroll: bool = True) -> TeamMember:
        member: TeamMember = TeamMember.objects.create(company=self.company, name=name, on_payroll=on_payroll)
        EmployeeLink.objects.create(
            company=self.company, connection=self.connection, team_member=member, employee_ref=employee_ref
        )
        return member

    def rate(self, member: TeamMember, starts_on: str, **rates: Any) -> MemberRate:
        rate: MemberRate = MemberRate.objects.create(
            company=self.company, team_member=member, starts_on=starts_on, **rates
        )
        return rate


def open_books(slug: str = "ridge") -> Books:
    """A company connected to its QuickBooks; the caller opens the scope."""
    company = Company.objects.create(name=slug.title(), slug=slug)
    connection = Connection(company=company, realm_id=f"realm of {slug}", home_currency="USD")
    connection.save()
    return Books(company, connection)
