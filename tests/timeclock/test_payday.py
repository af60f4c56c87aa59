"""The short form of `make faults` for time: many approved at once, answers lost, half of it edited there meanwhile."""

from django.db.models import Q
from django.utils import timezone

from integrations.models import Push, PushBatch, PushState
from integrations.outbox import perform_push
from tests.faults.payday import Payday
from tests.timeclock.crew import Crew

SHIFTS = 60
ROUNDS = 12


def test_every_shift_is_in_quickbooks_once_as_it_was_edited_there(crew: Crew) -> None:
    payday = Payday.of(crew, SHIFTS)
    payday.approve(payday.drafts)
    faults = ["drop_after", "503", "drop_before", "drop_after", "drop_after"]
    for turn in range(ROUNDS):
        if faults:
            crew.office.realm.fail_next(faults.pop(0))
        crew.send_all()
        payday.meddle()
        if turn % 2:
            crew.sync()
        crew.office.realm.clear_faults()
        waiting = Push.objects.exclude(state=PushState.DONE)
        for rows in (waiting, PushBatch.objects.all()):
            rows.update(next_try_at=timezone.now())  # nobody waits for the pauses between tries
        for push in waiting.filter(Q(goes_alone=True) | Q(is_bulk=False)):  # those taken back go one by one
            perform_push(push.pk)
        if not waiting.exists() and not faults:
            break
    payday.meddle()
    for push in Push.objects.exclude(state=PushState.DONE):
        perform_push(push.pk)
    crew.sync()

    assert len(payday.edited) == SHIFTS / 2
    assert payday.find_faults() == []
