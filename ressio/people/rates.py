"""What an hour of a team member costs and is billed at, by shift type and from a day on (R32). Admins only (R3).

Whoever keeps prices worked out of rates (the cost lines) registers a hook here and is told when they change.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import MemberRate, TeamMember, User
from ressio.scoping import scope

RatesChanged = Callable[[TeamMember], None]
_hooks: list[RatesChanged] = []


class RateExists(Exception):
    """One rate for each shift type and start day."""


def register_rates_changed(hook: RatesChanged) -> None:
    """`hook(team_member)` runs in the transaction that changes the rates, so that prices never disagree with them; by
    signal, as the staff admin changes them too.
    """
    if hook not in _hooks:
        _hooks.append(hook)


@receiver((post_save, post_delete), sender=MemberRate, dispatch_uid="ressio.tell_rates_changed")
def tell_rates_changed(instance: MemberRate, **signal: Any) -> None:
    with scope(company=instance.company):
        for hook in _hooks:
            hook(instance.team_member)


def add_rate(
    *,
    member: TeamMember,
    actor: User,
    shift_type: str,
    starts_on: date,
    cost_rate: Decimal | None,
    billable_rate: Decimal | None,
    is_default: bool = True,
) -> MemberRate:
    """A later rate of the default shift type is a default one too. Raises RateExists."""
    try:
        with transaction.atomic():
            rate: MemberRate = MemberRate.objects.create(
                company=member.company,
                team_member=member,
                shift_type=shift_type,
                is_default=is_default or default_type_of(member, on=starts_on) == shift_type,
                cost_rate=cost_rate,
                billable_rate=billable_rate,
                starts_on=starts_on,
            )
            _keep_one_default(rate)
            _record(member, actor, verb="added a rate of")
    except IntegrityError as error:
        raise RateExists(
            f"There is a rate for {shift_type} from this day already. Change that one."
        ) from error
    return rate


def update_rate(*, rate: MemberRate, actor: User, **values: object) -> None:
    """Raises RateExists."""
    try:
        with transaction.atomic():
            if apply_changes(rate, values):
                _keep_one_default(rate)
                _record(rate.team_member, actor, verb="changed a rate of")
    except IntegrityError as error:
        raise RateExists("There is a rate for this shift type and day already. Change that one.") from error


def remove_rate(*, rate: MemberRate, actor: User) -> None:
    with transaction.atomic():
        rate.delete()
        _record(rate.team_member, actor, verb="removed a rate of")


def default_type_of(member: TeamMember, *, on: date) -> str:
    """The shift type of time that names none, by that day; "" while there is none."""
    begun = MemberRate.objects.filter(team_member=member, is_default=True, starts_on__lte=on)
    latest: MemberRate | None = begun.order_by("-starts_on", "-pk").first()
    return latest.shift_type if latest else ""


def _keep_one_default(rate: MemberRate) -> None:
    """The default is a shift type, from a day on: from then on all its rates carry the mark, and no others. What was
    the default before stays so for the time before, which must not be worth anything else now (N11).
    """
    if not rate.is_default:
        return
    later = MemberRate.objects.filter(team_member=rate.team_member, starts_on__gte=rate.starts_on)
    marked = later.filter(shift_type=rate.shift_type, is_default=False).update(is_default=True)
    unmarked = later.exclude(shift_type=rate.shift_type).filter(is_default=True).update(is_default=False)
    if marked or unmarked:
        rate.save()  # once more: whoever listens to rates hears of them when all marks are right


def _record(member: TeamMember, actor: User, *, verb: str) -> None:
    """Without the amounts: the activity page is read by more eyes than the rates."""
    record_activity(company=member.company, actor=actor, verb=verb, subject=member)
