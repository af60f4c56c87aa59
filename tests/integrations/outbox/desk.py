"""Somebody who approves small bills: the smallest room that an outbox can serve."""

import io
import json
from datetime import datetime
from typing import Any, BinaryIO

from django.utils import timezone

from integrations.gateway import Gateway, Row, quote
from integrations.models import BatchState, Connection, Push, PushBatch, PushOperation, PushState
from integrations.outbox import perform_push, perform_push_batch, request_push
from ressio.models import User
from tests.support.sandbox import Realm

KIND = "test-bill"
FILES = "test-scan"


class Desk:
    """Also the builder of what it approves. `objection` stands in the way of building; `recorded` is what came back."""

    entity = "Bill"

    def __init__(self, connection: Connection, realm: Realm, user: User | None) -> None:
        self.connection, self.realm, self.user = connection, realm, user
        self.vendor = realm.enter_document("Vendor", {"DisplayName": "Lumber Yard"})["Id"]
        account = {"Name": "Materials", "AccountType": "Expense", "AccountSubType": "SuppliesMaterials"}
        self.account = realm.enter_document("Account", account)["Id"]
        self.objection: Exception | None = None
        self.amount = 125
        self.objections: dict[str, Exception] = {}
        self.unrecordable: set[str] = set()
        self.recorded: list[tuple[str, str]] = []

    # The builder ---------------------------------------------------------------------------------------------

    def build(self, push: Push) -> bytes:
        objection = self.objections.get(push.subject_id, self.objection)
        if objection:
            raise objection
        if push.operation == PushOperation.UPDATE:
            changed = {**self.document(push.subject_id), "Id": push.quickbooks_id, "SyncToken": "0"}
            return json.dumps(changed).encode()
        if push.operation == PushOperation.DELETE:
            return json.dumps({"Id": push.quickbooks_id, "SyncToken": "0"}).encode()
        return json.dumps(self.document(push.subject_id)).encode()

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        page = gateway.query_rows("Bill", where=f"DocNumber = {quote(push.subject_id)}")
        return page.rows[0] if page.rows else None

    def record(self, push: Push, row: Row) -> None:
        if push.subject_id in self.unrecordable:
            raise ZeroDivisionError
        self.recorded.append((push.subject_id, row.data["Id"]))

    # The person ----------------------------------------------------------------------------------------------

    def document(self, number: str) -> dict[str, Any]:
        detail = {"AccountRef": {"value": self.account}}
        line = {
            "Amount": self.amount,
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        return {"VendorRef": {"value": self.vendor}, "DocNumber": number, "Line": [line]}

    def approve(self, number: str = "A-1", **changes: Any) -> Push:
        return request_push(
            connection=self.connection,
            kind=KIND,
            subject_id=number,
            subject_label=f"Bill {number}",
            requested_by=self.user,
            now=timezone.now(),
            **changes,
        )

    def send(self, push: Push) -> Push:
        """One visit of a worker."""
        perform_push(push.pk)
        push.refresh_from_db()
        return push

    def approve_many(self, count: int, **changes: Any) -> list[Push]:
        return [self.approve(number, is_bulk=True, **changes) for number in numbers(count)]

    def send_many(self) -> int:
        """One visit of a worker that drains what is due in batches; returns how many batches went."""
        return perform_push_batch(self.connection.pk)

    def count(self, operation: str) -> int:
        """Requests that QuickBooks has had, by operation."""
        operations: dict[str, int] = self.realm.count_requests()["operations"]
        return operations.get(operation, 0)

    def bills(self) -> list[tuple[str, int]]:
        """What the books hold: number and amount."""
        return sorted(
            (bill["DocNumber"], int(bill["TotalAmt"])) for bill in self.realm.list_documents("Bill")
        )


class Scanner:
    """Also the builder of scans that belong to a bill."""

    entity = "Attachable"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.content: bytes | Exception = b"%PDF-1.4 scan"
        self.opened: list[BinaryIO] = []

    def build(self, push: Push) -> bytes:
        return json.dumps({"FileName": f"{push.subject_id}.pdf", "ContentType": "application/pdf"}).encode()

    def open_content(self, push: Push) -> tuple[BinaryIO, str, str]:
        if isinstance(self.content, Exception):
            raise self.content
        self.opened.append(io.BytesIO(self.content))
        return self.opened[-1], f"{push.subject_id}.pdf", "application/pdf"

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        page = gateway.query_rows("Attachable", where=f"FileName = {quote(f'{push.subject_id}.pdf')}")
        return page.rows[0] if page.rows else None

    def record(self, push: Push, row: Row) -> None:
        self.desk.recorded.append((push.subject_id, row.data["Id"]))

    def approve(self, number: str = "scan-1") -> Push:
        return request_push(
            connection=self.desk.connection,
            kind=FILES,
            subject_id=number,
            subject_label=f"Scan {number}",
            requested_by=self.desk.user,
            now=timezone.now(),
            operation=PushOperation.UPLOAD,
        )

    def files(self) -> list[str]:
        return sorted(file["FileName"] for file in self.desk.realm.list_documents("Attachable"))


def numbers(count: int) -> list[str]:
    return [f"B-{number:02}" for number in range(1, count + 1)]


def make_due(push: Push, *, at: datetime | None = None) -> None:
    Push.objects.filter(pk=push.pk).update(next_try_at=at or timezone.now())
    push.refresh_from_db()


def die_while_sending(push: Push) -> None:
    """The worker was killed and its lease has run out."""
    Push.objects.filter(pk=push.pk, state=PushState.SENDING).update(lease_until=timezone.now())
    push.refresh_from_db()


def die_while_sending_batch() -> None:
    PushBatch.objects.filter(state=BatchState.SENDING).update(lease_until=timezone.now())


def make_all_due() -> None:
    Push.objects.update(next_try_at=timezone.now())
    PushBatch.objects.update(next_try_at=timezone.now())


def states() -> list[str]:
    """Of all pushes, in the order in which they were asked for."""
    return list(Push.objects.order_by("pk").values_list("state", flat=True))
