"""An approval taken back: QuickBooks deletes its entry first, once, and until then the shift counts."""

from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.models import Push, PushState
from integrations.outbox import retry_push
from tests.timeclock.crew import Crew
from timeclock.decisions import skip_shift
from timeclock.errors import ShiftRefused
from timeclock.models import Shift
from timeclock.taking_back import take_back_approval

WORTH = Decimal(8 * 50)
NOTHING = Decimal(0)


def take_back(crew: Crew, shift: Shift) -> Shift:
    return take_back_approval(shift=shift, member=crew.office.admin, now=timezone.now())


def bill_there(crew: Crew, shift: Shift) -> None:
    """On an invoice, which moves the entry's state without a new version (C20)."""
    line = {
        "Amount": 720,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": crew.office.refs[crew.office.codes[0].name]}},
        "LinkedTxn": [{"TxnId": shift.quickbooks_id, "TxnType": "TimeActivity"}],
    }
    invoice = {"CustomerRef": {"value": crew.office.refs["customer"]}, "Line": [line]}
    crew.office.realm.enter_document("Invoice", invoice)


def test_it_counts_until_quickbooks_has_deleted_it_and_can_go_again(crew: Crew) -> None:
    shift = crew.settle()
    take_back(crew, shift)
    assert take_back(crew, shift).state == "approved"
    assert (crew.counted(), Push.objects.filter(subject_id=str(shift.pk)).count()) == (WORTH, 2)

    shift = crew.send(shift)
    assert (shift.state, shift.quickbooks_id, crew.counted()) == ("draft", "", NOTHING)
    assert not crew.entries()
    crew.sync()
    assert (crew.fresh(shift).state, crew.counted()) == ("draft", NOTHING)
    assert not crew.theirs()

    shift = crew.send(crew.approve(shift))
    crew.sync()
    (entry,) = crew.entries()
    assert (shift.quickbooks_id, crew.counted()) == (entry["Id"], WORTH)
    assert not crew.theirs()


def test_changed_there_meanwhile_is_shown_before_it_is_deleted(crew: Crew) -> None:
    shift = crew.settle()
    crew.office.realm.edit_document("TimeActivity", shift.quickbooks_id, {"Hours": 6})
    take_back(crew, shift)
    shift = crew.send(shift)
    push = crew.push_of(shift)
    assert (push.state, shift.worked_seconds, crew.counted()) == ("held", 6 * 3600, Decimal(6 * 50))

    retry_push(push=push, actor=crew.office.admin.user, now=timezone.now())
    assert (crew.send(shift).state, crew.counted()) == ("draft", NOTHING)
    assert not crew.entries()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "none"])
def test_deleted_once_whatever_is_lost(crew: Crew, fault: str) -> None:
    """`none`: somebody deleted it there by hand, and a sync told so first."""
    shift = crew.settle()
    take_back(crew, shift)
    if fault == "none":
        crew.office.realm.delete_document("TimeActivity", shift.quickbooks_id)
    else:
        crew.office.realm.fail_next(fault, operation="delete")
        assert crew.send(shift).state == "approved"
    crew.sync()
    assert crew.counted() == (WORTH if fault == "drop_before" else 0)
    Push.objects.filter(state=PushState.UNKNOWN).update(next_try_at=timezone.now())

    shift = crew.send(shift)
    assert (shift.state, crew.push_of(shift).state) == ("draft", PushState.DONE)
    crew.sync()
    assert (crew.counted(), crew.fresh(shift).state) == (NOTHING, "draft")
    assert not crew.entries()


def test_what_is_billed_there_stays(crew: Crew) -> None:
    shift = crew.settle()
    take_back(crew, shift)
    bill_there(crew, shift)
    crew.sync()
    shift = crew.send(shift)
    push = crew.push_of(shift)
    assert (push.state, push.hold_code, shift.state) == (PushState.HELD, "billed_there", "approved")

    skip_shift(shift=shift, member=crew.office.admin, now=timezone.now())
    assert "decided to leave it in QuickBooks" in [change.what for change in shift.changes.all()]
    with pytest.raises(ShiftRefused, match="on an invoice in QuickBooks"):
        take_back(crew, shift)
    crew.switch(time_tracking=False)
    Shift.objects.filter(pk=shift.pk).update(billable_status="Billable")
    with pytest.raises(ShiftRefused, match="Time Tracking is off"):
        take_back(crew, crew.fresh(shift))
    assert len(crew.entries()) == 1
