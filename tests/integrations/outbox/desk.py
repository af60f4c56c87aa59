"""Somebody who approves small bills: the smallest room that an outbox can serve."""

import json
from datetime import datetime
from typing import Any

from django.utils import timezone

from integrations.gateway import Gateway, Row, quote
from integrations.models import Connection, Push, PushOperation, PushState
from integrations.outbox import perform_push, request_push
from ressio.models import User
from tests.support.sandbox import Realm

KIND = "test-bill"


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
        self.recorded: list[tuple[str, str]] = []

    # The builder ---------------------------------------------------------------------------------------------

    def build(self, push: Push) -> bytes:
        if self.objection:
            raise self.objection
        if push.operation == PushOperation.DELETE:
            return json.dumps({"Id": push.quickbooks_id, "SyncToken": "0"}).encode()
        return json.dumps(self.document(push.subject_id)).encode()

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        page = gateway.query_rows("Bill", where=f"DocNumber = {quote(push.subject_id)}")
        return page.rows[0] if page.rows else None

    def record(self, push: Push, row: Row) -> None:
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

    def bills(self) -> list[tuple[str, int]]:
        """What the books hold: number and amount."""
        return sorted(
            (bill["DocNumber"], int(bill["TotalAmt"])) for bill in self.realm.list_documents("Bill")
        )


def make_due(push: Push, *, at: datetime | None = None) -> None:
    Push.objects.filter(pk=push.pk).update(next_try_at=at or timezone.now())
    push.refresh_from_db()


def die_while_sending(push: Push) -> None:
    """The worker was killed and its lease has run out."""
    Push.objects.filter(pk=push.pk, state=PushState.SENDING).update(lease_until=timezone.now())
    push.refresh_from_db()
