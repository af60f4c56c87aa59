"""Sending from a terminal."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations.management.commands import push_quickbooks
from integrations.models import Push
from integrations.outbox import Hold, stop_pushing

from .desk import Desk, Scanner, states


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_quickbooks, "POLL_SECONDS", 0.01)


def call(*arguments: str) -> str:
    out = StringIO()
    call_command("push_quickbooks", "--company", "ridge", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_sends_what_is_due_in_batches(desk: Desk, scanner: Scanner) -> None:
    desk.approve_many(2)
    desk.approve("A-1")
    scanner.approve()
    desk.approve("later", not_before=timezone.now() + timedelta(hours=1))

    said = call("--wait")

    assert said == "0 on the way, 0 held.\n"
    assert states() == ["done", "done", "done", "done", "waiting"]
    assert (desk.count("batch"), desk.count("create"), desk.count("upload")) == (1, 0, 1)


def test_only_one_kind(desk: Desk, scanner: Scanner) -> None:
    desk.approve_many(3)
    scanner.approve()

    call("--kind", "test-scan", "--wait")

    assert (states(), scanner.files()) == (["waiting"] * 3 + ["done"], ["scan-1.pdf"])


def test_a_dry_run_shows_the_documents_and_keeps_nothing(desk: Desk) -> None:
    desk.approve("A-1")
    desk.approve("A-2")
    desk.objections = {"A-2": Hold("vendor_not_linked", "Link the vendor first.")}

    said = call("--dry-run")

    pushes = list(Push.objects.order_by("pk"))
    assert said.splitlines() == [
        f"{pushes[0].pk} test-bill A-1: Create Bill: Bill A-1",
        desk.build(pushes[0]).decode(),
        f"{pushes[1].pk} test-bill A-2: Create Bill: Bill A-2",
        "  would be held (vendor_not_linked): Link the vendor first.",
        "2 waiting, 1 of them would be held. 0 held already. Nothing was sent.",
    ]
    assert [(push.state, push.payload, push.tries) for push in pushes] == [("waiting", "", 0)] * 2
    assert desk.bills() == []


def test_waits_for_what_had_no_answer(desk: Desk) -> None:
    desk.approve_many(3)
    desk.realm.fail_next("drop_after", operation="batch")

    call("--wait")

    assert (states(), len(desk.bills())) == (["done"] * 3, 3)


def test_fails_when_something_is_held(desk: Desk) -> None:
    desk.approve()
    desk.realm.fail_next("fault:6210", operation="create", entity="Bill")

    with pytest.raises(CommandError, match="somebody has to decide"):
        call("--wait")


def test_gives_up_after_a_while(desk: Desk) -> None:
    desk.approve()
    desk.realm.fail_next("429", operation="create", entity="Bill")

    with pytest.raises(CommandError, match="waited long enough"):
        call("--wait", "--timeout", "0")


def test_says_why_it_does_not_send(desk: Desk) -> None:
    stop_pushing(connection=desk.connection, actor=desk.user)
    desk.approve()

    with pytest.raises(CommandError, match="is stopped"):
        call()
    with pytest.raises(CommandError, match="There is no company nowhere"):
        call_command("push_quickbooks", "--company", "nowhere")

    assert (states(), desk.bills()) == (["waiting"], [])
