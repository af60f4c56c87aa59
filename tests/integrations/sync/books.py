"""Documents to put into the stand-in's books, and the question every test ends with: is the mirror the truth?"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.models import Connection, Document, RunKind, RunTrigger, SyncRun
from integrations.registry import ENTITIES
from integrations.sync import perform_sync, request_sync
from tests.support.sandbox import Realm

LONG_AGO = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
# QuickBooks moves these with every payment and gives the name no new version for it.
RUNNING_BALANCES = {"Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts"}
# The stand-in writes these into each answer; in its books they do not stand.
MADE_FOR_AN_ANSWER = {"FileAccessUri", "ThumbnailFileAccessUri"}


def times(minute: int = 0) -> dict[str, str]:
    """A moment well before any sync, a minute apart for each number."""
    moment = (LONG_AGO + timedelta(minutes=minute)).isoformat(timespec="seconds")
    return {"CreateTime": moment, "LastUpdatedTime": moment}


def bill(number: int, **changes: Any) -> dict[str, Any]:
    line = {
        "Id": "1",
        "Amount": 100 + number,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}, "BillableStatus": "NotBillable"},
    }
    document = {
        "Id": str(number),
        "SyncToken": "0",
        "VendorRef": {"value": "56", "name": "Lumber Yard"},
        "TxnDate": "2026-01-05",
        "TotalAmt": 100 + number,
        "Line": [line],
        "MetaData": times(number),
    }
    return {"Bill": document | changes}


def time_entry(number: int, **changes: Any) -> dict[str, Any]:
    document = {
        "Id": str(100_000 + number),
        "SyncToken": "0",
        "NameOf": "Employee",
        "EmployeeRef": {"value": "70", "name": "Jo Mason"},
        "TxnDate": "2026-01-05",
        "Hours": 8,
        "Minutes": 0,
        "MetaData": times(number),
    }
    return {"TimeActivity": document | changes}


def named(entity: str, number: int, name: str, **changes: Any) -> dict[str, Any]:
    key = "Name" if entity in ("Account", "Item") else "DisplayName"
    document = {"Id": str(number), "SyncToken": "0", key: name, "Active": True, "MetaData": times(number)}
    return {entity: document | changes}


def load(realm: Realm, documents: Iterable[dict[str, Any]]) -> None:
    realm.load_documents(*documents)


def run_sync(connection: Connection, *, kind: str = RunKind.ALL, is_full: bool = False) -> SyncRun:
    """Ask and carry out, as the button and the worker do; returns the run as it ended."""
    run = request_sync(
        connection=connection, kind=kind, trigger=RunTrigger.BUTTON, is_full=is_full, now=timezone.now()
    )
    perform_sync(run.pk)
    run.refresh_from_db()
    return run


def outcome(run: SyncRun) -> tuple[str, str, str]:
    return run.status, run.error_code, run.error


def mirrored(connection: Connection) -> dict[str, dict[str, Any]]:
    """Living documents by entity and id."""
    found: dict[str, dict[str, Any]] = {entity: {} for entity in ENTITIES}
    for document in Document.objects.filter(connection=connection, deleted_at=None):
        found[document.entity][document.quickbooks_id] = _comparable(document.entity, document.data)
    return found


def truth(realm: Realm) -> dict[str, dict[str, Any]]:
    return {
        entity: {item["Id"]: _comparable(entity, item) for item in realm.list_documents(entity)}
        for entity in ENTITIES
    }


def _comparable(entity: str, data: dict[str, Any]) -> dict[str, Any]:
    dropped = MADE_FOR_AN_ANSWER | set(ENTITIES[entity].volatile)
    if ENTITIES[entity].shelf == "list":
        dropped |= RUNNING_BALANCES
    return {name: value for name, value in data.items() if name not in dropped}


def assert_mirror_is_true(connection: Connection, realm: Realm) -> None:
    ours, theirs = mirrored(connection), truth(realm)
    for entity in ENTITIES:
        assert set(ours[entity]) == set(theirs[entity]), entity
        for quickbooks_id, document in theirs[entity].items():
            assert ours[entity][quickbooks_id] == document, (entity, quickbooks_id)
