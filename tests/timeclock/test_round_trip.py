"""Approved time goes to QuickBooks and comes back: counted once at every moment, whoever changes it where."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from pytest_django import Settings

from budgets.counting import count_project
from budgets.reasons import Reason
from budgets.tie_out import check_documents
from integrations.linking import link_employee, unlink_employee
from integrations.mirror import store_documents
from integrations.models import EmployeeLink, ProjectLink, PushState, QuickBooksEmployee
from integrations.outbox import link_to_existing
from ressio.models import Project, TeamMember
from ressio.people.rates import add_rate
from tests.budgets.documents import as_row
from tests.timeclock.crew import DAY, Crew
from timeclock.builder import ShiftBuilder
from timeclock.models import Shift, ShiftState
from timeclock.taking_back import take_back_approval
from timeclock.tasks import follow_links


def what_happened(shift: Shift) -> list[str]:
    return [change.what for change in shift.changes.order_by("pk")]


def test_there_and_back(crew: Crew) -> None:
    shift = crew.record("7.51")
    assert crew.counted() == 0
    crew.approve(shift)
    assert crew.counted() == Decimal("375.50")
    assert (crew.costs().on_the_way.seconds, crew.push_of(shift).is_bulk) == (27036, False)

    shift = crew.send(shift)
    (entry,) = crew.entries()
    ref = crew.office.refs
    assert {
        name: entry[name]
        for name in (
            *("NameOf", "EmployeeRef", "TxnDate", "Hours", "Minutes", "Seconds", "CustomerRef", "ItemRef"),
            *("BillableStatus", "HourlyRate", "CostRate", "Description"),
        )
    } == {
        "NameOf": "Employee",
        "EmployeeRef": {"value": crew.employee_ref, "name": "Emily Platt"},
        "TxnDate": "2026-03-02",
        "Hours": 7,
        "Minutes": 30,
        "Seconds": 36,
        "CustomerRef": {"value": ref["customer"], "name": "Ridge House"},
        "ItemRef": {"value": ref["06 Framing"], "name": "06 Framing"},
        "BillableStatus": "Billable",
        "HourlyRate": 90,
        "CostRate": 50,
        "Description": "Framing the roof",
    }
    assert (shift.quickbooks_id, shift.quickbooks_rate, shift.state) == (entry["Id"], Decimal(90), "approved")
    assert (crew.counted(), crew.costs().has_own_lines) == (Decimal("375.50"), False)
    crew.sync()
    assert (crew.counted(), crew.theirs()) == (Decimal("375.50"), [])

    # Changed there: hours, day, code, billable, and later billed.
    changes = {
        "Hours": 6,
        "Minutes": 0,
        "Seconds": 0,
        "TxnDate": "2026-03-03",
        "BillableStatus": "NotBillable",
        "ItemRef": {"value": ref["09 Paint"]},
    }
    crew.office.realm.edit_document("TimeActivity", entry["Id"], changes)
    crew.sync()
    shift = crew.fresh(shift)
    assert (shift.worked_seconds, shift.worked_on, shift.is_billable) == (6 * 3600, date(2026, 3, 3), False)
    assert str(shift.cost_code) == "09 Paint"
    assert crew.costs().excluded_by_reason[Reason.NON_BILLABLE_TIME].amount == 300
    said = shift.changes.order_by("-pk")[0]
    assert ["Hours", "7.51", "6.00"] in said.fields
    assert what_happened(shift) == ["recorded", "approved", "arrived in QuickBooks", "changed in QuickBooks"]

    # Deleted there: out of the budget, kept here, never made again.
    crew.office.realm.delete_document("TimeActivity", entry["Id"])
    crew.sync()
    shift = crew.fresh(shift)
    assert (shift.state, shift.worked_seconds, crew.costs().total.lines) == (ShiftState.DELETED, 21600, 0)
    crew.sync()
    assert crew.entries() == []


def test_time_entered_there_is_shown_whatever_counts(crew: Crew) -> None:
    """K4; edits, billed state and deletions follow (C20), and so do links."""
    counted = crew.enter_there(3)
    vendor = {"NameOf": "Vendor", "EmployeeRef": None, "VendorRef": {"value": crew.office.refs["vendor"]}}
    crew.enter_there(2, **{key: value for key, value in vendor.items() if value} | {"EmployeeRef": None})
    crew.enter_there(5, CustomerRef=None, BillableStatus="NotBillable", HourlyRate=0)
    crew.sync()
    shown = [
        (shift.shown_worker, shift.worked_seconds / 3600, str(shift.cost_code), shift.state)
        for shift in crew.theirs()
    ]
    assert shown == [("Emily", 3, "03 Concrete", "approved"), ("Lumber Yard", 2, "03 Concrete", "approved")]
    assert (crew.counted(), crew.costs().excluded_by_reason[Reason.VENDOR_TIME].amount) == (
        Decimal(120),
        Decimal(80),
    )

    crew.office.realm.edit_document("TimeActivity", counted["Id"], {"Hours": 4, "Description": "Footings"})
    crew.sync()
    first = crew.theirs()[0]
    assert (first.worked_seconds, first.description, crew.counted()) == (4 * 3600, "Footings", Decimal(160))
    assert what_happened(first) == ["changed in QuickBooks"]

    crew.office.realm.delete_document("TimeActivity", counted["Id"])
    crew.sync()
    assert crew.theirs()[0].state == ShiftState.DELETED
    assert crew.counted() == 0


def test_nothing_is_lost_or_doubled_while_an_answer_is_out(crew: Crew) -> None:
    """Two alike, whose answers are lost; a sync sees the entries first, and one was edited before it was seen."""
    shifts = [crew.approve(crew.record(description=text)) for text in ("Roof", "Walls")]
    crew.office.realm.fail_next("drop_after", times=2)
    for shift in shifts:
        crew.send(shift)
    assert {crew.push_of(shift).state for shift in shifts} == {PushState.UNKNOWN}
    walls = next(entry for entry in crew.entries() if entry["Description"] == "Walls")
    crew.office.realm.edit_document("TimeActivity", walls["Id"], {"Hours": 5})

    crew.sync()
    roof = crew.fresh(shifts[0])
    assert roof.quickbooks_id
    assert len(crew.theirs()) == 1
    for shift in shifts:
        crew.send(shift)
    assert crew.theirs() == []
    assert [crew.fresh(shift).worked_seconds for shift in shifts] == [8 * 3600, 5 * 3600]
    assert (len(crew.entries()), crew.counted()) == (2, Decimal(13 * 50))


def test_an_entry_that_was_another_shifts_after_all(crew: Crew, settings: Settings) -> None:
    """Alike in everything. A guess gives way to the answer, keeps its own hours, and finds its own entry."""
    roof, walls = (crew.approve(crew.record()) for _ in range(2))
    crew.office.realm.fail_next("drop_after", times=2)
    crew.send(roof)
    crew.send(walls)
    settings.QBO_REPLAY_TRUSTED = -1  # too late to ask again: it is looked for
    taken = crew.send(roof).quickbooks_id
    settings.QBO_REPLAY_TRUSTED = 1000
    assert crew.send(walls).quickbooks_id == taken
    assert (crew.fresh(roof).quickbooks_id, crew.push_of(roof).state) == ("", PushState.UNKNOWN)
    crew.sync()
    assert crew.counted() == 800
    crew.send(roof)
    assert (len(crew.theirs()), len(crew.entries()), crew.counted()) == (0, 2, Decimal(800))
    assert {crew.fresh(roof).quickbooks_id, taken} == {entry["Id"] for entry in crew.entries()}

    # The first never arrived; a sync takes the second's entry for it, and somebody shortens that one.
    porch, deck = (crew.approve(crew.record(day=DAY + timedelta(days=1))) for _ in range(2))
    crew.office.realm.fail_next("drop_before")
    crew.send(porch)
    crew.office.realm.fail_next("drop_after")
    crew.send(deck)
    crew.sync()
    entry = crew.fresh(porch).quickbooks_id
    crew.office.realm.edit_document("TimeActivity", entry, {"Hours": 5})
    crew.sync()
    assert crew.send(deck).worked_seconds == 5 * 3600
    assert (crew.fresh(porch).worked_seconds, crew.counted()) == (8 * 3600, Decimal(21 * 50 + 400))
    crew.send(porch)
    assert (len(crew.entries()), crew.counted()) == (4, Decimal(21 * 50 + 400))


def test_moved_there_to_whom_nobody_knew(crew: Crew) -> None:
    """Off the list of the project and the person that it left, with a word; on that of whoever is linked later."""
    office, shift = crew.office, crew.settle()
    customer = office.realm.enter_document("Customer", {"DisplayName": "Barn"})
    employee = office.realm.enter_document("Employee", {"GivenName": "Zed", "FamilyName": "Quill"})
    moved = {
        "CustomerRef": {"value": customer["Id"]},
        "EmployeeRef": {"value": employee["Id"]},
        "CostRate": 0,
    }
    office.realm.edit_document("TimeActivity", shift.quickbooks_id, moved)
    for entity, document in (("Customer", customer), ("Employee", employee)):
        store_documents(office.connection, entity, [as_row(document)], now=timezone.now())
    crew.sync()
    shift = crew.fresh(shift)
    assert (shift.project, shift.team_member, crew.costs().total.lines) == (None, None, 0)
    said = shift.changes.order_by("-pk")[0].fields
    assert said[:2] == [["Worker", "Emily", "Zed Quill"], ["Project", "Ridge House", ""]]

    barn = Project.objects.create(company=office.company, name="Barn")
    zed = TeamMember.objects.create(company=office.company, name="Zed", on_payroll=True)
    assert office.admin.user is not None
    add_rate(
        member=zed,
        actor=office.admin.user,
        shift_type="Standard",
        starts_on=DAY,
        cost_rate=Decimal(30),
        billable_rate=None,
    )
    shared = {"company": office.company, "connection": office.connection}
    ProjectLink.objects.create(**shared, project=barn, customer_ref=customer["Id"])
    EmployeeLink.objects.create(**shared, team_member=zed, employee_ref=employee["Id"])
    follow_links(connection_id=office.connection.pk)
    shift = crew.fresh(shift)
    assert (shift.project, shift.team_member, count_project(barn).total.amount) == (barn, zed, Decimal(240))
    assert check_documents(count_project(barn)).is_clean


def test_rates(crew: Crew) -> None:
    """A rate from a day on re-values later shifts only (N11); a type has its own; none is "no rate" (U5)."""
    crew.switch(time_tracking=False)  # the clock stands alone: nothing leaves
    early, late = crew.approve(crew.record(day=DAY)), crew.approve(crew.record(day=DAY + timedelta(days=7)))
    assert crew.counted() == 2 * 8 * 50
    crew.rate(DAY + timedelta(days=5), "60", "100")
    assert crew.counted() == 8 * 50 + 8 * 60
    crew.rate(date(2026, 1, 1), "75", "130", shift_type="Overtime", is_default=False)
    overtime = crew.record(shift_type="Overtime")
    crew.approve(overtime)
    assert crew.counted() == 8 * 50 + 8 * 60 + 8 * 75
    crew.approve(crew.record(worker=crew.office.member))
    none = crew.costs().excluded_by_reason[Reason.NO_RATE]
    assert (none.seconds, none.amount) == (8 * 3600, Decimal(0))
    take_back_approval(shift=overtime, member=crew.office.admin, now=timezone.now())
    assert crew.counted() == 8 * 50 + 8 * 60
    assert [crew.fresh(each).state for each in (early, late, overtime)] == ["approved", "approved", "draft"]

    first = crew.carpenter.rates.get(shift_type="Standard", starts_on=date(2026, 1, 1))
    first.cost_rate = Decimal(51)
    first.save()  # by the staff admin
    assert crew.counted() == 8 * 51 + 8 * 60

    # Another default shift type from a day on: time of both origins follows from that day on, and none before it.
    crew.switch(time_tracking=True, include_non_billable_time=True)
    later = (DAY + timedelta(days=7)).isoformat()
    crew.enter_there(4, CostRate=0, HourlyRate=0, BillableStatus="NotBillable", TxnDate=later)
    crew.sync()
    assert crew.counted() == 8 * 51 + (8 + 4) * 60
    crew.rate(DAY + timedelta(days=2), "80", "140", shift_type="Night")
    assert crew.counted() == 8 * 51 + (8 + 4) * 80
    crew.rate(DAY + timedelta(days=6), "85", "140", shift_type="Night", is_default=False)
    assert crew.counted() == 8 * 51 + (8 + 4) * 85

    # What the employee costs in QuickBooks comes first, from the moment of the link.
    QuickBooksEmployee.objects.update(cost_rate=33)
    who, emily = crew.office.admin.user, crew.carpenter
    unlink_employee(team_member=emily, connection=crew.office.connection, actor=who)
    assert crew.counted() == 0
    employee = QuickBooksEmployee.objects.get()
    link_employee(team_member=emily, employee=employee, actor=who, now=timezone.now())
    assert crew.counted() == (8 + 8 + 4) * 33


def test_linked_by_hand_billed_and_unlinked(crew: Crew) -> None:
    """The bookkeeper had entered it already: that entry it is. Billed there, it says so (C20); links come and go."""
    office = crew.office
    entry = crew.enter_there(7)
    crew.enter_there(1, TxnDate="2026-03-04")
    crew.sync()
    shift = crew.record()
    TeamMember.objects.filter(pk=crew.carpenter.pk).update(on_payroll=False)
    crew.send(crew.approve(shift))
    push = crew.push_of(shift)
    (choice,) = ShiftBuilder().candidates(push)
    assert choice == (entry["Id"], "Emily, 2 Mar 2026, 7.00 hours, Ridge House, 03 Concrete")
    link_to_existing(push=push, quickbooks_id=entry["Id"], actor=office.admin.user, now=timezone.now())
    shift = crew.fresh(shift)
    assert (shift.worked_seconds, str(shift.cost_code), len(crew.theirs())) == (7 * 3600, "03 Concrete", 1)
    said = shift.changes.order_by("-pk")[0]
    assert (said.what, ["Hours", "8.00", "7.00"] in said.fields) == (
        "arrived in QuickBooks, which holds it like this",
        True,
    )
    TeamMember.objects.filter(pk=crew.carpenter.pk).update(on_payroll=True)
    assert (crew.counted(), crew.costs().has_own_lines) == (Decimal(8 * 40), False)

    item = {"value": office.refs[office.codes[1].name]}
    line = {
        "Amount": 560,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": item},
        "LinkedTxn": [{"TxnId": entry["Id"], "TxnType": "TimeActivity"}],
    }
    invoice = {"CustomerRef": {"value": office.refs["customer"]}, "Line": [line]}
    office.realm.enter_document("Invoice", invoice)
    crew.sync()
    shift = crew.fresh(shift)
    assert (shift.billable_status, shift.is_billable, crew.counted()) == ("HasBeenBilled", True, Decimal(40))

    link = ProjectLink.objects.get()
    link.delete()
    follow_links(connection_id=office.connection.pk)
    assert (crew.theirs(), crew.fresh(shift).project) == ([], office.project)
    link.save()
    follow_links(connection_id=office.connection.pk)
    assert [shift.worked_seconds for shift in crew.theirs()] == [3600]
