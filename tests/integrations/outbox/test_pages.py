"""On the way to QuickBooks: what Admins see of it and decide, on pages, in the sync log and through the API."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.gateway import Row
from integrations.mirror import store_documents
from integrations.models import Connection, ConnectionStatus, Push, SyncIssue
from integrations.outbox import Hold, retry_push
from ressio.models import Activity, Company
from tests.support.api import Program
from tests.support.cast import Cast, SignIn

from .desk import Desk


@pytest.fixture
def alice(desk: Desk, cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.alice)


@pytest.fixture
def held(desk: Desk) -> Push:
    push = desk.approve()
    desk.realm.fail_next("fault:6210", operation="create", entity="Bill")
    return desk.send(push)


def url(name: str, **ids: Any) -> str:
    return reverse(name, kwargs={"company": "ridge", **ids})


def read(client: Client, name: str, query: str = "", **ids: Any) -> str:
    return client.get(url(name, **ids) + query).content.decode()


def issues() -> list[tuple[str, bool]]:
    rows = SyncIssue.objects.order_by("pk").values_list("reason", "resolved_at")
    return [(reason, resolved_at is None) for reason, resolved_at in rows]


# The list -------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_open_and_says_what_it_waits_for(
    alice: Client, desk: Desk, held: Push
) -> None:
    desk.approve("A-2")
    unsure = desk.approve("A-3")
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(unsure)
    desk.send(desk.approve("A-4"))

    page = read(alice, "pushes")

    assert page.index("Bill A-1") < page.index("Bill A-2") < page.index("Bill A-3")
    assert "Bill A-4" not in page
    for words in (
        "The books are closed for that date in QuickBooks Online.",
        "QuickBooks did not answer, so it may or may not have this.",
        "It leaves by itself.",
        "Needs attention",
        "Alice",
    ):
        assert words in page
    assert 'hx-trigger="every 5s"' in page
    assert "Bill A-2" not in read(alice, "pushes", "?state=held")
    assert "Bill A-4" in read(alice, "pushes", "?state=done")
    assert "Bill A-1" in read(alice, "pushes", "?kind=no-such-kind&state=nonsense")


def test_it_says_when_it_leaves(alice: Client, desk: Desk) -> None:
    push = desk.approve(not_before=timezone.now() + timedelta(hours=3))
    later = read(alice, "push", push_id=push.pk)
    alice.post(url("pushing-stop"))
    stopped = read(alice, "push", push_id=push.pk)
    alice.post(url("pushing-resume"))
    Connection.objects.update(status=ConnectionStatus.DISCONNECTED)

    assert "It leaves by itself. Not before" in later
    assert "Sending is stopped. It leaves once somebody resumes." in stopped
    assert "It waits until these books are connected again." in read(alice, "push", push_id=push.pk)


def test_the_list_of_a_company_where_nothing_is_pushed(alice: Client) -> None:
    page = read(alice, "pushes")

    assert "Nothing is on its way" in page
    assert "every 5s" not in page


def test_a_push_names_its_thing_where_the_room_has_a_page(
    alice: Client, desk: Desk, held: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    def subject_url(push: Push, company: Company) -> str:
        return f"/c/{company.slug}/bills/{push.subject_id}/"

    monkeypatch.setattr(desk, "subject_url", subject_url, raising=False)

    assert 'href="/c/ridge/bills/A-1/"' in read(alice, "pushes")
    assert 'href="/c/ridge/bills/A-1/"' in read(alice, "push", push_id=held.pk)


# One push -------------------------------------------------------------------------------------------------------


def test_its_page_tells_every_try(alice: Client, desk: Desk, held: Push) -> None:
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    push = desk.send(retry_push(push=held, actor=desk.user, now=timezone.now()))
    unsure = read(alice, "push", push_id=push.pk)
    desk.send(push)
    done = read(alice, "push", push_id=push.pk)

    first, second, third = push.attempts.order_by("number")
    assert (first.fault_code, first.status, second.status, third.status) == ("6210", 400, None, 200)
    assert "There is nothing to decide" in unsure
    assert all(f"<code>{attempt.intuit_tid}</code>" in done for attempt in (first, third))
    assert ("Try again" in unsure, "Do not send" in unsure) == (False, False)
    assert "Open it in QuickBooks" in done


def test_try_again_sends_it_anew(alice: Client, desk: Desk, held: Push) -> None:
    page = read(alice, "push", push_id=held.pk)
    answer = alice.post(url("push-retry", push_id=held.pk), follow=True)

    assert "Code 6210" in page
    assert "is made anew and sent again" in answer.content.decode()
    desk.send(held)
    assert (held.state, desk.bills()) == ("done", [("A-1", 125)])
    assert Activity.objects.get().actor == desk.user


def test_do_not_send(alice: Client, desk: Desk, held: Push) -> None:
    alice.post(url("push-skip", push_id=held.pk))
    again = alice.post(url("push-skip", push_id=held.pk), follow=True)

    held.refresh_from_db()
    assert held.state == "skipped"
    assert "This cannot be skipped now" in again.content.decode()


def enter_by_hand(desk: Desk, *numbers: str) -> list[str]:
    entered = [desk.realm.enter_document("Bill", desk.document(number)) for number in numbers]
    rows = [Row(bill, json.dumps(bill, default=str)) for bill in entered]
    store_documents(desk.connection, "Bill", rows, now=timezone.now())
    return [str(bill["Id"]) for bill in entered]


def test_link_to_a_document_that_is_nobodys(alice: Client, desk: Desk, held: Push) -> None:
    sent = desk.send(desk.approve("A-2"))
    by_hand, other = enter_by_hand(desk, "By-hand-1", "By-hand-2")

    page = read(alice, "push-link", push_id=held.pk)
    found = read(alice, "push-link", "?q=hand-2", push_id=held.pk)
    taken = alice.post(url("push-link", push_id=held.pk), {"document": sent.quickbooks_id}, follow=True)
    alice.post(url("push-link", push_id=held.pk), {"document": by_hand})

    assert [f'value="{choice}"' in page for choice in (by_hand, other, sent.quickbooks_id)] == [
        True,
        True,
        False,
    ]
    assert [f'value="{choice}"' in found for choice in (by_hand, other)] == [False, True]
    assert "That document is Bill A-2." in taken.content.decode()
    held.refresh_from_db()
    assert (held.state, held.quickbooks_id) == ("done", by_hand)


def test_the_room_may_propose_documents(
    alice: Client, desk: Desk, held: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand, other = enter_by_hand(desk, "By-hand-1", "By-hand-2")
    proposed = [(other, "Same vendor and amount"), ("987654", "Not here")]
    monkeypatch.setattr(desk, "candidates", lambda push: proposed, raising=False)

    page = read(alice, "push-link", push_id=held.pk)

    assert "Same vendor and amount" in page
    assert [f'value="{choice}"' in page for choice in (by_hand, other, "987654")] == [False, True, False]


# The switch -----------------------------------------------------------------------------------------------------


def test_stopped_it_says_so_on_every_page_until_resumed(
    alice: Client, desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    push = desk.approve()
    banner = "Sending to QuickBooks is stopped for"
    asked = read(alice, "pushes")
    alice.post(url("pushing-stop"))
    desk.send(push)
    stopped = (push.state, read(alice, "projects"), read(alice, "pushes"))
    bob_sees = read(sign_in(cast.bob), "projects")
    alice.post(url("pushing-resume"))
    desk.send(push)

    assert "1 thing that waits stays here" in asked
    assert stopped[0] == "waiting"
    assert [page.count(banner) for page in stopped[1:]] == [1, 1]
    assert (banner in bob_sees, "An Admin can resume it." in bob_sees) == (True, True)
    assert banner not in read(alice, "projects")
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


# The sync log ---------------------------------------------------------------------------------------------------


def test_what_is_held_stands_in_the_sync_log_until_it_is_not(alice: Client, desk: Desk, held: Push) -> None:
    log = read(alice, "sync-log")
    refused = issues()
    desk.objection = Hold("vendor_not_linked", "Link the vendor first.")
    desk.send(retry_push(push=held, actor=desk.user, now=timezone.now()))
    other_reason = issues()
    desk.objection = None
    desk.send(retry_push(push=held, actor=desk.user, now=timezone.now()))

    assert "Bill A-1 is not sent to QuickBooks until you decide." in log
    assert f'href="{url("push", push_id=held.pk)}"' in log
    assert "1 needs attention" in log
    assert refused == [("push_6210", True)]
    assert other_reason == [("push_6210", False), ("push_vendor_not_linked", True)]
    assert issues() == [("push_6210", False), ("push_vendor_not_linked", False)]


@pytest.mark.parametrize("how", ["skip", "link"])
def test_the_issue_closes_when_somebody_decides(alice: Client, desk: Desk, held: Push, how: str) -> None:
    (by_hand,) = enter_by_hand(desk, "By-hand")

    alice.post(url(f"push-{how}", push_id=held.pk), {"document": by_hand})

    assert issues() == [("push_6210", False)]


def test_the_room_says_what_is_held_up_in_dollars(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "amount", lambda push: Decimal("125.00"), raising=False)
    desk.objection = Hold("vendor_not_linked", "Link the vendor first.")
    desk.send(desk.approve("A-1"))
    monkeypatch.setattr(desk, "amount", lambda push: Decimal("x"), raising=False)
    desk.send(desk.approve("A-2"))

    assert list(SyncIssue.objects.order_by("pk").values_list("amount", flat=True)) == [
        Decimal(125),
        Decimal(0),
    ]


def test_an_item_of_a_batch_that_is_held_is_an_issue_too(desk: Desk) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("fault:6000", operation="create", entity="Bill")

    desk.send_many()

    assert issues() == [("push_6000", True)]


# The API --------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(desk: Desk, cast: Cast) -> Program:
    cache.clear()
    return Program(cast.alice)


def test_programs_follow_and_decide(program: Program, desk: Desk, held: Push) -> None:
    desk.send(desk.approve("A-2"))

    listed = program.get("quickbooks/pushes", state="held").body
    one = program.get(f"quickbooks/pushes/{held.pk}").body
    retried = program.post(f"quickbooks/pushes/{held.pk}/retry")
    desk.send(held)
    refused = program.post(f"quickbooks/pushes/{held.pk}/skip")

    assert [(row["id"], row["code"], row["state"]) for row in listed["results"]] == [
        (held.pk, "6210", "held")
    ]
    assert one["sentence"] == "The books are closed for that date in QuickBooks Online."
    assert [(row["number"], row["outcome"], row["status"]) for row in one["attempts"]] == [(1, "held", 400)]
    assert (retried.status, retried.body["state"]) == (200, "waiting")
    assert (refused.status, refused.body["detail"]) == (409, "This cannot be skipped now: in quickbooks.")
    assert program.get("quickbooks/pushes", state="done").body["count"] == 2
    assert program.get("quickbooks/pushes", state="nonsense").status == 400


def test_programs_link_and_skip(program: Program, desk: Desk, held: Push) -> None:
    (by_hand,) = enter_by_hand(desk, "By-hand")
    other = desk.approve("A-2")

    unknown = program.post(f"quickbooks/pushes/{held.pk}/link", quickbooks_id="987654")
    linked = program.post(f"quickbooks/pushes/{held.pk}/link", quickbooks_id=by_hand)
    skipped = program.post(f"quickbooks/pushes/{other.pk}/skip")

    assert (unknown.status, linked.status) == (409, 200)
    assert (linked.body["state"], linked.body["was_adopted"]) == ("done", True)
    assert (skipped.body["state"], desk.bills()) == ("skipped", [("By-hand", 125)])


def test_programs_stop_and_resume(program: Program, desk: Desk) -> None:
    before = program.get("quickbooks/pushing").body
    stopped = program.put("quickbooks/pushing", is_stopped=True).body
    push = desk.send(desk.approve())
    program.put("quickbooks/pushing", is_stopped=False)

    assert (before, stopped, push.state) == ({"is_stopped": False}, {"is_stopped": True}, "waiting")
    assert desk.send(push).state == "done"
