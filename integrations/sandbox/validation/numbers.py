"""6140: document numbers that are taken already, where the company's preferences ask for unique ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.wire import Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change


def check_number(change: Change, entity: str, document: Document, old: Document | None) -> None:
    number = document.get("DocNumber")
    if not number or (old and old.get("DocNumber") == number):
        return
    for other_entity in _checked_with(change, entity, document):
        for other_id in change.books.numbers.holders(other_entity, number):
            other = change.read(other_entity, other_id)
            if other and other_id != document.get("Id") and _competes(entity, document, other):
                raise _taken(number, other_entity, other_id)


def _checked_with(change: Change, entity: str, document: Document) -> tuple[str, ...]:
    """Checks of Purchase and BillPayment share one number space."""
    if entity in ("Invoice", "CreditMemo", "Estimate"):
        return (entity,)
    if entity == "Bill" and _warns(change, "WarnDuplicateBillNumber"):
        return ("Bill",)
    if _is_check(entity, document) and _warns(change, "WarnDuplicateCheckNumber"):
        return ("Purchase", "BillPayment")
    return ()


def _warns(change: Change, name: str) -> bool:
    pairs = change.books.settings("Preferences").get("OtherPrefs", {}).get("NameValue", [])
    return {pair.get("Name"): pair.get("Value") for pair in pairs}.get(name) == "true"


def _is_check(entity: str, document: Document) -> bool:
    kind = document.get("PaymentType") if entity == "Purchase" else document.get("PayType")
    return entity in ("Purchase", "BillPayment") and kind == "Check"


def _competes(entity: str, document: Document, other: Document) -> bool:
    """Bills compete per vendor, checks with checks of the same bank account."""
    if entity == "Bill":
        return bool(document["VendorRef"]["value"] == other["VendorRef"]["value"])
    if entity in ("Purchase", "BillPayment"):
        return bank_account(document) == bank_account(other) is not None
    return True


def bank_account(document: Document) -> str | None:
    ref = document.get("AccountRef") or (document.get("CheckPayment") or {}).get("BankAccountRef") or {}
    value = ref.get("value")
    return str(value) if value else None


def _taken(number: str, entity: str, document_id: str) -> ApiFault:
    return ApiFault(
        "6140",
        "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber={number} is assigned to TxnType={entity} with TxnId={document_id}",
    )
