"""What keeps approved time out of QuickBooks: each its own reason and way out, and gone by itself (K7, M59–M61)."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from budgets.reasons import Reason
from integrations.linking import confirm_on_payroll, link_employee, unlink_employee, withdraw_on_payroll
from integrations.models import Connection, Push, PushBatch, PushState, QuickBooksEmployee, SyncIssue
from ressio.models import Activity
from tests.timeclock.crew import DAY, Crew
from timeclock.approval import approve_shifts
from timeclock.builder import ShiftBuilder
from timeclock.decisions import send_shift
from timeclock.errors import ShiftRefused
from timeclock.models import Shift
from timeclock.preview import preview_of
from timeclock.standing import find_standings
from timeclock.tasks import follow_links


def held(crew: Crew, shift: Shift) -> tuple[str, str]:
    push = crew.push_of(shift)
    assert push.state == PushState.HELD
    return push.hold_code, push.hold_sentence


def test_each_thing_holds_and_releases(crew: Crew) -> None:
    office, emily = crew.office, crew.carpenter
    assert office.admin.user is not None
    who = {"actor": office.admin.user}
    employee = QuickBooksEmployee.objects.get(quickbooks_id=crew.employee_ref)
    unlink_employee(team_member=emily, connection=office.connection, **who)
    shift = crew.record()
    (ahead,) = preview_of(shift).obstacles
    crew.send(crew.approve(shift))
    assert held(crew, shift) == (ahead.code, ahead.sentence)
    assert held(crew, shift) == (
        "employee_not_linked",
        "Emily is not connected to an employee in QuickBooks. Vendors (1099) cannot be connected.",
    )
    assert find_standings([crew.fresh(shift)])[shift.pk].words == "Employee not connected"
    assert crew.costs().excluded_by_reason[Reason.NOT_ON_PAYROLL].amount == 400

    def settle() -> tuple[str, str]:
        follow_links(connection_id=office.connection.pk)
        return held(crew, shift)

    withdraw_on_payroll(team_member=emily, connection=office.connection, now=timezone.now(), **who)
    link_employee(team_member=emily, employee=employee, now=timezone.now(), **who)
    assert settle() == (
        "not_on_payroll",
        "Emily is not on payroll. Nobody has confirmed that this person is on payroll. "
        "Tick it on the team member's page.",
    )
    Connection.objects.update(closing_date=date(2026, 3, 31))
    emily.rates.update(billable_rate=None)
    confirm_on_payroll(team_member=emily, connection=office.connection, now=timezone.now(), **who)
    assert settle()[0] == "no_billable_rate"
    crew.rate(DAY, "50", "95")
    assert settle() == (
        "closed_period",
        "The shift is of 2 Mar 2026, and QuickBooks' books are closed up to 31 Mar 2026. It leaves by itself once "
        "the period is reopened there. Or enter the time in QuickBooks and link it.",
    )
    Connection.objects.update(closing_date=None)
    assert SyncIssue.objects.filter(resolved_at=None, subject_type="push").count() == 1
    assert crew.counted() == 400
    follow_links(connection_id=office.connection.pk)
    assert not SyncIssue.objects.filter(resolved_at=None, subject_type="push").exists()
    assert crew.send(shift).quickbooks_rate == crew.entries()[0]["HourlyRate"] == 95
    assert crew.counted() == 400


def test_made_before_the_switch_or_without_it_stays_here(crew: Crew) -> None:
    """M61, and V11 for our own: by the moment it was recorded. Without QuickBooks' time the clock stands alone."""
    crew.switch(time_tracking=False)
    early, stays = crew.record(), crew.record()
    crew.approve(stays)
    assert (find_standings([crew.fresh(stays)])[stays.pk].reason, crew.counted()) == (
        "time_off",
        Decimal(400),
    )
    crew.office.project.switches.__class__.objects.update(
        time_tracking=True, time_tracking_since=stays.recorded_at
    )
    Shift.objects.filter(pk__in=[early.pk, stays.pk]).update(recorded_at=crew.since.replace(year=2025))
    crew.approve(early)
    assert not Push.objects.filter(kind="shift").exists()
    standing = find_standings([crew.fresh(early)])[early.pk]
    assert (standing.reason, standing.words) == ("made_before", "Recorded before time tracking")
    assert "Such time never goes to QuickBooks" in standing.sentence
    left_out = crew.costs().excluded_by_reason
    assert (left_out[Reason.BEFORE_TIME_TRACKING].amount, crew.counted()) == (Decimal(400), Decimal(400))


def test_many_at_once(crew: Crew) -> None:
    """In batches; one that cannot be approved holds up no other, and QuickBooks' own rate wins (R36)."""
    QuickBooksEmployee.objects.update(bill_rate=Decimal("110"))
    shifts = [crew.record(str(quarters / 4)) for quarters in range(1, 36)]
    Shift.objects.filter(pk=shifts[0].pk).update(cost_code=None)
    done = approve_shifts(shifts=[*shifts, shifts[5]], member=crew.office.admin, now=timezone.now())
    assert [(shift.pk, said) for shift, said in done.refused] == [(shifts[0].pk, "Choose a cost code first.")]
    cost = sum(range(2, 36)) * Decimal("12.50")
    assert (len(done.shifts), crew.counted()) == (34, cost)
    assert Activity.objects.filter(verb="approved, shift of").count() == 34
    crew.send_all()
    assert PushBatch.objects.count() == 2
    assert {shift.quickbooks_rate for shift in Shift.objects.exclude(pk=shifts[0].pk)} == {Decimal(110)}
    last = crew.fresh(shifts[1]).changes.order_by("-pk")[0]
    assert (last.what, last.fields) == (
        "arrived in QuickBooks, which holds it like this",
        [["Billable rate, QuickBooks' holds", "90.00", "110.00"]],
    )
    crew.sync()
    assert (len(crew.entries()), crew.theirs(), crew.counted()) == (34, [], cost)


def test_other_books_and_the_page_of_a_shift(crew: Crew) -> None:
    """What waits for earlier books stays with them until somebody sends it to those of now (U10)."""
    unlinked = crew.approve(crew.record())
    office = crew.office
    other = Connection.objects.create(company=office.company, realm_id="another", is_current=False)
    Push.objects.update(connection=other, state=PushState.HELD, hold_code="not_on_payroll")
    standing = find_standings([crew.fresh(unlinked)])[unlinked.pk]
    assert (standing.words, standing.may_be_sent) == ("Waits for the earlier books", True)
    send_shift(shift=unlinked, member=office.admin, now=timezone.now())
    assert [push.state for push in Push.objects.order_by("pk")] == [PushState.SKIPPED, PushState.WAITING]
    assert crew.send(unlinked).quickbooks_id
    with pytest.raises(ShiftRefused, match="Only an approved shift that is not in QuickBooks yet"):
        send_shift(shift=unlinked, member=office.admin, now=timezone.now())

    own = crew.approve(crew.record("2"))
    page = tell_effects(crew, own)
    assert page == [
        "budget: Ridge House, 06 Framing: 2.00 hours, 100.00 at cost rate and 180.00 at billable rate"
    ]
    client = Client()
    assert office.admin.user is not None
    client.force_login(office.admin.user)
    shown = client.get(f"/c/{office.company.slug}/projects/{office.project.pk}/budget/actuals/")
    assert f'/c/{office.company.slug}/time/shifts/{own.pk}/">Time</a>' in shown.content.decode()


def tell_effects(crew: Crew, shift: Shift) -> list[str]:
    ((first, *_),) = ShiftBuilder().tell_effects([crew.push_of(shift)])
    return [first.removesuffix(", since its approval")]
