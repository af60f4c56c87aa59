"""One refresh at a time, whatever happens to whoever does it. Against the stand-in, which counts."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import responses
from django.db import connection as database
from django.utils import timezone
from pytest_django import Settings

from integrations.gateway import Gateway, SignInExpired, Unreachable
from integrations.gateway.oauth import TokenPair
from integrations.gateway.tokens import access_token, claim_refresh, read_row, store_refreshed
from integrations.models import Connection, ConnectionStatus, Exchange
from ressio.scoping import scope
from tests.integrations.gateway.conftest import INTUIT
from tests.support.sandbox import Realm, Sandbox
from tests.support.workers import run_processes, run_threads, started

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN_URL = f"{INTUIT}/oauth2/v1/tokens/bearer"


def reload(connection: Connection) -> Connection:
    with scope(company=connection.company_id):
        return Connection.objects.get(pk=connection.pk)


def change(connection: Connection, **values: Any) -> None:
    with scope(company=connection.company_id):
        Connection.objects.filter(pk=connection.pk).update(**values)


def expire_here(connection: Connection) -> None:
    change(connection, access_token_expires_at=timezone.now() - timedelta(seconds=1))


class TokenCalls:
    """How often the stand-in's token endpoint was asked since the start of the test."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.before = self.read()

    def read(self) -> int:
        return int(self.sandbox.send("GET", "requests")["operations"].get("token", 0))

    def count(self) -> int:
        return self.read() - self.before

    def wait_for(self, number: int) -> None:
        """The stand-in counts a call when it has answered, also when nobody listens any more: not in the
        next test.
        """
        ends = time.monotonic() + 20
        while self.count() < number and time.monotonic() < ends:
            time.sleep(0.05)
        assert self.count() == number


@pytest.fixture
def token_calls(sandbox: Sandbox) -> TokenCalls:
    return TokenCalls(sandbox)


@pytest.fixture
def strict(realm: Realm) -> None:
    """Every refresh gives a new value, the old one is dead, and using it again kills the new one too."""
    realm.send("POST", "switches", {"refresh_rotation": "each", "reuse_revokes_winner": True})


def ask(connection: Connection) -> int:
    return Gateway(connection).count("Vendor")


# When a token is refreshed -------------------------------------------------------------------------------


def test_a_valid_token_is_used_without_asking_for_another(
    connection: Connection, token_calls: TokenCalls
) -> None:
    assert [ask(connection) for _ in range(50)] == [0] * 50
    assert token_calls.count() == 0


def test_one_that_ended_here_is_renewed_before_the_request(
    connection: Connection, realm: Realm, token_calls: TokenCalls
) -> None:
    expire_here(connection)

    ask(connection)
    ask(connection)

    assert token_calls.count() == 1
    assert realm.count_requests()["statuses"] == {"200": 2}


def test_one_that_ended_there_is_renewed_after_a_401(
    connection: Connection, realm: Realm, token_calls: TokenCalls
) -> None:
    realm.expire_tokens()

    ask(connection)

    assert token_calls.count() == 1
    assert realm.count_requests()["statuses"] == {"401": 1, "200": 1}


def test_what_came_is_stored_encrypted_with_the_lifetimes_of_the_answer(
    connection: Connection, strict: None
) -> None:
    expire_here(connection)

    token = access_token(connection)

    row = reload(connection)
    now = timezone.now()
    assert row.access_token == token != connection.access_token
    assert row.refresh_token != connection.refresh_token
    assert (row.token_version, row.refresh_claimed_until) == (1, None)
    assert row.access_token_expires_at is not None
    assert abs(row.access_token_expires_at - now - timedelta(hours=1)) < timedelta(minutes=1)
    assert row.refresh_token_expires_at is not None
    assert abs(row.refresh_token_expires_at - now - timedelta(days=101)) < timedelta(days=2)
    assert row.sign_in_ends_at is not None
    assert abs(row.sign_in_ends_at - now - timedelta(days=5 * 365)) < timedelta(days=2)
    with database.cursor() as cursor:
        cursor.execute("SELECT realm_id, access_token, refresh_token FROM integrations_connection")
        stored = str(cursor.fetchall())
    assert [secret in stored for secret in (row.realm_id, token, row.refresh_token)] == [False] * 3


# Many at once ----------------------------------------------------------------------------------------------


def test_twelve_threads_make_one_refresh(
    connection: Connection, token_calls: TokenCalls, strict: None
) -> None:
    expire_here(connection)

    tokens = run_threads(12, lambda: access_token(connection))

    assert len(set(tokens)) == 1
    assert token_calls.count() == 1


def test_twelve_threads_whose_token_is_refused_make_one_refresh(
    connection: Connection, realm: Realm, token_calls: TokenCalls, strict: None
) -> None:
    for expected in (1, 2, 3):
        realm.expire_tokens()

        assert run_threads(12, lambda: ask(connection)) == [0] * 12
        assert token_calls.count() == expected
    assert reload(connection).status == ConnectionStatus.CONNECTED


def test_four_processes_with_three_threads_make_one_refresh(
    connection: Connection, token_calls: TokenCalls, strict: None
) -> None:
    for expected in (1, 2):
        expire_here(connection)

        tokens = run_processes(4, lambda: run_threads(3, lambda: access_token(connection)))

        assert len({token for found in tokens for token in found}) == 1
        assert token_calls.count() == expected
    assert reload(connection).status == ConnectionStatus.CONNECTED


def test_a_worker_killed_before_it_asked_holds_the_others_up_for_its_lease_only(
    connection: Connection, token_calls: TokenCalls, strict: None, settings: Settings
) -> None:
    settings.QBO_REFRESH_LEASE = 1.0
    expire_here(connection)

    def claim_and_hang() -> None:
        assert claim_refresh(read_row(connection), now=timezone.now())
        time.sleep(60)

    with started(1, claim_and_hang) as (worker,):
        while reload(connection).refresh_claimed_until is None:
            time.sleep(0.02)
        worker.kill()
        worker.join()
    began = time.monotonic()

    tokens = run_threads(4, lambda: access_token(connection))

    assert 0.3 < time.monotonic() - began < 5
    assert (len(set(tokens)), token_calls.count()) == (1, 1)
    assert reload(connection).status == ConnectionStatus.CONNECTED


def test_a_worker_killed_while_intuit_answers_loses_nothing_on_the_same_day(
    connection: Connection, sandbox: Sandbox, settings: Settings, token_calls: TokenCalls
) -> None:
    """Within a day Intuit gives the same refresh token again, so nothing that was lost on the way was
    needed.
    """
    settings.QBO_REFRESH_LEASE = 1.0
    expire_here(connection)
    sandbox.send("POST", "faults", {"action": "slow:2", "operation": "token", "times": 1})

    def ask_and_forget() -> None:
        ask(connection)

    with started(1, ask_and_forget) as (worker,):
        while reload(connection).refresh_claimed_until is None:
            time.sleep(0.02)
        time.sleep(0.2)
        worker.kill()
        worker.join()

    assert ask(connection) == 0
    assert reload(connection).status == ConnectionStatus.CONNECTED
    token_calls.wait_for(2)


# When Intuit says no, or nothing ---------------------------------------------------------------------------


def test_a_revoked_sign_in_asks_once_and_then_says_reconnect(
    connection: Connection, realm: Realm, token_calls: TokenCalls
) -> None:
    realm.revoke_tokens()

    for _ in range(3):
        with pytest.raises(SignInExpired):
            ask(connection)

    row = reload(connection)
    assert (row.status, token_calls.count()) == (ConnectionStatus.RECONNECT_NEEDED, 1)
    assert row.status_reason == "Intuit says that the sign-in has ended."
    assert row.refresh_token == connection.refresh_token
    assert realm.count_requests()["total"] == 1


def test_twelve_threads_learn_of_a_revoked_sign_in_from_one_call(
    connection: Connection, realm: Realm, token_calls: TokenCalls
) -> None:
    realm.revoke_tokens()

    def try_asking() -> str:
        try:
            ask(connection)
        except SignInExpired as error:
            return type(error).__name__
        return "answered"

    assert run_threads(12, try_asking) == ["SignInExpired"] * 12
    assert token_calls.count() == 1


@pytest.mark.parametrize("action", ["500", "503", "429", "html502", "drop_before", "slow:3"])
def test_trouble_at_the_token_endpoint_is_no_revocation(
    connection: Connection, sandbox: Sandbox, settings: Settings, token_calls: TokenCalls, action: str
) -> None:
    settings.QBO_READ_ATTEMPTS = settings.QBO_THROTTLED_ATTEMPTS = 1
    patience, settings.QBO_TOKEN_TIMEOUT = settings.QBO_TOKEN_TIMEOUT, 1.0
    expire_here(connection)
    sandbox.send("POST", "faults", {"action": action, "operation": "token", "times": 1})

    with pytest.raises(Exception, match="code=") as caught:
        ask(connection)

    assert type(caught.value).__name__ == ("Throttled" if action == "429" else "Unreachable")
    row = reload(connection)
    assert (row.status, row.refresh_claimed_until) == (ConnectionStatus.CONNECTED, None)
    settings.QBO_TOKEN_TIMEOUT = patience
    assert ask(connection) == 0
    token_calls.wait_for(2)


def test_a_passing_failure_of_the_token_endpoint_is_not_even_noticed(
    connection: Connection, sandbox: Sandbox, token_calls: TokenCalls
) -> None:
    expire_here(connection)
    sandbox.send("POST", "faults", {"action": "500", "operation": "token", "times": 1})

    assert ask(connection) == 0
    assert token_calls.count() == 2


def test_our_own_wrong_secret_does_not_end_a_sign_in(connection: Connection, settings: Settings) -> None:
    access_token(connection)
    ask(connection)
    expire_here(connection)
    assert ask(connection) == 0  # the stand-in knows the right secret from here on
    settings.QBO_CLIENT_SECRET = "another-secret"
    expire_here(connection)

    with pytest.raises(Exception, match="code=invalid_client"):
        ask(connection)

    assert reload(connection).status == ConnectionStatus.CONNECTED


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>all is well</html>", "status": 200},
        {"json": {}, "status": 200},
        {"json": {"access_token": "a", "token_type": "bearer"}, "status": 200},
        {"json": {"access_token": "a", "token_type": "bearer", "expires_in": 3600, "refresh_token": ""}},
    ],
)
def test_half_an_answer_is_never_stored(canned: Connection, answer: dict[str, Any]) -> None:
    responses.post(TOKEN_URL, **answer)
    expire_here(canned)

    with pytest.raises(Exception, match="code=garbled"):
        access_token(canned)

    row = reload(canned)
    assert (row.refresh_token, row.token_version, row.status) == (
        "refresh-one",
        0,
        ConnectionStatus.CONNECTED,
    )


@responses.activate
def test_the_refusal_of_an_old_token_waits_for_a_slow_predecessor(canned: Connection) -> None:
    """Its lease ran out, but it had the answer: that pair is the living one."""
    change(canned, refresh_claimed_until=timezone.now() - timedelta(seconds=1))
    expire_here(canned)
    responses.post(TOKEN_URL, status=400, json={"error": "invalid_grant"})
    stale = read_row(canned)
    pair = TokenPair("access-two", "refresh-two", timezone.now() + timedelta(hours=1), None, None)

    def store_late() -> None:
        time.sleep(0.5)
        assert store_refreshed(stale, pair)

    late = threading.Thread(target=lambda: run_threads(1, store_late))
    late.start()
    token = access_token(canned)
    late.join()

    assert token == "access-two"
    assert reload(canned).status == ConnectionStatus.CONNECTED


def test_an_older_pair_never_replaces_a_newer_one(canned: Connection) -> None:
    row = read_row(canned)
    hour = timezone.now() + timedelta(hours=1)
    newer = TokenPair("access-two", "refresh-two", hour, None, None)
    older = TokenPair("access-old", "refresh-old", hour, None, None)

    assert (store_refreshed(row, newer), store_refreshed(row, older)) == (True, False)
    assert reload(canned).refresh_token == "refresh-two"


def test_refreshes_are_on_record_with_intuits_id(connection: Connection) -> None:
    expire_here(connection)

    ask(connection)

    with scope(company=connection.company_id):
        refresh, query = Exchange.objects.order_by("pk")
    assert (refresh.operation, refresh.status, refresh.is_metered) == ("refresh", 200, False)
    assert (query.operation, query.entity, query.is_metered) == ("query", "Vendor", True)
    assert all(exchange.intuit_tid.startswith("1-") for exchange in (refresh, query))


def test_unreachable_token_endpoint_after_a_lost_lease_is_told_as_unreachable(
    canned: Connection, settings: Settings
) -> None:
    settings.QBO_REFRESH_LEASE = settings.QBO_TOKEN_TIMEOUT = 0.2
    change(canned, refresh_claimed_until=timezone.now() + timedelta(hours=1))
    expire_here(canned)

    with pytest.raises(Unreachable):
        access_token(canned)
