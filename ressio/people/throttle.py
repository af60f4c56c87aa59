"""Patience with mistakes, none with guessing: attempts are counted by account and by network address.

Counted before the password is looked at and written down before counting, so that many tries at the same moment
all count; for accounts that do not exist as for those that do, so that the answer is the same. While blocked,
further tries leave nothing behind: the block ends by itself.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from ressio.encryption import keyed_hash
from ressio.models import Attempt

WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 8
ADDRESS_LIMIT = 60  # an office shares one address
RESET_LIMIT = 4
KEPT = timedelta(days=1)


class TooManyAttempts(Exception):
    """Say "try again later" and nothing else."""


def count_sign_in_attempt(*, email: str, address: str, now: datetime) -> None:
    """Raises TooManyAttempts when the account or the address has used up its tries."""
    keys = {_account_key(email): ACCOUNT_LIMIT, _address_key(address): ADDRESS_LIMIT}
    _count(keys, now=now)


def count_reset_attempt(*, email: str, address: str, now: datetime) -> None:
    _count({keyed_hash(f"reset:{_plain(email)}"): RESET_LIMIT, _address_key(address): ADDRESS_LIMIT}, now=now)


def count_address_attempt(*, address: str, now: datetime) -> None:
    """For forms that have no account yet: starting a company, accepting an invitation."""
    _count({_address_key(address): ADDRESS_LIMIT}, now=now)


def forgive_account(email: str) -> None:
    """After a right password or a reset. The address keeps its count: one account of their own must not
    give a guesser fresh tries at the accounts of others."""
    Attempt.objects.filter(key_hash=_account_key(email)).delete()


def read_address(request: HttpRequest) -> str:
    """The caller's network address; behind our TLS proxy the last one it noted, which a caller cannot forge."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(limits: dict[str, int], *, now: datetime) -> None:
    Attempt.objects.filter(at__lt=now - KEPT).delete()
    mine = Attempt.objects.bulk_create([Attempt(key_hash=key, at=now) for key in limits])
    recent = Attempt.objects.filter(at__gt=now - WINDOW)
    if any(recent.filter(key_hash=key).count() > limit for key, limit in limits.items()):
        Attempt.objects.filter(pk__in=[attempt.pk for attempt in mine]).delete()
        raise TooManyAttempts


def _account_key(email: str) -> str:
    return keyed_hash(f"account:{_plain(email)}")


def _address_key(address: str) -> str:
    return keyed_hash(f"address:{address}")


def _plain(email: str) -> str:
    return email.strip().lower()
