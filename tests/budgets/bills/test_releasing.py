"""Held bills leave by themselves when what held them is gone, and only those."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.utils import timezone

from budgets.bills.approval import wait_for_reopening
from budgets.bills.errors import BillRefused
from budgets.bills.pushes import send_bill
from budgets.bills.releasing import release_held
from budgets.models import Bill, BillState
from budgets.tasks import refresh_issues
from integrations.linking import unlink_vendor
from integrations.models import CostCodeLink, ProjectLink, Push, PushState, VendorLink
from integrations.switches import set_switches
from ressio.models import Project
from ressio.projects import archive_project, restore_project
from tests.budgets.bills.office import Office


def release(office: Office) -> int:
    office.connection.refresh_from_db()
    return release_held(office.connection, timezone.now())


def switch(office: Office, is_on: bool) -> None:
    changes = {"push_bills": is_on}
    set_switches(project=office.project, changes=changes, actor=office.admin.user, now=timezone.now())


def drop_link(office: Office, model: Any) -> Callable[[], None]:
    link = model.objects.filter(connection=office.connection).order_by("pk").first()
    link.delete()
    return lambda: link.save(force_insert=True)


def edit_item(office: Office) -> Callable[[], None]:
    def there(**changes: Any) -> None:
        office.realm.edit_document("Item", office.refs["06 Framing"], changes)
        office.sync()

    there(Active=False)
    return lambda: there(Active=True)


def archive(office: Office) -> Callable[[], None]:
    actor = office.admin.user
    assert actor is not None
    archive_project(project=Project.objects.get(pk=office.project.pk), actor=actor)
    return lambda: restore_project(project=Project.objects.get(pk=office.project.pk), actor=actor)


@contextmanager
def bells() -> Iterator[list[str]]:
    """Names of the tasks that workers are woken for."""
    rung: list[str] = []

    def note(sender: str, **_: Any) -> None:
        rung.append(sender)

    before_task_publish.connect(note, weak=False)
    yield rung
    before_task_publish.disconnect(note)


OBSTACLES: dict[str, Callable[[Office], Callable[[], None]]] = {
    "project_not_linked": lambda office: drop_link(office, ProjectLink),
    "vendor_not_linked": lambda office: drop_link(office, VendorLink),
    "code_not_linked": lambda office: drop_link(office, CostCodeLink),
    "item_ineligible": edit_item,
    "archived": archive,
}


def hold(office: Office, bill: Bill, code: str) -> None:
    office.send(bill)
    push = office.push_of(bill)
    assert (push.state, push.hold_code) == (PushState.HELD, code)


def test_each_obstacle_lets_go_when_it_is_gone(office: Office) -> None:
    for code, put_in_the_way in OBSTACLES.items():
        bill = office.approve(office.enter(code.replace("_", "")[:20]))
        put_right = put_in_the_way(office)
        hold(office, bill, code)
        assert release(office) == 0
        put_right()
        release(office)
        assert office.push_of(bill).state == PushState.WAITING, code
        assert office.send(bill).state == BillState.UNPAID
    assert release(office) == 0


def test_nothing_is_approved_or_sent_on_an_archived_project(office: Office) -> None:
    """Its costs are closed: nobody looks at that budget any more."""
    approved, draft = office.approve(office.enter("HELD")), office.enter("DRAFT")
    put_right = archive(office)
    hold(office, approved, "archived")
    with pytest.raises(BillRefused, match="Restore the project first"):
        office.approve(office.fresh(draft))
    with pytest.raises(BillRefused, match="Restore the project first"):
        send_bill(bill=office.fresh(approved), member=office.admin, now=timezone.now())
    assert (office.fresh(draft).state, office.bills_there()) == (BillState.DRAFT, [])
    with bells() as rung:
        put_right()
    assert rung == ["budgets.refresh_issues", "invoicing.release_held", "timeclock.follow_links"]
    refresh_issues(connection_id=office.connection.pk)
    assert office.push_of(approved).state == PushState.WAITING
    assert office.send(approved).state == BillState.UNPAID
    assert office.approve(office.fresh(draft)).state == BillState.APPROVED


def test_pushing_off_and_on_again(office: Office) -> None:
    new, sent = office.approve(office.enter("NEW")), office.settle("SENT")
    office.change_sent(sent, description="Changed")
    switch(office, False)
    hold(office, new, "pushing_off")
    hold(office, sent, "pushing_off")
    assert release(office) == 0
    switch(office, True)
    assert release(office) == 2
    assert office.send(new).state == BillState.UNPAID
    office.send(sent)
    assert {row["PrivateNote"] for row in office.bills_there()} == {"Framing lumber", "Changed"}


def test_a_reopened_period_frees_those_that_wait_for_it(office: Office) -> None:
    office.connection.closing_date = date(2026, 3, 31)
    office.connection.save()
    waits, undecided = office.approve(office.enter("W-1")), office.approve(office.enter("U-1"))
    for bill in (waits, undecided):
        hold(office, bill, "closed_period")
    wait_for_reopening(bill=waits, member=office.admin, now=timezone.now())
    assert release(office) == 0
    office.connection.closing_date = None
    office.connection.save()
    assert release(office) == 1
    assert [office.push_of(bill).state for bill in (waits, undecided)] == [PushState.WAITING, PushState.HELD]


def test_refusals_of_quickbooks_and_questions_for_people_stay(office: Office) -> None:
    bill = office.approve(office.enter())
    push = office.push_of(bill)
    for code in ("6240", "duplicate_number", "approver_gone", "internal", "conflict"):
        Push.objects.filter(pk=push.pk).update(state=PushState.HELD, hold_code=code)
        assert release(office) == 0
        assert (office.push_of(bill).state, office.push_of(bill).hold_code) == (PushState.HELD, code)


def test_what_else_is_in_the_way_is_said(office: Office) -> None:
    bill = office.approve(office.enter())
    put_right = drop_link(office, ProjectLink)
    hold(office, bill, "project_not_linked")
    unlink_vendor(vendor=office.vendor, connection=office.connection, actor=None)
    put_right()
    generation = office.push_of(bill).generation
    assert release(office) == 0
    push = office.push_of(bill)
    assert (push.state, push.hold_code, push.generation) == (PushState.HELD, "vendor_not_linked", generation)
    assert push.hold_sentence == "Lumber Yard is not linked to a vendor in QuickBooks."


def test_nothing_is_tried_over_a_lost_connection(office: Office) -> None:
    bill = office.approve(office.enter())
    put_right = drop_link(office, VendorLink)
    hold(office, bill, "vendor_not_linked")
    put_right()
    type(office.connection).objects.filter(pk=office.connection.pk).update(status="reconnect_needed")
    assert release(office) == 0
    assert office.push_of(bill).state == PushState.HELD
