"""Marked secrets and names go through everything; none may come out where it does not belong (Q6, Q18, Q19,
Q22).
"""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.logs import build_formatter
from integrations.connecting import current_connection
from integrations.gateway import Gateway, QuickBooksError
from integrations.models import Connection
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.quickbooks import CLIENT_SECRET, use_sandbox
from tests.support.sandbox import Realm, Sandbox
from tests.support.trip import come_back, consent, read_query, set_out

VENDOR = "Marker Lumber & Søns"
FAULTS = (
    "401",
    "429",
    "500",
    "html502",
    "drop_before",
    "drop_after",
    "fault:6190",
    "fault:10000",
    "fault:4001",
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What production would write, down to DEBUG, and before the last defence takes anything out."""
    stream = io.StringIO()
    written, raw = logging.StreamHandler(stream), logging.StreamHandler(stream)
    written.setFormatter(
        build_formatter("json")["()"](
            **{key: value for key, value in build_formatter("json").items() if key != "()"}
        )
    )
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in (written, raw):
        root.addHandler(handler)
    yield stream
    root.setLevel(level)
    for handler in (written, raw):
        root.removeHandler(handler)


def dump_database() -> str:
    tables = [model._meta.db_table for model in apps.get_models()]
    with database.cursor() as cursor:
        return "\n".join(dump_table(cursor, table) for table in tables)


def dump_table(cursor: Any, table: str) -> str:
    cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")  # noqa: S608
    return str(cursor.fetchall())


def read_pages(client: Client, cast: Cast) -> str:
    names = ("quickbooks", "quickbooks-disconnect", "sync-log", "projects")
    pages = [client.get(reverse(name, args=[cast.ridge.slug])) for name in names]
    return "\n".join(f"{page.headers} {page.content.decode()} {page.cookies}" for page in pages)


def fail_in_every_way(sandbox: Sandbox, realm: Realm, connection: Connection) -> None:
    for action in FAULTS:
        realm.fail_next(action, times=9)
        with pytest.raises(QuickBooksError):
            Gateway(connection).query_rows("Vendor", where="DisplayName = 'Marker Lumber'")
        realm.clear_faults()


def test_no_secret_and_no_name_leaves_its_place(
    cast: Cast, sign_in: SignIn, realm: Realm, sandbox: Sandbox, settings: Settings, log: io.StringIO
) -> None:
    use_sandbox(settings, sandbox)
    realm.load_documents({"Vendor": {"Id": "77", "DisplayName": VENDOR, "Active": True}})
    alice = sign_in(cast.alice)
    callback = consent(realm, set_out(alice, cast.ridge))
    come_back(alice, callback)
    with scope(company=cast.ridge):
        connection = current_connection(cast.ridge)
    assert connection is not None
    assert [row.data["DisplayName"] for row in Gateway(connection).query_rows("Vendor").rows] == [VENDOR]

    fail_in_every_way(sandbox, realm, connection)
    pages = read_pages(alice, cast)

    sent = read_query(callback)
    secrets = [
        connection.access_token,
        connection.refresh_token,
        CLIENT_SECRET,
        sent["code"],
        sent["state"],
        realm.id,
    ]
    written = log.getvalue()
    assert "quickbooks_exchange" in written
    assert [secret for secret in [*secrets, VENDOR, "Marker"] if secret in written] == []
    assert [secret for secret in secrets if secret in pages] == []
    assert [secret for secret in secrets if secret in dump_database()] == []


def test_keys_are_rotated_without_losing_anything(cast: Cast, settings: Settings) -> None:
    from cryptography.fernet import Fernet

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.TOKEN_ENCRYPTION_KEYS = [old]
    with scope(company=cast.ridge):
        Connection.objects.create(
            company=cast.ridge, realm_id="42", access_token="access", refresh_token="refresh"
        )
    settings.TOKEN_ENCRYPTION_KEYS = [new, old]
    out = io.StringIO()

    call_command("rotate_encryption_keys", stdout=out)

    settings.TOKEN_ENCRYPTION_KEYS = [new]
    with scope(company=cast.ridge):
        row = Connection.objects.get()
    assert (row.realm_id, row.access_token, row.refresh_token) == ("42", "access", "refresh")
    assert "integrations.Connection: 1 rows, realm_id, access_token, refresh_token" in out.getvalue()
