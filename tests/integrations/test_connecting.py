"""Connect, refuse, reconnect, change books, disconnect: a browser, the stand-in as Intuit, and our pages."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from integrations.connecting import cancel_stale_switches
from integrations.gateway import Gateway, SignInExpired
from integrations.models import (
    ConnectAttempt,
    Connection,
    ConnectionStatus,
    CostCodeLink,
    ProjectLink,
    RunKind,
    RunStatus,
    RunTrigger,
    SyncRun,
)
from ressio.models import Activity, Company, Role, TeamMember
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.quickbooks import CLIENT_ID, connect, use_sandbox
from tests.support.sandbox import Realm, Sandbox
from tests.support.trip import come_back, connect_through_intuit, consent, read_query, set_out


@pytest.fixture(autouse=True)
def at_intuit(settings: Settings, sandbox: Sandbox) -> None:
    use_sandbox(settings, sandbox)


@pytest.fixture
def alice(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.alice)


@pytest.fixture
def other_realm(sandbox: Sandbox) -> Any:
    books = sandbox.open_company()
    yield books
    books.close()


@pytest.fixture
def token_calls(sandbox: Sandbox) -> Any:
    def count() -> int:
        return int(sandbox.send("GET", "requests")["operations"].get("token", 0))

    before = count()
    return lambda: count() - before


def page_of(company: Company, name: str = "quickbooks") -> str:
    return reverse(name, args=[company.slug])


def words_of(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def rows_of(company: Company) -> list[Connection]:
    with scope(company=company):
        return list(Connection.objects.order_by("pk"))


def link_something(cast: Cast, connection: Connection) -> None:
    with scope(company=cast.ridge):
        common = {"company": cast.ridge, "connection": connection}
        ProjectLink.objects.create(**common, project=cast.ridge_house, customer_ref="1")
        CostCodeLink.objects.create(**common, cost_code=cast.framing, item_ref="2")


def assert_empty_redirect(response: Any, to: str) -> None:
    """Q22: nothing in the answer, and none of the parameters in the address."""
    assert (response.status_code, response.content) == (302, b"")
    assert response.headers["Location"] == to


# There and back ---------------------------------------------------------------------------------------------


def test_the_way_to_intuit_asks_for_the_least_and_nothing_else(
    alice: Client, cast: Cast, sandbox: Sandbox
) -> None:
    url = set_out(alice, cast.ridge)

    query = read_query(url)
    state = query.pop("state")
    assert url.startswith(f"{sandbox.base_url}/connect/oauth2?")
    assert query == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "http://testserver/quickbooks/callback/",
        "scope": "com.intuit.quickbooks.accounting",
    }
    assert len(state) >= 40
    with scope(company=cast.ridge):
        assert state not in str(ConnectAttempt.objects.values_list())


def test_connecting_stores_reads_the_name_and_starts_the_first_sync(
    alice: Client, cast: Cast, realm: Realm
) -> None:
    response = connect_through_intuit(alice, cast.ridge, realm)

    assert_empty_redirect(response, page_of(cast.ridge))
    (row,) = rows_of(cast.ridge)
    name = row.books_name
    assert name
    assert words_of(response) == [f"Connected to {name}. The first sync has been started."]
    assert (row.realm_id, row.status, row.is_current) == (realm.id, ConnectionStatus.CONNECTED, True)
    assert row.connected_by == cast.alice.user
    assert row.sign_in_ends_at is not None
    with scope(company=cast.ridge):
        run = SyncRun.objects.get()
        activity = Activity.objects.filter(verb="connected QuickBooks Online").get()
        assert Gateway(row).count("Vendor") == 0
    assert (run.kind, run.trigger, run.connection_id) == (RunKind.ALL, RunTrigger.CONNECT, row.pk)
    assert (activity.actor, activity.subject_label) == (cast.alice.user, name)


def test_connect_shows_before_and_disconnect_after(alice: Client, cast: Cast, realm: Realm) -> None:
    before = alice.get(page_of(cast.ridge)).content.decode()
    connect_through_intuit(alice, cast.ridge, realm)
    after = alice.get(page_of(cast.ridge)).content.decode()

    connect_form, disconnect = (
        page_of(cast.ridge, "quickbooks-connect"),
        page_of(cast.ridge, "quickbooks-disconnect"),
    )
    assert [connect_form in before, disconnect in before] == [True, False]
    assert [connect_form in after, disconnect in after] == [False, True]
    assert "QuickBooks Desktop is not supported" in before
    assert realm.id not in after


def test_pressing_cancel_at_intuit_changes_nothing(
    alice: Client, cast: Cast, realm: Realm, token_calls: Any
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge), decision="cancel")

    response = come_back(alice, callback)

    assert_empty_redirect(response, page_of(cast.ridge))
    assert words_of(response) == [
        "You cancelled at Intuit. QuickBooks was not connected and nothing was changed."
    ]
    assert (rows_of(cast.ridge), token_calls()) == ([], 0)


def test_what_intuit_writes_into_an_error_is_not_shown(alice: Client, cast: Cast, realm: Realm) -> None:
    state = read_query(set_out(alice, cast.ridge))["state"]

    response = come_back(alice, "/quickbooks/callback/?error=x", error="<script>evil</script>", state=state)

    assert_empty_redirect(response, page_of(cast.ridge))
    assert words_of(response) == ["Intuit did not connect QuickBooks. Nothing was changed; please try again."]


# The state (Q20) --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "invented", "<script>"])
def test_an_invented_state_is_refused_without_asking_intuit(
    alice: Client, cast: Cast, realm: Realm, token_calls: Any, state: str
) -> None:
    response = connect_through_intuit(alice, cast.ridge, realm, state=state)

    assert_refused_state(response, cast, token_calls)


def assert_refused_state(response: Any, cast: Cast, token_calls: Any) -> None:
    assert_empty_redirect(response, reverse("quickbooks-launch"))
    assert len(words_of(response)) == 1
    assert "does not belong to a connection you began in this browser" in words_of(response)[0]
    assert (rows_of(cast.ridge), rows_of(cast.summit), token_calls()) == ([], [], 0)


def test_the_state_of_another_session_is_refused(
    alice: Client, cast: Cast, realm: Realm, sign_in: SignIn, token_calls: Any
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))

    response = come_back(sign_in(cast.alice), callback)

    assert_refused_state(response, cast, token_calls)


def test_the_state_of_another_person_is_refused(
    alice: Client, cast: Cast, realm: Realm, sign_in: SignIn, token_calls: Any
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))

    response = come_back(sign_in(cast.charlie), callback)

    assert_refused_state(response, cast, token_calls)


def test_an_old_state_is_refused(alice: Client, cast: Cast, realm: Realm, token_calls: Any) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))
    with scope(company=cast.ridge):
        ConnectAttempt.objects.update(started_at=timezone.now() - timedelta(minutes=10, seconds=1))

    response = come_back(alice, callback)

    assert_refused_state(response, cast, token_calls)


def test_a_state_counts_once(alice: Client, cast: Cast, realm: Realm, token_calls: Any) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))
    come_back(alice, callback)

    again = come_back(alice, callback)

    assert_empty_redirect(again, reverse("quickbooks-launch"))
    assert token_calls() == 1
    assert len(rows_of(cast.ridge)) == 1


def test_without_a_session_it_leads_to_signing_in(
    client: Client, alice: Client, cast: Cast, realm: Realm
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))

    response = come_back(client, callback)

    assert_empty_redirect(response, "/sign-in/?next=/quickbooks/launch/")


# What can go wrong on the way back --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": ""}, "Intuit's answer was incomplete."),
        ({"realmId": ""}, "Intuit's answer was incomplete."),
        ({"realmId": "12/../34"}, "Intuit's answer was incomplete."),
        ({"code": "invented"}, "Intuit did not accept the sign-in."),
    ],
)
def test_half_an_answer_stores_nothing(
    alice: Client, cast: Cast, realm: Realm, changed: dict[str, str], words: str
) -> None:
    response = connect_through_intuit(alice, cast.ridge, realm, **changed)

    assert_empty_redirect(response, page_of(cast.ridge))
    assert words_of(response) == [f"{words} Nothing was changed. Please press Connect to QuickBooks again."]
    assert rows_of(cast.ridge) == []


def test_a_realm_that_the_token_does_not_open_is_refused(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    """Somebody who writes another company's realm into the address must not get hold of it."""
    response = connect_through_intuit(alice, cast.ridge, realm, realmId=other_realm.id)

    assert_empty_redirect(response, page_of(cast.ridge))
    assert words_of(response) == [
        "Intuit did not confirm access to this QuickBooks company. Nothing was changed. Please try again."
    ]
    assert rows_of(cast.ridge) == []


@pytest.mark.parametrize("operation", ["token", "read"])
def test_intuit_being_down_is_told_and_nothing_is_stored(
    alice: Client, cast: Cast, realm: Realm, sandbox: Sandbox, operation: str
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))
    sandbox.send("POST", "faults", {"action": "503", "operation": operation, "times": 2})

    response = come_back(alice, callback)
    sandbox.send("DELETE", "faults")

    assert_empty_redirect(response, page_of(cast.ridge))
    assert words_of(response) == [
        "QuickBooks could not be connected. QuickBooks Online did not answer. Nothing is lost; try again in a "
        "few minutes."
    ]
    assert rows_of(cast.ridge) == []


def test_even_a_fault_of_ours_answers_without_a_page(
    alice: Client, cast: Cast, realm: Realm, settings: Settings
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))
    settings.TOKEN_ENCRYPTION_KEYS = []

    response = come_back(alice, callback)

    assert_empty_redirect(response, reverse("quickbooks-launch"))
    assert words_of(response) == [
        "Something went wrong while connecting QuickBooks. Please try again, or write to support."
    ]


def test_somebody_who_is_no_admin_any_more_cannot_finish(
    alice: Client, cast: Cast, realm: Realm, token_calls: Any
) -> None:
    callback = consent(realm, set_out(alice, cast.ridge))
    with scope(company=cast.ridge):
        TeamMember.objects.filter(pk=cast.alice.pk).update(role=Role.TEAM_MEMBER)

    response = come_back(alice, callback)

    assert words_of(response) == ["Only an Admin of the company can connect QuickBooks. Nothing was changed."]
    assert (rows_of(cast.ridge), token_calls()) == ([], 0)


def test_books_of_another_company_are_refused_and_theirs_go_on(
    alice: Client, cast: Cast, realm: Realm, token_calls: Any
) -> None:
    theirs = connect(realm, cast.summit, user=cast.charlie.user)

    response = connect_through_intuit(alice, cast.ridge, realm)

    assert_empty_redirect(response, page_of(cast.ridge))
    assert "already connected to another company in Ressio" in words_of(response)[0]
    assert (rows_of(cast.ridge), token_calls()) == ([], 0)
    assert Gateway(theirs).count("Vendor") == 0


def test_books_that_another_company_gave_back_can_be_connected(
    alice: Client, cast: Cast, realm: Realm
) -> None:
    theirs = connect(realm, cast.summit)
    with scope(company=cast.summit):
        Connection.objects.filter(pk=theirs.pk).update(status=ConnectionStatus.DISCONNECTED)

    connect_through_intuit(alice, cast.ridge, realm)

    assert [row.status for row in rows_of(cast.ridge)] == [ConnectionStatus.CONNECTED]


# Reconnecting (Q36) -----------------------------------------------------------------------------------------


def test_the_same_books_resume_where_they_stopped(alice: Client, cast: Cast, realm: Realm) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    (first,) = rows_of(cast.ridge)
    link_something(cast, first)
    realm.revoke_tokens()
    with pytest.raises(SignInExpired):
        Gateway(first).count("Vendor")
    assert rows_of(cast.ridge)[0].status == ConnectionStatus.RECONNECT_NEEDED

    response = connect_through_intuit(alice, cast.ridge, realm)

    assert_empty_redirect(response, page_of(cast.ridge))
    (row,) = rows_of(cast.ridge)
    assert (row.pk, row.status, row.status_reason) == (first.pk, ConnectionStatus.CONNECTED, "")
    with scope(company=cast.ridge):
        assert ProjectLink.objects.get().connection_id == row.pk
        assert Gateway(row).count("Vendor") == 0


def test_other_books_are_asked_about_in_numbers_and_nothing_is_switched(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    link_something(cast, rows_of(cast.ridge)[0])

    response = connect_through_intuit(alice, cast.ridge, other_realm)

    assert_empty_redirect(response, page_of(cast.ridge, "quickbooks-switch"))
    old, pending = rows_of(cast.ridge)
    assert (old.is_current, old.status) == (True, ConnectionStatus.CONNECTED)
    assert (pending.is_current, pending.status) == (False, ConnectionStatus.PENDING)
    text = " ".join(alice.get(page_of(cast.ridge, "quickbooks-switch")).content.decode().split())
    assert "1 linked project, 1 cost code, 0 vendors, 0 team members and 0 project numbers stay with" in text
    with scope(company=cast.ridge):
        assert Gateway(old).count("Vendor") == 0
        assert SyncRun.objects.count() == 1


def test_saying_yes_parks_the_old_links_and_ends_the_old_authorization(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    old = rows_of(cast.ridge)[0]
    link_something(cast, old)
    connect_through_intuit(alice, cast.ridge, other_realm)

    response = alice.post(page_of(cast.ridge, "quickbooks-switch"), {"switch": "yes"})

    assert response.headers["Location"] == page_of(cast.ridge)
    parked, new = rows_of(cast.ridge)
    assert (parked.is_current, parked.status, parked.refresh_token) == (
        False,
        ConnectionStatus.DISCONNECTED,
        "",
    )
    assert (new.is_current, new.status, new.realm_id) == (True, ConnectionStatus.CONNECTED, other_realm.id)
    with scope(company=cast.ridge):
        assert ProjectLink.objects.get().connection_id == parked.pk
        assert Gateway(new).count("Vendor") == 0
        runs = list(SyncRun.objects.order_by("pk").values_list("connection", "status"))
    assert runs == [(parked.pk, RunStatus.FAILED), (new.pk, RunStatus.QUEUED)]
    assert is_token_dead(realm, old.access_token)


def is_token_dead(realm: Realm, token: str) -> bool:
    """By asking the stand-in with it."""
    url = f"{realm.sandbox.base_url}/v3/company/{realm.id}/companyinfo/{realm.id}"
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code == 401


def test_other_books_are_asked_about_even_before_anything_is_linked(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)

    response = connect_through_intuit(alice, cast.ridge, other_realm)

    assert_empty_redirect(response, page_of(cast.ridge, "quickbooks-switch"))
    assert [row.is_current for row in rows_of(cast.ridge)] == [True, False]
    text = alice.get(page_of(cast.ridge, "quickbooks-switch")).content.decode()
    assert "Nothing is linked to" in text


def test_saying_no_leaves_all_as_it_was(alice: Client, cast: Cast, realm: Realm, other_realm: Realm) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    link_something(cast, rows_of(cast.ridge)[0])
    connect_through_intuit(alice, cast.ridge, other_realm)
    new_token = rows_of(cast.ridge)[1].access_token

    alice.post(page_of(cast.ridge, "quickbooks-switch"), {"keep": "yes"})

    kept, refused = rows_of(cast.ridge)
    assert (kept.is_current, kept.status) == (True, ConnectionStatus.CONNECTED)
    assert (refused.is_current, refused.status, refused.refresh_token) == (
        False,
        ConnectionStatus.DISCONNECTED,
        "",
    )
    assert is_token_dead(other_realm, new_token)
    with scope(company=cast.ridge):
        assert Gateway(kept).count("Vendor") == 0


def test_a_question_nobody_answers_is_withdrawn_after_a_day(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    link_something(cast, rows_of(cast.ridge)[0])
    connect_through_intuit(alice, cast.ridge, other_realm)
    pending = rows_of(cast.ridge)[1]
    now = timezone.now()

    withdrawn = [cancel_stale_switches(now=now + timedelta(hours=hours)) for hours in (23, 25, 26)]

    assert withdrawn == [0, 1, 0]
    assert rows_of(cast.ridge)[1].status == ConnectionStatus.DISCONNECTED
    assert is_token_dead(other_realm, pending.access_token)


def test_going_back_to_the_first_books_finds_their_links_again(
    alice: Client, cast: Cast, realm: Realm, other_realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    link_something(cast, rows_of(cast.ridge)[0])
    connect_through_intuit(alice, cast.ridge, other_realm)
    alice.post(page_of(cast.ridge, "quickbooks-switch"), {"switch": "yes"})

    connect_through_intuit(alice, cast.ridge, realm)
    text = " ".join(alice.get(page_of(cast.ridge, "quickbooks-switch")).content.decode().split())
    assert "2 links made earlier with" in text
    alice.post(page_of(cast.ridge, "quickbooks-switch"), {"switch": "yes"})

    first, second = rows_of(cast.ridge)
    assert (first.is_current, second.is_current) == (True, False)
    with scope(company=cast.ridge):
        assert ProjectLink.objects.get().connection_id == first.pk


# Disconnecting (Q35) ----------------------------------------------------------------------------------------


def test_looking_at_the_question_changes_nothing(alice: Client, cast: Cast, realm: Realm) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    link_something(cast, rows_of(cast.ridge)[0])

    text = " ".join(alice.get(page_of(cast.ridge, "quickbooks-disconnect")).content.decode().split())

    assert "1 linked project, 1 cost code" in text
    assert "The sync that is going on now is stopped." in text
    assert rows_of(cast.ridge)[0].status == ConnectionStatus.CONNECTED


def test_disconnecting_ends_it_on_both_sides_and_keeps_what_was_linked(
    alice: Client, cast: Cast, realm: Realm
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    before = rows_of(cast.ridge)[0]
    link_something(cast, before)

    response = alice.post(page_of(cast.ridge, "quickbooks-disconnect"))

    assert words_of(response)[-1].startswith("QuickBooks is disconnected. Links, settings and costs are kept")
    (row,) = rows_of(cast.ridge)
    assert (row.status, row.is_current, row.access_token, row.refresh_token) == (
        ConnectionStatus.DISCONNECTED,
        True,
        "",
        "",
    )
    assert is_token_dead(realm, before.access_token)
    with scope(company=cast.ridge):
        run = SyncRun.objects.get()
        assert ProjectLink.objects.count() == 1
        assert Activity.objects.filter(verb="disconnected QuickBooks Online").count() == 1
        with pytest.raises(SignInExpired):
            Gateway(row).count("Vendor")
    assert (run.status, run.error_code) == (RunStatus.FAILED, "disconnected")
    assert "nothing is lost" in run.error


def test_when_intuit_cannot_be_told_it_ends_here_and_says_so(
    alice: Client, cast: Cast, realm: Realm, sandbox: Sandbox
) -> None:
    connect_through_intuit(alice, cast.ridge, realm)
    sandbox.send("POST", "faults", {"action": "503", "operation": "revoke", "times": 1})

    response = alice.post(page_of(cast.ridge, "quickbooks-disconnect"))

    assert words_of(response)[-1].startswith("QuickBooks is disconnected here. Intuit could not be told")
    assert rows_of(cast.ridge)[0].status == ConnectionStatus.DISCONNECTED


# Who may, and automatic sync --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["quickbooks-connect", "quickbooks-disconnect", "quickbooks-switch", "quickbooks-automatic-sync"],
)
def test_only_admins_of_the_company(cast: Cast, sign_in: SignIn, name: str) -> None:
    url = page_of(cast.ridge, name)

    answers = [sign_in(member).post(url).status_code for member in (cast.bob, cast.fred, cast.charlie)]

    assert answers == [403, 403, 404]


def test_connecting_is_not_a_link_that_can_be_followed(alice: Client, cast: Cast) -> None:
    assert alice.get(page_of(cast.ridge, "quickbooks-connect")).status_code == 405


def test_how_often_costs_are_read_is_chosen_and_recorded(alice: Client, cast: Cast, realm: Realm) -> None:
    connect(realm, cast.ridge)

    alice.post(page_of(cast.ridge, "quickbooks-automatic-sync"), {"automatic_sync": "hourly"})
    alice.post(page_of(cast.ridge, "quickbooks-automatic-sync"), {"automatic_sync": "every second"})

    assert [row.automatic_sync for row in rows_of(cast.ridge)] == ["hourly"]
    with scope(company=cast.ridge):
        activity = Activity.objects.get(verb="changed automatic sync")
    assert activity.changes == {
        "automatic_sync": ["Only when somebody presses Sync", "Every hour"],
    }
