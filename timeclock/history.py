"""What happened to a shift: in its own history, and in the company's activity when a person did it."""

from collections.abc import Sequence
from datetime import datetime

from ressio.activity import record_activity
from ressio.models import TeamMember
from timeclock.models import Shift, ShiftChange
from timeclock.rights import may_review

Fields = Sequence[tuple[str, str, str]]
"""Label, before, after."""
RATE, RATE_THAT_HOLDS = "Billable rate", "Billable rate, QuickBooks' holds"


def note_change(
    shift: Shift, what: str, *, member: TeamMember | None, now: datetime, fields: Fields = ()
) -> None:
    """`what` is a few words, such as "clocked in". Runs in the transaction of the change. Without a member it happened
    by itself.
    """
    ShiftChange.objects.create(
        company_id=shift.company_id,
        shift=shift,
        at=now,
        by=member.user if member else None,
        what=what,
        fields=[list(each) for each in fields],
    )
    if member is not None:
        note_activity(shift, what, member=member, fields=fields)


def note_activity(shift: Shift, what: str, *, member: TeamMember, fields: Fields = ()) -> None:
    """For what leaves no shift behind to have a history."""
    changes = {label: [before, after] for label, before, after in fields}
    record_activity(
        company=member.company, actor=member.user, verb=f"{what}, shift of", subject=shift, changes=changes
    )


def history_of(shift: Shift, member: TeamMember) -> list[ShiftChange]:
    """The latest first. Rates are for Admins (R3), also on the shift of the one who worked it."""
    changes = list(shift.changes.select_related("by").order_by("-at", "-pk"))
    if not may_review(member):
        for change in changes:
            change.fields = [each for each in change.fields if each[0] not in (RATE, RATE_THAT_HOLDS)]
    return changes
