"""Connecting a company to its books in QuickBooks Online, resuming, and changing to other books.

A person goes to Intuit's consent page and comes back with a code and the id of a realm. Nothing of what
came back is believed before the state proves that this session set out for this company, and the new token
opens that realm. Documents and links hang on the connection's row and the row stays, so the same realm
resumes where it was (U10).
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from integrations import disconnecting
from integrations.gateway.exchanges import Outcome, current_request_id, recording
from integrations.gateway.faults import QuickBooksError, Unauthorized
from integrations.gateway.introduction import read_company_info
from integrations.gateway.oauth import GrantRefused, TokenPair, build_authorize_url, exchange_code
from integrations.lists import read_company_info as read_columns
from integrations.models import ConnectAttempt, Connection, ConnectionStatus, RunKind, RunTrigger
from integrations.sync import request_sync
from ressio.activity import record_activity
from ressio.encryption import keyed_hash
from ressio.models import Company, Role, TeamMember, User
from ressio.scoping import scope, scopes_disabled

logger = structlog.get_logger(__name__)

STATE_LASTS = timedelta(minutes=10)
ATTEMPTS_KEPT = timedelta(days=1)
SWITCH_WAITS = timedelta(days=1)
REALM_ID = re.compile(r"\d{1,30}")


class ConnectRefused(Exception):
    """`str()` says to the person what is wrong and what to do."""


class StateRefused(ConnectRefused):
    """The answer from Intuit does not belong to a trip that this session began just now (Q20)."""


class RealmTaken(ConnectRefused):
    """Another company in Ressio uses these books already."""


NOT_YOURS = (
    "This answer from Intuit does not belong to a connection you began in this browser in the last ten minutes. "
    "Nothing was changed. Please press Connect to QuickBooks again."
)
INCOMPLETE = "Intuit's answer was incomplete. Nothing was changed. Please press Connect to QuickBooks again."
CODE_REFUSED = (
    "Intuit did not accept the sign-in. Nothing was changed. Please press Connect to QuickBooks again."
)
OTHER_REALM = (
    "Intuit did not confirm access to this QuickBooks company. Nothing was changed. Please try again."
)
TAKEN = (
    "This QuickBooks company is already connected to another company in Ressio. Disconnect it there first, or choose "
    "another QuickBooks company."
)
NOT_ADMIN = "Only an Admin of the company can connect QuickBooks. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Connected:
    """`needs_confirmation`: other books than before. Nothing is switched yet."""

    connection: Connection
    needs_confirmation: bool


def current_connection(company: Company) -> Connection | None:
    """The books this company uses, connected or not. None when it never had any."""
    found: Connection | None = Connection.objects.filter(company=company, is_current=True).first()
    return found


def pending_connection(company: Company) -> Connection | None:
    """Other books that wait for an Admin's yes."""
    found: Connection | None = Connection.objects.filter(
        company=company, status=ConnectionStatus.PENDING
    ).first()
    return found


# To Intuit and back ----------------------------------------------------------------------------------------


def begin_connect(*, company: Company, user: User, session: SessionBase, now: datetime) -> str:
    """Intuit's address to send the person to. Its state is good for this session, once, for ten minutes."""
    state = secrets.token_urlsafe(32)
    ConnectAttempt.objects.filter(started_at__lt=now - ATTEMPTS_KEPT).delete()
    ConnectAttempt.objects.create(
        company=company,
        user=user,
        session_hash=hash_session(session),
        state_hash=keyed_hash(state),
        started_at=now,
    )
    return build_authorize_url(state=state)


def hash_session(session: SessionBase) -> str:
    if session.session_key is None:
        session.create()
    return keyed_hash(str(session.session_key))


def claim_attempt(*, user: User, session: SessionBase, state: str, now: datetime) -> ConnectAttempt:
    """Uses the state up, whatever comes after. Of several who come with it at once, one gets through."""
    with scopes_disabled():
        mine = ConnectAttempt.objects.filter(
            state_hash=keyed_hash(state), session_hash=hash_session(session), user=user
        )
        fresh = mine.filter(used_at__isnull=True, started_at__gt=now - STATE_LASTS)
        if not state or not fresh.update(used_at=now):
            raise StateRefused(NOT_YOURS)
        attempt: ConnectAttempt = mine.select_related("company", "user").get()
    return attempt


def finish_connect(*, attempt: ConnectAttempt, code: str, realm_id: str, now: datetime) -> Connected:
    """Runs in the scope of the attempt's company. Raises ConnectRefused; QuickBooksError when Intuit is
    down.
    """
    if not code or not REALM_ID.fullmatch(realm_id):
        raise ConnectRefused(INCOMPLETE)
    refuse_non_admin(attempt)
    # Before the code is used: new tokens could end those of the company that has these books now.
    refuse_taken_realm(attempt.company, realm_id)
    pair = trade_code(attempt.company, code, now=now)
    columns = confirm_realm(realm_id, pair)
    connected = store_connection(attempt, realm_id, pair, columns, now=now)
    if not connected.needs_confirmation:
        ask_first_sync(connected.connection, attempt.user, now=now)
    return connected


def refuse_non_admin(attempt: ConnectAttempt) -> None:
    """Roles may have changed while the person was away."""
    members = TeamMember.objects.filter(user=attempt.user, is_active=True, role=Role.ADMIN)
    if not members.exists():
        raise ConnectRefused(NOT_ADMIN)


def refuse_taken_realm(company: Company, realm_id: str) -> None:
    with scopes_disabled():
        others = Connection.objects.filter(realm_hash=keyed_hash(realm_id), is_current=True)
        taken = others.exclude(company=company).exclude(status=ConnectionStatus.DISCONNECTED).exists()
    if taken:
        raise RealmTaken(TAKEN)


def trade_code(company: Company, code: str, *, now: datetime) -> TokenPair:
    outcome = Outcome("exchange", request_id=current_request_id())
    try:
        with recording(current_connection(company), outcome):
            return exchange_code(code=code, now=now, outcome=outcome)
    except GrantRefused:
        raise ConnectRefused(CODE_REFUSED) from None


def confirm_realm(realm_id: str, pair: TokenPair) -> dict[str, Any]:
    """What the books say of themselves. When they cannot be opened, the new authorization is given back."""
    try:
        info = read_company_info(realm_id=realm_id, token=pair.access_token)
    except Unauthorized:
        disconnecting.try_revoke(None, pair.refresh_token)
        raise ConnectRefused(OTHER_REALM) from None
    return dict(read_columns(info.data))


# Storing ---------------------------------------------------------------------------------------------------


def store_connection(
    attempt: ConnectAttempt, realm_id: str, pair: TokenPair, columns: dict[str, Any], *, now: datetime
) -> Connected:
    company = attempt.company
    current = current_connection(company)
    row = find_or_make_row(company, realm_id)
    take_tokens(row, pair, columns, user=attempt.user, now=now)
    if current is not None and current.pk != row.pk:
        return Connected(hold_back(row), needs_confirmation=True)
    switch_to(row, replaced=current, actor=attempt.user, now=now)
    return Connected(row, needs_confirmation=False)


def find_or_make_row(company: Company, realm_id: str) -> Connection:
    known = Connection.objects.filter(realm_hash=keyed_hash(realm_id)).first()
    return known or Connection(company=company, realm_id=realm_id, is_current=False)


def take_tokens(
    row: Connection, pair: TokenPair, columns: dict[str, Any], *, user: User, now: datetime
) -> None:
    """Fills the row without saving it. A refresh that is under way loses: its version is no longer the
    newest.
    """
    row.access_token, row.access_token_expires_at = pair.access_token, pair.access_token_expires_at
    row.refresh_token, row.refresh_token_expires_at = pair.refresh_token, pair.refresh_token_expires_at
    row.sign_in_ends_at = pair.sign_in_ends_at
    row.token_version += 1
    row.refresh_claimed_until = None
    row.connected_by, row.connected_at, row.disconnected_at = user, now, None
    row.status_reason = ""
    for name, value in columns.items():
        setattr(row, name, value)


def hold_back(row: Connection) -> Connection:
    """Kept encrypted, unused, until an Admin says yes or no. One such row at a time."""
    for older in Connection.objects.filter(status=ConnectionStatus.PENDING).exclude(pk=row.pk):
        give_back(older)
    row.status = ConnectionStatus.PENDING
    row.save()
    return row


def give_back(pending: Connection) -> None:
    """Ends an authorization that nobody has said yes to, here and at Intuit."""
    token = disconnecting.end_locally(pending)
    if token:
        disconnecting.try_revoke(pending, token)


def switch_to(row: Connection, *, replaced: Connection | None, actor: User, now: datetime) -> None:
    """One transaction; the authorization of the books left behind is given back after it."""
    leaving = replaced if replaced and replaced.pk != row.pk else None
    old_token = ""
    with refusing_taken_realm(), transaction.atomic():
        if leaving:
            old_token = disconnecting.park(leaving, now=now)
        row.status, row.is_current = ConnectionStatus.CONNECTED, True
        row.save()
        record_activity(company=row.company, actor=actor, verb="connected QuickBooks Online", subject=row)
    logger.info("quickbooks_connected", connection=row.pk)
    if leaving and old_token:
        disconnecting.try_revoke(leaving, old_token)


@contextmanager
def refusing_taken_realm() -> Iterator[None]:
    """Two companies may have gone to Intuit at the same moment: the database lets one of them have the
    realm.
    """
    try:
        yield
    except IntegrityError:
        raise RealmTaken(TAKEN) from None


def ask_first_sync(connection: Connection, user: User, *, now: datetime) -> None:
    request_sync(
        connection=connection, kind=RunKind.ALL, trigger=RunTrigger.CONNECT, requested_by=user, now=now
    )


# Other books than before ------------------------------------------------------------------------------------


def confirm_switch(*, company: Company, actor: User, now: datetime) -> Connection:
    """From here on the other books count; the links of the old ones stay with them, parked."""
    pending = pending_connection(company)
    if pending is None:
        raise ConnectRefused("There is no other QuickBooks company waiting to be confirmed.")
    refuse_taken_realm(company, pending.realm_id)
    switch_to(pending, replaced=current_connection(company), actor=actor, now=now)
    ask_first_sync(pending, actor, now=now)
    return pending


def cancel_switch(*, company: Company) -> None:
    """The authorization just given is given back, and everything is as before. Runs in the company's scope."""
    pending = pending_connection(company)
    if pending is not None:
        give_back(pending)


def cancel_stale_switches(*, now: datetime) -> int:
    """Of all companies, what nobody decided within a day: the tokens of such books must not lie about."""
    with scopes_disabled():
        stale = list(
            Connection.objects.filter(status=ConnectionStatus.PENDING, connected_at__lt=now - SWITCH_WAITS)
        )
    for pending in stale:
        with scope(company=pending.company_id):
            give_back(pending)
    return len(stale)


def describe_failure(error: ConnectRefused | QuickBooksError) -> str:
    """For the page that the person lands on."""
    if isinstance(error, ConnectRefused):
        return str(error)
    return f"QuickBooks could not be connected. {error.detail_for_people}"
