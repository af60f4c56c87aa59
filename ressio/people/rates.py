"""What an hour of a team member costs and is billed at, by shift type and from a day on (R32). Admins only (R3).

Whoever keeps prices worked out of rates (the cost lines) registers a hook here and is told when they change.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from ressio.activity import record_activity
from ressio.changes import apply_changes
from ressio.models import MemberRate, TeamMember, User

RatesChanged = Callable[[TeamMember], None]
_hooks: list[RatesChanged] = []


class RateExists(Exception):
    """One rate for each shift type and start day."""


def register_rates_changed(hook: RatesChanged) -> None:
    """`hook(team_member)` runs in the transaction that changes the rates, so that prices never disagree with them."""
    if hook not in _hooks:
        _hooks.append(hook)


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
    """Raises RateExists."""
    try:
        with transaction.atomic():
            rate: MemberRate = MemberRate.objects.create(
                company=member.company,
                team_member=member,
                shift_type=shift_type,
                is_default=is_default,
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


def _keep_one_default(rate: MemberRate) -> None:
    """The default is a shift type: all its rates carry the mark, and those of other shift types do not."""
    if not rate.is_default:
        return
    rates = MemberRate.objects.filter(team_member=rate.team_member)
    rates.filter(shift_type=rate.shift_type).update(is_default=True)
    rates.exclude(shift_type=rate.shift_type).update(is_default=False)


def _record(member: TeamMember, actor: User, *, verb: str) -> None:
    """Without the amounts: the activity page is read by more eyes than the rates."""
    record_activity(company=member.company, actor=actor, verb=verb, subject=member)
    for hook in _hooks:
        hook(member)
