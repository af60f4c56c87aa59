"""Time entered afterwards, changed with its history, approved and taken back (R29–R31)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from ressio.models import Activity, TeamMember
from ressio.scoping import scope
from tests.support.cast import Cast
from timeclock.approval import approve_shift, approve_shifts
from timeclock.clock import clock_in
from timeclock.errors import ShiftRefused
from timeclock.models import Shift, ShiftState
from timeclock.recording import change_shift, mark_of, record_shift, remove_shift
from timeclock.taking_back import take_back_approval
from timeclock.written_times import BreakInput, ShiftInput

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def ridge(cast: Cast) -> Iterator[Cast]:
    with scope(company=cast.ridge):
        cast.fred.can_edit_own_time = True
        cast.fred.save()
        yield cast


def given(cast: Cast, **changes: Any) -> ShiftInput:
    values: dict[str, Any] = {
        "project": cast.ridge_house,
        "cost_code": cast.framing,
        "worked_on": MONDAY,
        "started": time(7),
        "ended": time(15, 30),
    }
    return ShiftInput(**(values | changes))


def record(
    cast: Cast, worker: TeamMember, member: TeamMember | None = None, key: str = "k", **changes: Any
) -> Shift:
    return record_shift(
        worker=worker, given=given(cast, **changes), member=member or worker, key=key, now=NOW
    )


def test_recording_and_changing_keeps_what_stood_before(ridge: Cast) -> None:
    alice, fred = ridge.alice, ridge.fred
    shift = record(ridge, fred)
    assert record(ridge, fred) == shift
    assert (shift.worked_seconds, shift.was_recorded, shift.is_running) == (8.5 * 3600, True, False)
    seen = mark_of(shift)
    lunch = BreakInput(time(12), time(12, 45))
    changed = change_shift(
        shift=shift, given=given(ridge, ended=time(15), breaks=[lunch]), member=alice, now=NOW, mark=seen
    )
    assert changed.worked_seconds == 7.25 * 3600
    change = changed.changes.order_by("-pk").first()
    assert change is not None
    assert (change.by, change.fields) == (
        alice.user,
        [["End", "15:30", "15:00"], ["Breaks", "", "12:00–12:45"], ["Hours", "8.50", "7.25"]],
    )
    with pytest.raises(ShiftRefused, match="Somebody changed this shift meanwhile"):
        change_shift(shift=shift, given=given(ridge), member=fred, now=NOW, mark=seen)
    with pytest.raises(ShiftRefused, match="The break from 12:00 would lie outside"):
        change_shift(shift=shift, given=given(ridge, ended=time(12, 30)), member=fred, now=NOW)
    again = change_shift(shift=shift, given=given(ridge, ended=time(15)), member=fred, now=NOW)
    assert (again.worked_seconds, again.changes.count()) == (7.25 * 3600, 2)
    by_length = change_shift(
        shift=shift, given=given(ridge, started=None, ended=None, seconds=4 * 3600), member=alice, now=NOW
    )
    assert (by_length.started_at, by_length.worked_seconds, by_length.breaks.count()) == (None, 4 * 3600, 0)
    remove_shift(shift=shift, member=fred, now=NOW)
    removed = Activity.objects.latest("pk")
    assert (Shift.objects.count(), removed.verb, removed.changes["Hours"]) == (
        0,
        "removed, shift of",
        ["4.00", ""],
    )


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"ended": None}, "Give start and end, or the hours.", "ended"),
        ({"started": None}, "Give start and end, or the hours.", "started"),
        ({"seconds": 60}, "not both", "seconds"),
        ({"started": None, "ended": None, "seconds": 25 * 3600}, "at most 24", "seconds"),
        ({"worked_on": date(2026, 11, 21)}, "This day is yet to come.", "worked_on"),
        ({"worked_on": date(2026, 11, 20)}, "The end is yet to come.", "ended"),
        ({"worked_on": date(2024, 11, 1)}, "more than two years ago", "worked_on"),
        ({"worked_on": date(2026, 3, 8), "started": time(2, 30)}, "There was no 02:30 in that night", "started"),
        ({"worked_on": date(2026, 11, 1), "started": time(1, 30)}, "showed 01:30 twice", "started_is"),
        (
            {"worked_on": date(2026, 11, 1), "started": time(1, 10), "started_is": "second", "ended": time(1, 50),
             "ended_is": "first"},
            "The end is before the start.",
            "ended",
        ),
        ({"breaks": [BreakInput(time(16), time(17))]}, "does not lie within the shift", "breaks"),
        (
            {"breaks": [BreakInput(time(8), time(9)), BreakInput(time(8, 30), time(10))]},
            "Two breaks share time.",
            "breaks",
        ),
        ({"shift_type": "Nonsense"}, "no shift type", "shift_type"),
        ({"description": "x" * 4001}, "at most 4,000", "description"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_is_refused(ridge: Cast, changes: dict[str, Any], sentence: str, field: str) -> None:
    with pytest.raises(ShiftRefused, match=sentence) as refused:
        record(ridge, ridge.alice, **changes)
    assert refused.value.field == field


def test_who_may(ridge: Cast) -> None:
    """R2: others record and change their own with the grant; breaks are Admins' alone (R37)."""
    alice, bob, fred = ridge.alice, ridge.bob, ridge.fred
    night = record(
        ridge, bob, alice, worked_on=date(2026, 10, 31), started=time(22), ended=time(6), key="night",
        breaks=[BreakInput(time(1), time(2))],
    )  # fmt: skip
    # The clocks went back in that night: from ten to six are nine hours, from one to two are two.
    assert night.worked_seconds == 7 * 3600
    deeds = [
        lambda: record(ridge, bob),
        lambda: record(ridge, bob, fred, key="2"),
        lambda: record(ridge, fred, key="3", breaks=[]),
        lambda: change_shift(shift=night, given=given(ridge), member=bob, now=NOW),
        lambda: change_shift(shift=night, given=given(ridge), member=fred, now=NOW),
        lambda: remove_shift(shift=night, member=bob, now=NOW),
        lambda: approve_shift(shift=night, member=bob, now=NOW),
    ]
    for deed in deeds:
        with pytest.raises(ShiftRefused) as refused:
            deed()
        assert refused.value.code == "not_allowed"
    remove_shift(shift=night, member=alice, now=NOW)
    for verb in (take_back_approval, remove_shift):
        with pytest.raises(ShiftRefused, match="removed meanwhile"):
            verb(shift=night, member=alice, now=NOW)


def test_approving(ridge: Cast) -> None:
    alice, fred = ridge.alice, ridge.fred
    good, bare = record(ridge, fred), record(ridge, fred, key="bare", cost_code=None)
    running = clock_in(member=fred, project=ridge.ridge_house, cost_code=None, key="run", now=NOW)
    done = approve_shifts(shifts=[good, bare, running], member=alice, now=NOW)
    assert [shift.pk for shift in done.shifts] == [good.pk]
    assert [sentence for _, sentence in done.refused] == [
        "Choose a cost code first.",
        "This shift still runs.",
    ]
    good.refresh_from_db()
    assert (good.state, good.approved_by, good.approved_at) == (ShiftState.APPROVED, alice.user, NOW)
    for deed, sentence in (
        (lambda: approve_shift(shift=good, member=alice, now=NOW), "approved already"),
        (
            lambda: change_shift(shift=good, given=given(ridge), member=alice, now=NOW),
            "Take back the approval",
        ),
        (lambda: remove_shift(shift=good, member=fred, now=NOW), "Take back the approval"),
        (lambda: take_back_approval(shift=bare, member=alice, now=NOW), "Only an approved shift"),
    ):
        with pytest.raises(ShiftRefused, match=sentence):
            deed()
    back = take_back_approval(shift=good, member=alice, now=NOW)
    assert (back.state, back.approved_at) == (ShiftState.DRAFT, None)
    # An Admin sets the start of a shift that runs; it goes on running.
    early = given(ridge, worked_on=date(2026, 11, 20), started=time(6), ended=None, cost_code=None)
    moved = change_shift(shift=running, given=early, member=alice, now=NOW)
    assert (moved.started_at, moved.ended_at) == (datetime(2026, 11, 20, 11, tzinfo=UTC), None)
