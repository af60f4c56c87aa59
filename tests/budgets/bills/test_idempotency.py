"""A request sent again under its key does its work once, whatever happened to the first answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from budgets.models import Bill
from integrations.tasks import prune_history
from ressio.api.idempotency import KEPT
from ressio.models import Activity, IdempotencyKey
from tests.budgets.bills.office import Office
from tests.support.api import Answer, Program, read
from tests.support.workers import run_threads


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


def enter(program: Program, office: Office, key: str, **changes: Any) -> Answer:
    values = {"vendor_id": office.vendor.pk, "number": "INV-1", "issued_on": "2026-03-02"} | changes
    address = f"{program.base}/projects/{office.project.pk}/bills"
    return read(program.client.post(address, values, format="json", headers={"Idempotency-Key": key}))


def test_the_same_key_gives_the_same_answer_and_nothing_new(office: Office) -> None:
    alice, bob = Program(office.admin), Program(office.member)
    office.member.can_create_bills = True
    office.member.save()
    first = enter(alice, office, "k1")
    written = Activity.objects.count()
    again = enter(alice, office, "k1")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert (Bill.objects.count(), Activity.objects.count()) == (1, written)
    other = enter(alice, office, "k1", number="INV-2")
    assert (other.status, other.body["detail"].split(".")[0]) == (
        409,
        "This Idempotency-Key was used for something else",
    )
    assert enter(alice, office, "k2").body["id"] != first.body["id"]
    assert enter(bob, office, "k1").body["id"] != first.body["id"]
    assert list(enter(alice, office, "k" * 201).body["errors"]) == ["Idempotency-Key"]
    assert Bill.objects.count() == 3


def test_what_was_refused_leaves_the_key_free_and_old_keys_are_forgotten(office: Office) -> None:
    alice = Program(office.admin)
    assert enter(alice, office, "k1", number="").status == 400
    assert enter(alice, office, "k1", vendor_id=0).status == 400
    first = enter(alice, office, "k1")
    assert first.status == 201
    used = IdempotencyKey.objects.all()
    assert used.count() == 1
    used.update(created_at=timezone.now() - KEPT + timedelta(minutes=1))
    prune_history()
    assert used.count() == 1
    used.update(created_at=timezone.now() - KEPT - timedelta(minutes=1))
    prune_history()
    assert used.count() == 0
    made = IdempotencyKey.objects.create(
        company=office.company,
        team_member=office.admin,
        route=f"POST {alice.base}/projects/{office.project.pk}/bills",
        key="k2",
    )
    assert (made.status, enter(alice, office, "k2").status) == (None, 409)
    assert enter(alice, office, "k1").body["id"] != first.body["id"]


def test_two_at_once_make_one_bill(office: Office) -> None:
    alice = Program(office.admin)
    assert alice.get("bills").body["count"] == 0  # also makes the schema, which threads must not do at once
    program_of = [Program(office.admin) for _ in range(4)]
    answers = run_threads(4, lambda: enter(program_of.pop(), office, "k1"))
    assert [answer.status for answer in answers] == [201] * 4
    assert len({answer.body["id"] for answer in answers}) == 1
    assert Bill.objects.count() == 1
    assert alice.get("bills").body["count"] == 1
