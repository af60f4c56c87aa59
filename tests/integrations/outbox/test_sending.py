"""One approval, one document in QuickBooks: whatever is cut, killed, lost or repeated on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.connecting import confirm_switch, switch_to
from integrations.gateway import Gateway, Row
from integrations.mirror import store_documents
from integrations.models import Connection, ConnectionStatus, Document, Push, PushOperation, PushState
from integrations.outbox import (
    Hold,
    last_push,
    open_pushes,
    perform_push,
    perform_push_batch,
    retry_push,
    stop_pushing,
    sweep_pushes,
)
from integrations.outbox.claims import claim_push
from integrations.outbox.sending import TryLog, complete_push
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import CLIENT_ID, make_connection, read_tokens
from tests.support.sandbox import Sandbox
from tests.support.workers import run_threads

from .desk import KIND, Desk, die_while_sending, make_due


def tries(push: Push) -> list[tuple[int, str, str]]:
    return [
        (attempt.number, attempt.outcome, attempt.fault_code) for attempt in push.attempts.order_by("number")
    ]


def test_an_approval_becomes_one_document_that_is_mirrored_at_once(desk: Desk) -> None:
    push = desk.send(desk.approve())

    document = Document.objects.get(entity="Bill")
    assert desk.bills() == [("A-1", 125)]
    assert (push.state, push.quickbooks_id, push.was_adopted) == ("done", document.quickbooks_id, False)
    assert document.data["Balance"] == 125
    assert desk.recorded == [("A-1", document.quickbooks_id)]
    assert tries(push) == [(1, "done", "")]
    attempt = push.attempts.get()
    assert (attempt.status, attempt.intuit_tid[:2], attempt.milliseconds is not None) == (200, "1-", True)


def test_approving_twice_is_one_push(desk: Desk) -> None:
    first, second = desk.approve(), desk.approve()

    desk.send(first)
    desk.send(second)

    assert first.pk == second.pk
    assert desk.bills() == [("A-1", 125)]
    assert tries(first) == [(1, "done", "")]


def test_doubled_wake_ups_send_once(desk: Desk, cast: Cast) -> None:
    push = desk.approve()

    def wake() -> None:
        with scope(company=cast.ridge):
            perform_push(push.pk)

    run_threads(4, wake)

    push.refresh_from_db()
    assert desk.bills() == [("A-1", 125)]
    assert tries(push) == [(1, "done", "")]


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [("drop_before", False), ("drop_after", True), ("500", False), ("html502", False), ("503", False)],
)
def test_no_answer_is_a_state_of_its_own_and_the_same_request_goes_out_again(
    desk: Desk, fault: str, is_done: bool
) -> None:
    push = desk.approve()
    desk.realm.fail_next(fault, operation="create", entity="Bill")

    desk.send(push)
    unsure = (push.state, bool(desk.bills()), push.payload)
    desk.amount = 999  # what the row says now must not matter: the bytes are frozen
    desk.send(push)

    assert unsure == ("unknown", is_done, push.payload)
    assert push.state == "done"
    assert desk.bills() == [("A-1", 125)]
    assert [outcome for _, outcome, _ in tries(push)] == ["unknown", "done"]
    assert list(push.attempts.values_list("request_id", flat=True).distinct()) == [push.request_id]


def test_nothing_is_sent_again_before_intuit_has_given_up(desk: Desk, settings: Settings) -> None:
    settings.QBO_WRITE_SETTLES = 125.0
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")

    desk.send(push)
    desk.send(push)
    early = tries(push)
    wait = (push.next_try_at - timezone.now()).total_seconds()
    make_due(push)
    desk.send(push)

    assert [outcome for _, outcome, _ in early] == ["unknown"]
    assert 100 < wait <= 125
    assert push.state == "done"
    assert desk.bills() == [("A-1", 125)]


def kill_before_the_request(push: Push) -> None:
    claim_push(push.pk, now=timezone.now())


def kill_after_the_request(push: Push) -> None:
    claim_push(push.pk, now=timezone.now())
    push.refresh_from_db()
    Gateway(push.connection).create("Bill", push.payload.encode(), request_id=push.request_id)


@pytest.mark.parametrize("kill", [kill_before_the_request, kill_after_the_request])
def test_a_dead_worker_is_noticed_and_its_push_taken_up(desk: Desk, kill: Callable[[Push], Any]) -> None:
    push = desk.approve()
    kill(push)

    alive = sweep_pushes(now=timezone.now())
    die_while_sending(push)
    woken = sweep_pushes(now=timezone.now() + timedelta(seconds=1))
    desk.send(push)

    assert (alive, woken) == ([], [push.pk])
    assert push.state == "done"
    assert desk.bills() == [("A-1", 125)]
    assert tries(push) == [(1, "", ""), (2, "done", "")]


def test_a_late_worker_writes_nothing(desk: Desk) -> None:
    push = desk.approve()
    claimed = claim_push(push.pk, now=timezone.now())
    assert claimed is not None
    late, _ = claimed
    row = Gateway(late.connection).create("Bill", late.payload.encode(), request_id=late.request_id)
    die_while_sending(push)
    sweep_pushes(now=timezone.now() + timedelta(seconds=1))
    make_due(push)
    successor = claim_push(push.pk, now=timezone.now())
    assert successor is not None

    complete_push(late, row, was_adopted=False, log=TryLog(), now=timezone.now())
    push.refresh_from_db()
    meanwhile = (push.state, list(desk.recorded))
    complete_push(successor[0], row, was_adopted=False, log=TryLog(), now=timezone.now())

    assert meanwhile == ("sending", [])
    assert desk.recorded == [("A-1", row.data["Id"])]
    assert desk.bills() == [("A-1", 125)]


def test_when_a_repeat_is_no_longer_trusted_the_document_is_looked_for_first(
    desk: Desk, settings: Settings
) -> None:
    settings.QBO_REPLAY_TRUSTED = -1.0
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(push)
    desk.realm.forget_replays()

    desk.send(push)

    assert (push.state, push.was_adopted) == ("done", True)
    assert desk.bills() == [("A-1", 125)]
    assert Document.objects.filter(entity="Bill").count() == 1


def test_a_refusal_after_an_unknown_outcome_finds_what_the_first_try_made(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(push)
    desk.realm.fail_next("fault:6140", operation="create", entity="Bill")

    desk.send(push)

    assert (push.state, push.was_adopted) == ("done", True)
    assert desk.bills() == [("A-1", 125)]


def test_the_same_id_in_flight_is_no_refusal(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("fault:600", operation="create", entity="Bill")

    desk.send(push)
    unsure = (push.state, push.is_in_doubt)
    desk.send(push)

    assert unsure == ("unknown", True)
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


def test_429_leaves_it_waiting(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("429", operation="create", entity="Bill")

    desk.send(push)
    waiting = (push.state, push.next_try_at > timezone.now())
    make_due(push)
    desk.send(push)

    assert waiting == ("waiting", True)
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


def test_429_after_an_unknown_outcome_stays_unknown(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(push)
    desk.realm.fail_next("429", operation="create", entity="Bill")

    desk.send(push)

    assert push.state == "unknown"


def test_an_expired_token_is_renewed_on_the_way(desk: Desk) -> None:
    desk.realm.expire_tokens()

    push = desk.send(desk.approve())

    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


def test_a_revoked_sign_in_loses_nothing(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.revoke_tokens()

    desk.send(push)

    desk.connection.refresh_from_db()
    assert desk.connection.status == ConnectionStatus.RECONNECT_NEEDED
    assert push.state == "waiting"
    make_due(push)
    assert sweep_pushes(now=timezone.now()) == []


def test_a_refusal_is_held_with_its_code(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("fault:6210", operation="create", entity="Bill")

    desk.send(push)

    assert (push.state, push.hold_code, desk.bills()) == ("held", "6210", [])
    assert push.hold_sentence == "The books are closed for that date in QuickBooks Online."
    assert tries(push) == [(1, "held", "6210")]
    assert (push.attempts.get().status, push.attempts.get().intuit_tid[:2]) == (400, "1-")


def test_what_the_builder_objects_to_never_leaves(desk: Desk) -> None:
    desk.objection = Hold("vendor_not_linked", "Link the vendor first.")
    push = desk.approve()
    desk.realm.forget_requests()

    desk.send(push)

    assert (push.state, push.hold_code, push.payload, tries(push)) == ("held", "vendor_not_linked", "", [])
    assert desk.bills() == []


def test_a_builder_that_breaks_holds_the_push_and_says_so(desk: Desk) -> None:
    desk.objection = ZeroDivisionError()
    push = desk.send(desk.approve())
    held = (push.state, push.hold_code, push.hold_sentence[:19], tries(push), desk.bills())
    desk.objection = None

    desk.send(retry_push(push=push, actor=desk.user, now=timezone.now()))

    assert held == ("held", "internal", "Ressio failed here,", [], [])
    push.refresh_from_db()
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


def test_the_kill_switch_stops_everything_that_has_not_left(desk: Desk) -> None:
    push = desk.approve()
    stop_pushing(connection=desk.connection, actor=desk.user)

    desk.send(push)

    assert (push.state, tries(push), desk.bills()) == ("waiting", [], [])
    assert sweep_pushes(now=timezone.now()) == []


def test_one_that_is_refused_blocks_no_other(desk: Desk) -> None:
    first, second = desk.approve("A-1"), desk.approve("A-2")
    desk.realm.fail_next("fault:6000", operation="create", entity="Bill")

    desk.send(first)
    desk.send(second)

    assert (first.state, second.state, desk.bills()) == ("held", "done", [("A-2", 125)])


def test_deleting_leaves_a_tombstone_and_a_second_try_is_content(desk: Desk) -> None:
    made = desk.send(desk.approve())
    gone = desk.approve(operation=PushOperation.DELETE, quickbooks_id=made.quickbooks_id)
    desk.realm.fail_next("drop_after", operation="delete", entity="Bill")

    desk.send(gone)
    unsure = gone.state
    desk.send(gone)

    assert (unsure, gone.state, desk.bills()) == ("unknown", "done", [])
    assert Document.objects.get(entity="Bill").deleted_at is not None


def test_a_lost_wake_up_costs_a_sweep(desk: Desk) -> None:
    push = desk.approve()

    assert sweep_pushes(now=timezone.now()) == [push.pk]


def test_the_sweep_reaches_every_company_and_each_sends_into_its_own_books(desk: Desk, cast: Cast) -> None:
    push = desk.approve()

    with scope(company=cast.summit):
        perform_push(push.pk)
        assert list(Push.objects.all()) == []
        assert list(Connection.objects.all()) == []

    push.refresh_from_db()
    assert (push.state, desk.bills()) == (PushState.DONE, [("A-1", 125)])


def test_a_deletion_counts_by_quickbooks_clock(desk: Desk) -> None:
    """Ours is behind: by it the document was changed after it was deleted, which would look like a return."""
    desk.realm.send("POST", "clock", {"minutes": 20})
    made = desk.send(desk.approve())
    row = Row(desk.realm.list_documents("Bill")[0], "{}")
    changed_at = Document.objects.get(entity="Bill").last_updated_at

    gone = desk.send(desk.approve(operation=PushOperation.DELETE, quickbooks_id=made.quickbooks_id))
    store_documents(desk.connection, "Bill", [row], now=timezone.now(), seen_at=changed_at)

    document = Document.objects.get(entity="Bill")
    assert changed_at > timezone.now() + timedelta(minutes=19)
    assert gone.state == "done"
    assert document.deleted_at is not None
    assert document.deleted_at >= changed_at


def test_changing_what_is_gone_is_held(desk: Desk) -> None:
    made = desk.send(desk.approve())
    desk.realm.delete_document("Bill", made.quickbooks_id)

    push = desk.send(desk.approve(operation=PushOperation.UPDATE, quickbooks_id=made.quickbooks_id))

    assert (push.state, push.hold_code) == ("held", "610")
    again = desk.send(retry_push(push=push, actor=desk.user, now=timezone.now()))
    assert (again.state, again.hold_code, again.generation, desk.bills()) == ("held", "610", 2, [])


def test_a_question_that_is_refused_leaves_the_outcome_unknown(desk: Desk, settings: Settings) -> None:
    settings.QBO_REPLAY_TRUSTED = -1.0
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(push)
    desk.realm.fail_next("fault:4000", operation="query")

    desk.send(push)
    unsure = push.state
    desk.send(push)

    assert unsure == "unknown"
    assert (push.state, push.was_adopted, desk.bills()) == ("done", True, [("A-1", 125)])


def test_what_cannot_be_recorded_is_tried_again_and_makes_no_second_one(desk: Desk) -> None:
    desk.unrecordable = {"A-1"}
    push = desk.send(desk.approve())
    unsure = (push.state, push.hold_code, Document.objects.filter(entity="Bill").count())
    desk.unrecordable = set()

    desk.send(push)

    assert unsure == ("unknown", "not_recorded", 0)
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])


def test_when_no_token_can_be_had_nothing_has_left(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.expire_tokens()
    Connection.objects.update(access_token_expires_at=timezone.now())
    desk.realm.sandbox.send("POST", "faults", {"action": "500", "operation": "token", "times": 1})

    desk.send(push)

    assert (push.state, desk.count("create")) == ("waiting", 0)


def test_not_before_its_time(desk: Desk) -> None:
    now = timezone.now()
    push = desk.approve(not_before=now + timedelta(hours=1))

    desk.send(push)

    assert (push.state, sweep_pushes(now=now), desk.bills()) == ("waiting", [], [])
    assert sweep_pushes(now=now + timedelta(hours=1)) == [push.pk]


def test_what_was_asked_for_is_found_by_its_thing(desk: Desk) -> None:
    done = desk.send(desk.approve("A-1"))
    again = desk.approve("A-1")
    other = desk.approve("A-2")
    desk.send(other)

    assert open_pushes(desk.connection, KIND, ["A-1", "A-2", "A-3"]) == {"A-1": again}
    assert last_push(desk.connection, KIND, "A-1") == again != done
    assert last_push(desk.connection, KIND, "A-2") == other
    assert last_push(desk.connection, KIND, "A-3") is None


def test_what_waits_for_other_books_never_leaves_to_these(desk: Desk, cast: Cast, sandbox: Sandbox) -> None:
    single, many = desk.approve(), desk.approve_many(2)
    alice = cast.alice.user
    assert alice is not None
    other_books = sandbox.open_company()
    tokens = read_tokens(other_books.issue_tokens(CLIENT_ID))
    make_connection(
        cast.ridge, realm_id=other_books.id, is_current=False, status=ConnectionStatus.PENDING, **tokens
    )
    now_current = confirm_switch(company=cast.ridge, actor=alice, now=timezone.now())

    desk.send(single)
    for connection in (desk.connection, now_current):
        perform_push_batch(connection.pk)
    parked = (sweep_pushes(now=timezone.now()), single.state, desk.bills())

    former = Connection.objects.get(pk=desk.connection.pk)
    for name, value in read_tokens(desk.realm.issue_tokens(CLIENT_ID)).items():
        setattr(former, name, value)
    switch_to(former, replaced=now_current, actor=alice, now=timezone.now())
    resumed = sweep_pushes(now=timezone.now())
    desk.send(single)
    desk.send_many()

    assert parked == ([], "waiting", [])
    assert (resumed, other_books.list_documents("Bill")) == ([single.pk], [])
    assert [push.subject_id for push in many] == ["B-01", "B-02"]
    assert desk.bills() == [("A-1", 125), ("B-01", 125), ("B-02", 125)]
