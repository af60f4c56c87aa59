"""Many approvals, few requests, and still one document for each: whatever is cut, killed, refused or repeated."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from pytest_django import Settings

from integrations.gateway import Gateway, Row
from integrations.models import Document, Push, PushBatch, PushOperation, PushTry
from integrations.outbox import (
    Hold,
    batch_sending,
    requests,
    retry_push,
    stop_pushing,
    sweep_pushes,
)
from integrations.outbox.batches import ClaimedBatch, claim_batch
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.workers import FORK, run_threads

from .desk import Desk, die_while_sending_batch, make_all_due, numbers, states


def billed(count: int) -> list[tuple[str, int]]:
    return [(number, 125) for number in numbers(count)]


def claim(desk: Desk) -> ClaimedBatch:
    claimed = claim_batch(desk.connection.pk, now=timezone.now(), with_singles=False)
    assert claimed is not None
    return claimed


def send_alone(desk: Desk) -> None:
    """What left its batch, each by itself."""
    make_all_due()
    for push in Push.objects.filter(state__in=["waiting", "unknown"], batch=None).order_by("pk"):
        desk.send(push)


def batches() -> list[tuple[int, str, int]]:
    return list(PushBatch.objects.order_by("pk").values_list("size", "state", "tries"))


# In peace -------------------------------------------------------------------------------------------------------


def test_many_leave_thirty_in_a_request_and_are_mirrored(desk: Desk) -> None:
    desk.approve_many(65)

    assert desk.send_many() == 3

    assert desk.bills() == billed(65)
    assert (desk.count("batch"), desk.count("create")) == (3, 0)
    assert states() == ["done"] * 65
    ids = dict(Push.objects.values_list("subject_id", "quickbooks_id"))
    assert dict(desk.recorded) == ids
    mirrored = Document.objects.filter(entity="Bill", deleted_at=None)
    assert set(mirrored.values_list("quickbooks_id", flat=True)) == set(ids.values())
    assert batches() == [(30, "closed", 1), (30, "closed", 1), (5, "closed", 1)]
    first = PushTry.objects.order_by("pk")[0]
    assert first.batch is not None
    assert (first.outcome, first.status, first.request_id) == ("done", 200, f"{first.batch.request_id}1")


def test_one_alone_goes_as_a_single_push(desk: Desk) -> None:
    desk.approve_many(1)

    assert desk.send_many() == 0

    assert (desk.count("batch"), desk.count("create"), desk.bills()) == (0, 1, billed(1))


def test_changes_travel_too_and_deletions_do_not(desk: Desk) -> None:
    desk.approve_many(3)
    desk.send_many()
    made = dict(Push.objects.values_list("subject_id", "quickbooks_id"))
    desk.amount = 150
    for number in ("B-01", "B-02"):
        desk.approve(number, is_bulk=True, operation=PushOperation.UPDATE, quickbooks_id=made[number])
    gone = desk.approve("B-03", is_bulk=True, operation=PushOperation.DELETE, quickbooks_id=made["B-03"])

    assert desk.send_many() == 1

    assert (gone.is_bulk, desk.send(gone).state) == (False, "done")
    assert desk.bills() == [("B-01", 150), ("B-02", 150)]


def test_the_builder_may_read_and_write_for_all_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: list[int] = []
    recorded: list[list[str]] = []
    monkeypatch.setattr(desk, "prepare", lambda pushes: prepared.append(len(pushes)), raising=False)
    monkeypatch.setattr(
        desk,
        "record_many",
        lambda done: recorded.append([push.subject_id for push, _ in done]),
        raising=False,
    )
    desk.approve_many(4)

    desk.send_many()

    assert (prepared, recorded, desk.recorded) == ([4], [numbers(4)], [])


# Bells ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, int]]]:
    rung: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(requests, "_ring", lambda task, **ids: rung.append((task.rpartition(".")[2], ids)))
    return rung


def test_one_bell_for_all_that_a_transaction_asks_for(
    desk: Desk, bells: list[tuple[str, dict[str, int]]]
) -> None:
    with transaction.atomic():
        desk.approve_many(5)
        with suppress(ZeroDivisionError), transaction.atomic():
            desk.approve("undone", is_bulk=True)
            raise ZeroDivisionError

    assert bells == [("perform_push_batch", {"connection_id": desk.connection.pk, "with_singles": False})]
    assert len(states()) == 5


def test_the_sweeper_wakes_one_worker_for_bulk_and_for_ten_that_wait(
    desk: Desk, bells: list[tuple[str, dict[str, int]]]
) -> None:
    singles = [desk.approve(f"S-{number}").pk for number in range(9)]
    desk.approve("B-1", is_bulk=True)
    bells.clear()

    assert sweep_pushes(now=timezone.now()) == singles
    few = list(bells)
    bells.clear()
    singles.append(desk.approve("S-9").pk)
    bells.clear()
    assert sweep_pushes(now=timezone.now()) == []

    assert few[0] == ("perform_push_batch", {"connection_id": desk.connection.pk, "with_singles": False})
    assert len(few) == 10
    assert bells == [("perform_push_batch", {"connection_id": desk.connection.pk, "with_singles": True})]
    assert batch_sending.perform_push_batch(desk.connection.pk, with_singles=True) == 1
    assert states() == ["done"] * 11


# One bad row ----------------------------------------------------------------------------------------------------


def test_one_bad_row_is_held_and_stops_no_other(desk: Desk) -> None:
    pushes = desk.approve_many(5)
    desk.objections = {"B-02": Hold("no_vendor", "Link the vendor."), "B-03": ZeroDivisionError()}
    desk.realm.fail_next("fault:6210", operation="create", entity="Bill", nth=2)

    desk.send_many()

    held = Push.objects.filter(state="held").order_by("pk")
    assert list(held.values_list("subject_id", "hold_code", "tries")) == [
        ("B-02", "no_vendor", 0),
        ("B-03", "internal", 0),
        ("B-04", "6210", 1),
    ]
    assert desk.bills() == [("B-01", 125), ("B-05", 125)]
    desk.objections = {}
    for push in pushes[1:4]:
        desk.send(retry_push(push=push, actor=desk.user, now=timezone.now()))
    assert (states(), desk.bills()) == (["done"] * 5, billed(5))


def test_one_that_is_throttled_waits_and_joins_another_batch(desk: Desk) -> None:
    desk.approve_many(4)
    desk.realm.fail_next("429", operation="create", entity="Bill", times=2)

    desk.send_many()
    throttled = states()
    make_all_due()
    desk.send_many()

    assert throttled == ["waiting", "waiting", "done", "done"]
    assert (states(), desk.bills()) == (["done"] * 4, billed(4))
    assert batches() == [(4, "closed", 1), (2, "closed", 1)]


def test_an_envelope_that_is_refused_is_no_refusal_of_its_members(desk: Desk) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("fault:2010", operation="batch")

    desk.send_many()
    refused = (states(), list(Push.objects.values_list("goes_alone", flat=True)))
    again = desk.send_many()
    send_alone(desk)

    assert (refused, again) == ((["waiting"] * 3, [True] * 3), 0)
    assert (states(), desk.bills(), desk.count("create")) == (["done"] * 3, billed(3), 3)


def test_what_cannot_be_recorded_holds_up_no_other(desk: Desk) -> None:
    desk.approve_many(3)
    desk.unrecordable = {"B-02"}

    desk.send_many()
    unsure = states()
    desk.unrecordable = set()
    send_alone(desk)

    assert unsure == ["done", "unknown", "done"]
    assert batches() == [(3, "closed", 1)]
    assert (states(), desk.bills(), desk.count("create")) == (["done"] * 3, billed(3), 0)
    assert [number for number, _ in desk.recorded] == ["B-01", "B-01", "B-03", "B-02"]


# No answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500", "html502"])
def test_without_an_answer_the_same_batch_goes_out_again(desk: Desk, fault: str) -> None:
    desk.approve_many(4)
    desk.realm.fail_next(fault, operation="batch")

    desk.send_many()
    unsure = states()
    desk.amount = 999  # what the rows say now must not matter: the bytes are frozen
    desk.approve("late", is_bulk=True)
    desk.send_many()

    assert unsure == ["unknown"] * 4
    assert states() == ["done"] * 5
    assert desk.bills() == [*billed(4), ("late", 999)]
    assert batches() == [(4, "closed", 2)]
    sent = PushTry.objects.exclude(batch=None)
    assert sent.count() == 2 * sent.values("request_id").distinct().count() == 8


@pytest.mark.parametrize("fault", ["429", "503"])
def test_the_batch_stays_together_while_its_outcome_is_unknown(desk: Desk, fault: str) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("drop_after", operation="batch")
    desk.send_many()
    desk.realm.fail_next(fault, operation="batch")
    desk.send_many()
    make_all_due()
    desk.send_many()

    assert batches() == [(3, "closed", 3)]
    assert (states(), desk.bills()) == (["done"] * 3, billed(3))


def test_429_leaves_all_waiting_and_no_further_batch_is_tried(desk: Desk) -> None:
    desk.approve_many(35)
    desk.realm.fail_next("429", operation="batch")

    assert desk.send_many() == 1
    assert (states(), desk.bills()) == (["waiting"] * 35, [])

    make_all_due()
    assert desk.send_many() == 2
    assert (states(), desk.bills()) == (["done"] * 35, billed(35))


@pytest.mark.parametrize("why", ["too_late", "600"])
def test_when_a_repeat_is_not_trusted_each_is_looked_for_by_itself(
    desk: Desk, settings: Settings, why: str
) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("drop_after", operation="batch")
    desk.send_many()
    desk.realm.forget_replays()
    desk.realm.delete_document("Bill", desk.realm.list_documents("Bill")[1]["Id"])  # as if it was never made
    if why == "too_late":
        settings.QBO_REPLAY_TRUSTED = -1.0
    else:
        desk.realm.fail_next("fault:600", operation="batch")

    desk.send_many()
    unsure = (states(), Push.objects.filter(is_in_doubt=True, goes_alone=True, batch=None).count())
    send_alone(desk)

    assert unsure == (["unknown"] * 3, 3)
    assert (states(), desk.bills()) == (["done"] * 3, billed(3))
    assert sorted(Push.objects.values_list("was_adopted", flat=True)) == [False, True, True]
    assert desk.count("create") == 1


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "500", "fault:600"])
def test_an_item_without_a_clear_answer_is_looked_for_by_itself(desk: Desk, fault: str) -> None:
    desk.approve_many(3)
    desk.realm.fail_next(fault, operation="create", entity="Bill")

    desk.send_many()
    unsure = states()
    send_alone(desk)

    assert unsure == ["unknown", "done", "done"]
    assert (states(), desk.bills()) == (["done"] * 3, billed(3))


def test_a_refusal_of_a_repeated_item_is_not_believed(desk: Desk) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("drop_after", operation="batch")
    desk.send_many()
    desk.realm.fail_next("fault:6140", operation="create", entity="Bill")

    desk.send_many()
    unsure = states()
    send_alone(desk)

    assert unsure == ["unknown", "done", "done"]
    assert (states(), desk.bills()) == (["done"] * 3, billed(3))


# Killed, late, several ------------------------------------------------------------------------------------------


def killed_before_the_request(claimed: ClaimedBatch) -> None:
    pass


def killed_after_the_request(claimed: ClaimedBatch) -> None:
    writes = [batch_sending._write_of(push) for push in claimed.members]
    Gateway(claimed.batch.connection).batch_write(writes, request_id=claimed.batch.request_id)


@pytest.mark.parametrize("kill", [killed_before_the_request, killed_after_the_request])
def test_a_dead_worker_is_noticed_and_its_batch_taken_up(
    desk: Desk, kill: Callable[[ClaimedBatch], None]
) -> None:
    desk.approve_many(3)
    kill(claim(desk))

    sweep_pushes(now=timezone.now())
    alive = (states(), desk.send_many())
    die_while_sending_batch()
    woken = sweep_pushes(now=timezone.now())
    noticed = states()
    desk.send_many()

    assert (alive, woken, noticed) == ((["sending"] * 3, 0), [], ["unknown"] * 3)
    assert batches() == [(3, "closed", 2)]
    assert (states(), desk.bills()) == (["done"] * 3, billed(3))


def test_a_worker_killed_while_it_records_one_by_one_leaves_the_rest_to_be_looked_for(desk: Desk) -> None:
    desk.approve_many(3)
    claimed = claim(desk)
    killed_after_the_request(claimed)
    first = claimed.members[0]
    row = Row(desk.realm.list_documents("Bill")[0], "{}")
    batch_sending.complete_push(first, row, was_adopted=False, log=batch_sending.TryLog(), now=timezone.now())
    die_while_sending_batch()
    sweep_pushes(now=timezone.now())

    assert desk.send_many() == 0
    assert batches() == [(3, "closed", 1)]
    send_alone(desk)

    assert (states(), desk.bills(), desk.count("create")) == (["done"] * 3, billed(3), 0)


def test_a_late_worker_writes_nothing(desk: Desk) -> None:
    desk.approve_many(2)
    late = claim(desk)
    die_while_sending_batch()
    sweep_pushes(now=timezone.now())
    successor = claim(desk)

    batch_sending._send_batch(late)
    meanwhile = (states(), list(desk.recorded))
    batch_sending._send_batch(successor)

    assert meanwhile == (["sending"] * 2, [])
    assert (states(), desk.bills()) == (["done"] * 2, billed(2))


def test_four_workers_and_doubled_bells_send_each_once(desk: Desk, cast: Cast) -> None:
    pushes = desk.approve_many(70)

    def drain() -> None:
        with scope(company=cast.ridge):
            desk.send_many()
            batch_sending.perform_push(pushes[0].pk)

    run_threads(4, drain)

    assert (states(), desk.bills()) == (["done"] * 70, billed(70))
    assert PushTry.objects.count() == 70


def test_killed_at_any_moment_each_becomes_one_document(desk: Desk, cast: Cast) -> None:
    """A worker that drains is killed (SIGKILL) again and again, as soon as it has got a little further."""
    desk.approve_many(60)
    reached: Any = FORK.Value("i", 0)

    def drain() -> None:
        def count_down(*_: Any) -> Any:
            reached.value -= 1
            if reached.value == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return None

        connections["default"].ensure_connection()
        connections["default"].execute_wrappers.append(
            lambda execute, *rest: (count_down(), execute(*rest))[1]
        )
        with scope(company=cast.ridge):
            desk.send_many()

    exits = []
    for statements in (4, 12, 20, 28, 36, 60, 90, 10_000):
        reached.value = statements
        connections.close_all()
        worker: multiprocessing.process.BaseProcess = FORK.Process(target=drain)
        worker.start()
        worker.join(60)
        exits.append(worker.exitcode)
        die_while_sending_batch()
        sweep_pushes(now=timezone.now())
        make_all_due()
    send_alone(desk)

    assert exits[:4] == [-signal.SIGKILL] * 4
    assert exits[-1] == 0
    assert (states(), desk.bills()) == (["done"] * 60, billed(60))


def test_the_kill_switch_stops_batches_too(desk: Desk) -> None:
    desk.approve_many(3)
    stop_pushing(connection=desk.connection, actor=desk.user)

    assert desk.send_many() == 0

    assert (states(), desk.bills()) == (["waiting"] * 3, [])
