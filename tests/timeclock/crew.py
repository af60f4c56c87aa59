"""A builder's office whose crew works by the hour: a linked carpenter on payroll with rates, time tracking on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from budgets.counting import ProjectCosts, count_project
from budgets.tie_out import check_documents
from integrations.mirror import store_documents
from integrations.models import EmployeeLink, Push, RunKind, RunTrigger
from integrations.outbox import perform_push, perform_push_batch
from integrations.switches import set_switches
from integrations.sync import perform_sync, request_sync
from ressio.models import TeamMember
from ressio.people.rates import add_rate
from tests.budgets.bills.office import Office
from tests.budgets.documents import as_row
from tests.support.cast import assign
from timeclock.approval import approve_shift
from timeclock.models import Shift, ShiftOrigin, make_client_key
from timeclock.pushes import KIND
from timeclock.recording import record_shift
from timeclock.written_times import ShiftInput

Json = dict[str, Any]
DAY = date(2026, 3, 2)
TRACKING = {"time_tracking": True}


@dataclass
class Crew:
    """Everything in here runs inside the company's scope, opened by the fixture."""

    office: Office
    carpenter: TeamMember
    employee_ref: str
    since: datetime

    # Here ---------------------------------------------------------------------------------------------------------

    def record(
        self, hours: str = "8", day: date = DAY, worker: TeamMember | None = None, **changes: Any
    ) -> Shift:
        values: Json = {
            "project": self.office.project,
            "cost_code": self.office.codes[0],
            "worked_on": day,
            "seconds": int(Decimal(hours) * 3600),
            "is_billable": True,
            "description": "Framing the roof",
        }
        return record_shift(
            worker=worker or self.carpenter,
            given=ShiftInput(**(values | changes)),
            member=self.office.admin,
            key=make_client_key(),
            now=timezone.now(),
        )

    def draft_many(self, count: int) -> list[Shift]:
        """Over a hundred days, quickly. Two and two are alike in all but what was done."""
        office = self.office
        drafts = [
            Shift(
                company=office.company,
                team_member=self.carpenter,
                project=office.project,
                cost_code=office.codes[number // 2 % 3],
                zone=office.company.time_zone,
                worked_on=DAY + timedelta(days=number // 2 % 100),
                worked_seconds=3600 * (4 + number // 2 % 5) + 60 * (number // 2 % 60),
                description=f"Framing, part {number}",
                was_recorded=True,
            )
            for number in range(count)
        ]
        return list(Shift.objects.bulk_create(drafts))

    def approve(self, shift: Shift) -> Shift:
        return approve_shift(shift=shift, member=self.office.admin, now=timezone.now())

    def send(self, shift: Shift) -> Shift:
        perform_push(self.push_of(shift).pk)
        return self.fresh(shift)

    def settle(self, hours: str = "8", **changes: Any) -> Shift:
        """Recorded, approved, sent."""
        return self.send(self.approve(self.record(hours, **changes)))

    def send_all(self) -> None:
        perform_push_batch(self.office.connection.pk)

    def push_of(self, shift: Shift) -> Push:
        push: Push = Push.objects.filter(kind=KIND, subject_id=str(shift.pk)).order_by("-pk")[0]
        return push

    def fresh(self, shift: Shift) -> Shift:
        found: Shift = Shift.objects.get(pk=shift.pk)
        return found

    def theirs(self) -> list[Shift]:
        return list(Shift.objects.filter(origin=ShiftOrigin.QUICKBOOKS).order_by("pk"))

    def switch(self, **changes: Any) -> None:
        set_switches(
            project=self.office.project, changes=changes, actor=self.office.admin.user, now=timezone.now()
        )

    def rate(self, starts_on: date, cost: str = "", billable: str = "", **more: Any) -> None:
        assert self.office.admin.user is not None
        add_rate(
            member=self.carpenter,
            actor=self.office.admin.user,
            starts_on=starts_on,
            cost_rate=Decimal(cost) if cost else None,
            billable_rate=Decimal(billable) if billable else None,
            **({"shift_type": "Standard"} | more),
        )

    # There --------------------------------------------------------------------------------------------------------

    def sync(self) -> None:
        run = request_sync(
            connection=self.office.connection,
            kind=RunKind.TIME,
            trigger=RunTrigger.BUTTON,
            now=timezone.now(),
        )
        perform_sync(run.pk)
        self.office.connection.refresh_from_db()

    def entries(self) -> list[Json]:
        return self.office.realm.list_documents("TimeActivity")

    def enter_there(self, hours: int = 3, **changes: Any) -> Json:
        values: Json = {
            "NameOf": "Employee",
            "EmployeeRef": {"value": self.employee_ref},
            "TxnDate": DAY.isoformat(),
            "Hours": hours,
            "Minutes": 0,
            "CustomerRef": {"value": self.office.refs["customer"]},
            "ItemRef": {"value": self.office.refs[self.office.codes[1].name]},
            "BillableStatus": "Billable",
            "HourlyRate": 80,
            "CostRate": 40,
        }
        return self.office.realm.enter_document("TimeActivity", values | changes)

    # The budget ---------------------------------------------------------------------------------------------------

    def costs(self) -> ProjectCosts:
        costs = count_project(self.office.project)
        assert check_documents(costs).differences == []
        assert costs.difference == 0
        return costs

    def counted(self) -> Decimal:
        return self.costs().counted.amount


def open_crew(office: Office) -> Crew:
    """Labor counts at cost: the project has a fixed price."""
    made = office.realm.enter_document("Employee", {"GivenName": "Emily", "FamilyName": "Platt"})
    store_documents(office.connection, "Employee", [as_row(made)], now=timezone.now())
    emily = TeamMember.objects.create(company=office.company, name="Emily", on_payroll=True)
    assign(office.project, emily)
    EmployeeLink.objects.create(
        company=office.company, connection=office.connection, team_member=emily, employee_ref=made["Id"]
    )
    crew = Crew(office, emily, made["Id"], timezone.now())
    crew.rate(date(2026, 1, 1), "50", "90")
    crew.switch(**TRACKING)
    return crew


def at(hour: int, minute: int = 0) -> time:
    return time(hour, minute)
