"""The tests' hands on the stand-in: each test has books of its own, and what is done in them is seen there."""

from decimal import Decimal

import pytest

from tests.support.sandbox import Realm, Sandbox, SandboxError

VENDOR = {"Id": "900", "DisplayName": "Harbor Lumber", "SyncToken": "0", "Active": True}


def test_documents_are_loaded_edited_and_read_back(realm: Realm) -> None:
    realm.load_documents({"Vendor": VENDOR})
    realm.edit_document("Vendor", "900", {"DisplayName": "Harbor Lumber & Sons"})

    found = realm.send("GET", "documents/Vendor/900")

    assert (found["DisplayName"], found["SyncToken"]) == ("Harbor Lumber & Sons", "1")


def test_two_realms_share_nothing(sandbox: Sandbox, realm: Realm) -> None:
    other = sandbox.open_company()
    before = realm.list_documents("Vendor")
    other.load_documents({"Vendor": VENDOR})

    after = realm.list_documents("Vendor")
    other.close()

    assert after == before


def test_amounts_arrive_as_decimals(realm: Realm) -> None:
    realm.load_documents({"Vendor": {**VENDOR, "Balance": Decimal("0.10")}})

    assert realm.send("GET", "documents/Vendor/900")["Balance"] == Decimal("0.10")


def test_tokens_are_issued_for_the_realm(realm: Realm) -> None:
    assert realm.issue_tokens("ressio-development")["realmId"] == realm.id


def test_a_refused_request_fails_the_test_that_made_it(realm: Realm) -> None:
    with pytest.raises(SandboxError, match="There is no entity"):
        realm.load_documents({"Nonsense": {"Id": "1"}})
