"""A file is attached once, although QuickBooks does not promise to know a repeated upload."""

import pytest
from django.utils import timezone

from integrations.gateway import Gateway
from integrations.models import Document
from integrations.outbox import Hold, retry_push, sweep_pushes
from integrations.outbox.claims import claim_push

from .desk import Desk, Scanner, die_while_sending, make_due


def test_a_file_is_attached_mirrored_and_closed(desk: Desk, scanner: Scanner) -> None:
    push = desk.send(scanner.approve())

    document = Document.objects.get(entity="Attachable")
    assert (push.state, push.quickbooks_id, scanner.files()) == (
        "done",
        document.quickbooks_id,
        ["scan-1.pdf"],
    )
    assert document.data["Size"] == len(b"%PDF-1.4 scan")
    assert "TempDownloadUri" not in document.data
    assert [file.closed for file in scanner.opened] == [True]
    assert desk.recorded == [("scan-1", document.quickbooks_id)]
    assert push.attempts.get().status == 200


@pytest.mark.parametrize(("fault", "is_adopted"), [("drop_after", True), ("drop_before", False)])
def test_after_no_answer_it_is_looked_for_before_it_is_sent_again(
    desk: Desk, scanner: Scanner, fault: str, is_adopted: bool
) -> None:
    push = scanner.approve()
    desk.realm.fail_next(fault, operation="upload")
    desk.send(push)
    unsure = push.state
    desk.realm.forget_replays()
    desk.realm.forget_requests()

    desk.send(push)

    assert (unsure, push.state, push.was_adopted, scanner.files()) == (
        "unknown",
        "done",
        is_adopted,
        ["scan-1.pdf"],
    )
    assert desk.count("upload") == (0 if is_adopted else 1)


def test_a_worker_killed_after_the_upload_makes_no_second_one(desk: Desk, scanner: Scanner) -> None:
    push = scanner.approve()
    claim_push(push.pk, now=timezone.now())
    push.refresh_from_db()
    Gateway(push.connection).upload(
        push.payload.encode(), b"scan", filename="scan-1.pdf", content_type="application/pdf"
    )
    die_while_sending(push)
    sweep_pushes(now=timezone.now())
    make_due(push)

    desk.send(push)

    assert (push.state, push.was_adopted, scanner.files()) == ("done", True, ["scan-1.pdf"])


def test_a_kind_that_quickbooks_does_not_take_is_held(desk: Desk, scanner: Scanner) -> None:
    push = scanner.approve()
    desk.realm.fail_next("fault:6041", operation="upload")

    desk.send(push)

    assert (push.state, push.hold_code) == ("held", "6041")
    assert push.hold_sentence == "QuickBooks Online does not take files of this kind."


@pytest.mark.parametrize(
    ("problem", "code"), [(Hold("file_gone", "The file is gone."), "file_gone"), (OSError(), "internal")]
)
def test_a_file_that_cannot_be_opened_holds_it_and_can_be_tried_again(
    desk: Desk, scanner: Scanner, problem: Exception, code: str
) -> None:
    scanner.content = problem
    push = desk.send(scanner.approve())
    held = (push.state, push.hold_code, scanner.files())
    scanner.content = b"here it is"

    desk.send(retry_push(push=push, actor=desk.user, now=timezone.now()))

    push.refresh_from_db()
    assert held == ("held", code, [])
    assert (push.state, scanner.files()) == ("done", ["scan-1.pdf"])
