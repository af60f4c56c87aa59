"""Access tokens: one worker refreshes, all others wait for it and use what it stored.

Intuit takes two refreshes with one token for theft and may end the authorization. So a refresh is claimed
first: a lease on the connection's row, taken by compare-and-swap, which works the same on every database
and holds no transaction open while Intuit answers. A worker that dies leaves a lease that runs out.
"""

import random
import time
from datetime import datetime, timedelta

import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.gateway.exchanges import Outcome, current_request_id, recording
from integrations.gateway.faults import (
    DISCONNECTED_CODES,
    QuickBooksError,
    SignInExpired,
    Unauthorized,
    Unreachable,
)
from integrations.gateway.oauth import GrantRefused, TokenPair, refresh_pair
from integrations.gateway.options import option
from integrations.models import Connection, ConnectionStatus
from ressio.scoping import scope

logger = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
# How long a successor waits for a slow predecessor's tokens before it believes Intuit's "invalid_grant".
GRACE_SECONDS = 2.0
WITH_TOKENS = (ConnectionStatus.CONNECTED, ConnectionStatus.PENDING)


def access_token(connection: Connection, *, refused: str = "") -> str:
    """A token that is valid now; never the `refused` one, which Intuit has just turned down.

    Reads the row each time: another worker may have refreshed, or somebody disconnected, a moment ago.
    Raises SignInExpired when somebody must reconnect, Unreachable when Intuit's token endpoint is.
    """
    deadline = time.monotonic() + option("QBO_REFRESH_LEASE") + option("QBO_TOKEN_TIMEOUT")
    while True:
        row = read_row(connection)
        if is_valid(row, refused=refused, now=timezone.now()):
            return row.access_token
        if claim_refresh(row, now=timezone.now()):
            refresh_claimed(row)
        elif time.monotonic() > deadline:
            raise Unreachable("refresh_busy")
        else:
            time.sleep(POLL_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311


def rows_of(connection: Connection) -> QuerySet[Connection]:
    """To be used inside the company's scope only."""
    found: QuerySet[Connection] = Connection.objects.filter(pk=connection.pk)
    return found


def read_row(connection: Connection) -> Connection:
    with scope(company=connection.company_id):
        row = rows_of(connection).first()
    if row is None or row.status not in WITH_TOKENS or not row.refresh_token:
        raise SignInExpired("disconnected")
    return row


def is_valid(row: Connection, *, refused: str, now: datetime) -> bool:
    """Renewed when it has ended, give or take a minute, and not before (Q53)."""
    if not row.access_token or row.access_token == refused or row.access_token_expires_at is None:
        return False
    return now < row.access_token_expires_at - timedelta(seconds=option("QBO_TOKEN_MARGIN"))


def claim_refresh(row: Connection, *, now: datetime) -> bool:
    """True for exactly one worker, and only while what it saw is still so."""
    free = Q(refresh_claimed_until__isnull=True) | Q(refresh_claimed_until__lt=now)
    until = now + timedelta(seconds=option("QBO_REFRESH_LEASE"))
    with scope(company=row.company_id):
        unchanged = rows_of(row).filter(token_version=row.token_version, status=row.status)
        claimed = unchanged.filter(free).update(refresh_claimed_until=until)
    return claimed == 1


def refresh_claimed(row: Connection) -> None:
    """Asks Intuit, and stores what came before anybody uses it. The lease is given back in every case."""
    try:
        pair = ask_for_tokens(row)
    except GrantRefused as error:
        settle_refused_grant(row, error)
    except QuickBooksError:
        # A 5xx, 429 or time-out here says nothing about the authorization.
        give_back_claim(row)
        raise
    else:
        store_refreshed(row, pair)


def ask_for_tokens(row: Connection) -> TokenPair:
    outcome = Outcome("refresh", request_id=current_request_id())
    with recording(row, outcome):
        return refresh_pair(refresh_token=row.refresh_token, now=timezone.now(), outcome=outcome)


def store_refreshed(row: Connection, pair: TokenPair) -> bool:
    """False when somebody stored newer tokens meanwhile: those stay."""
    with scope(company=row.company_id):
        stored = rows_of(row).filter(token_version=row.token_version).update(**describe_pair(row, pair))
    return stored == 1


def describe_pair(row: Connection, pair: TokenPair) -> dict[str, object]:
    """The columns of a new pair. An end that Intuit did not mention this time is still the one it mentioned
    before.
    """
    return {
        "access_token": pair.access_token,
        "access_token_expires_at": pair.access_token_expires_at,
        "refresh_token": pair.refresh_token,
        "refresh_token_expires_at": pair.refresh_token_expires_at or row.refresh_token_expires_at,
        "sign_in_ends_at": pair.sign_in_ends_at or row.sign_in_ends_at,
        "token_version": row.token_version + 1,
        "refresh_claimed_until": None,
    }


def give_back_claim(row: Connection) -> None:
    with scope(company=row.company_id):
        rows_of(row).filter(token_version=row.token_version).update(refresh_claimed_until=None)


def settle_refused_grant(row: Connection, error: QuickBooksError) -> None:
    """invalid_grant ends the sign-in only if the token we sent is still the newest one.

    If we took over from a worker whose lease ran out, it may have got the new pair and be about to store it.
    """
    if row.refresh_claimed_until is not None and wait_for_newer(row):
        return
    if mark_reconnect_needed(row, reason="Intuit says that the sign-in has ended."):
        raise SignInExpired(error.code, status=error.status, intuit_tid=error.intuit_tid)


def wait_for_newer(row: Connection) -> bool:
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        if read_row(row).token_version != row.token_version:
            return True
        time.sleep(POLL_SECONDS)
    return False


def mark_reconnect_needed(row: Connection, *, reason: str) -> bool:
    """Changes nothing when newer tokens are there. Tokens stay: Intuit has been known to refuse in error."""
    with scope(company=row.company_id):
        marked = (
            rows_of(row)
            .filter(token_version=row.token_version, status__in=WITH_TOKENS)
            .update(
                status=ConnectionStatus.RECONNECT_NEEDED, status_reason=reason, refresh_claimed_until=None
            )
        )
    if marked:
        logger.warning("quickbooks_reconnect_needed", connection=row.pk)
    return marked == 1


def judge_refusal(connection: Connection, error: Unauthorized) -> QuickBooksError:
    """A token fresh from Intuit was refused too. 3100 then means that the app was disconnected over there.

    Anything else does not end the sign-in: the token endpoint has just confirmed it.
    """
    if error.code not in DISCONNECTED_CODES:
        return error
    mark_reconnect_needed(
        read_row(connection), reason="QuickBooks Online no longer gives Ressio access to this company."
    )
    return SignInExpired(error.code, status=error.status, intuit_tid=error.intuit_tid)
