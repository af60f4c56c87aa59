"""Settings → Cost codes → Time clock: which of them the clock offers (R38)."""

from collections.abc import Iterable

from django.db import transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import ClockShown, CostCode, User


def set_shown(*, codes: Iterable[CostCode], shown: ClockShown, actor: User) -> int:
    """Answers how many were changed."""
    changed = 0
    with transaction.atomic():
        for code in codes:
            changes = apply_changes(code, {"shown_in_clock": shown.value})
            if changes:
                changed += 1
                record_activity(
                    company=code.company,
                    actor=actor,
                    verb="changed the cost code",
                    subject=code,
                    changes=changes,
                )
    return changed
