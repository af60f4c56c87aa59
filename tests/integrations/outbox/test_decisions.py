"""What people decide about a push that needs them."""

import json

import pytest
from django.utils import timezone

from integrations.gateway import Row
from integrations.mirror import store_documents
from integrations.models import Push
from integrations.outbox import (
    DecisionRefused,
    Hold,
    link_to_existing,
    resume_pushing,
    retry_push,
    skip_push,
    stop_pushing,
)
from ressio.models import Activity

from .desk import Desk


@pytest.fixture
def held(desk: Desk) -> Push:
    push = desk.approve()
    desk.realm.fail_next("fault:6210", operation="create", entity="Bill")
    return desk.send(push)


def verbs() -> list[str]:
    return list(Activity.objects.order_by("pk").values_list("verb", flat=True))


def test_trying_again_builds_it_anew_as_another_request(desk: Desk, held: Push) -> None:
    first_id = held.request_id
    desk.amount = 150

    push = desk.send(retry_push(push=held, actor=desk.user, now=timezone.now()))

    assert (push.state, push.generation, desk.bills()) == ("done", 2, [("A-1", 150)])
    assert list(push.attempts.order_by("number").values_list("request_id", flat=True)) == [
        first_id,
        push.request_id,
    ]
    assert first_id != push.request_id
    assert verbs() == ["tried again to send"]


def test_skipped_it_is_never_sent_and_may_be_asked_for_again(desk: Desk, held: Push) -> None:
    skip_push(push=held, actor=desk.user, now=timezone.now())

    desk.send(held)
    again = desk.send(desk.approve())

    assert (held.state, again.state, again.pk == held.pk) == ("skipped", "done", False)
    assert desk.bills() == [("A-1", 125)]


def test_what_may_be_in_quickbooks_can_be_neither_skipped_nor_sent_anew(desk: Desk) -> None:
    push = desk.approve()
    desk.realm.fail_next("drop_after", operation="create", entity="Bill")
    desk.send(push)

    for decide in (skip_push, retry_push):
        with pytest.raises(DecisionRefused):
            decide(push=push, actor=desk.user, now=timezone.now())

    assert (desk.send(push).state, desk.bills()) == ("done", [("A-1", 125)])


def test_linked_to_what_the_bookkeeper_entered_by_hand(desk: Desk) -> None:
    desk.objection = Hold("looks_like_a_twin", "QuickBooks has this bill already.")
    push = desk.send(desk.approve())
    by_hand = desk.realm.enter_document("Bill", desk.document("A-1"))
    row = Row(by_hand, json.dumps({"Id": by_hand["Id"]}))
    store_documents(desk.connection, "Bill", [row], now=timezone.now())

    link_to_existing(push=push, quickbooks_id=by_hand["Id"], actor=desk.user, now=timezone.now())

    push.refresh_from_db()
    assert (push.state, push.quickbooks_id, push.was_adopted) == ("done", by_hand["Id"], True)
    assert desk.recorded == [("A-1", by_hand["Id"])]
    assert desk.bills() == [("A-1", 125)]


def test_linking_to_nothing_is_refused(desk: Desk, held: Push) -> None:
    with pytest.raises(DecisionRefused):
        link_to_existing(push=held, quickbooks_id="987654", actor=desk.user, now=timezone.now())

    held.refresh_from_db()
    assert held.state == "held"


def test_the_kill_switch_is_told_once_each_way(desk: Desk) -> None:
    for decide in (stop_pushing, stop_pushing, resume_pushing):
        decide(connection=desk.connection, actor=desk.user)

    push = desk.send(desk.approve())

    assert verbs() == ["stopped sending to", "resumed sending to"]
    assert (push.state, desk.bills()) == ("done", [("A-1", 125)])
