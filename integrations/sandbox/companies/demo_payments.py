"""Paying the bills: most are settled a month on, some in part, the newest are still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from integrations.sandbox.companies.demo_accounts import CHECKING, OFFICE_CARD
from integrations.sandbox.companies.demo_entry import currency
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import ONE, Document, applied_line, cents, link

# Bills older than this are settled; the rest are what the aging report shows.
OPEN_WORKDAYS = 32
PAID_AFTER = 21
BILLS_A_CHECK = 2
# Every so many-th bill is paid by half, or forgotten.
HALF_EVERY, FORGOTTEN_EVERY = 13, 17


def pay_bills(draft: Draft) -> None:
    for group in _groups(draft):
        newest = min(draft.workdays.back_of(bill["TxnDate"]) for bill in group)
        amounts = [(bill, _share(draft, bill)) for bill in group]
        pay(draft, amounts, back=newest - PAID_AFTER)


def _groups(draft: Draft) -> Iterator[list[Document]]:
    """Up to two old bills of one supplier, oldest first: what goes onto one check."""
    by_vendor: dict[str, list[Document]] = defaultdict(list)
    for position, bill in enumerate(draft.all("Bill")):
        old = draft.workdays.back_of(bill["TxnDate"]) >= OPEN_WORKDAYS
        if old and position % FORGOTTEN_EVERY and bill["Balance"]:
            by_vendor[bill["VendorRef"]["value"]].append(bill)
    for bills in by_vendor.values():
        bills.sort(key=lambda bill: bill["TxnDate"])
        for start in range(0, len(bills), BILLS_A_CHECK):
            yield bills[start : start + BILLS_A_CHECK]


def _share(draft: Draft, bill: Document) -> Decimal:
    half = int(bill["Id"]) % HALF_EVERY == 0
    return cents(bill["Balance"] / 2) if half else bill["Balance"]


def pay(
    draft: Draft,
    bills: list[tuple[Document, Decimal]],
    *,
    back: int,
    less: tuple[Document, ...] = (),
    by_card: bool = False,
) -> Document:
    """One BillPayment over several bills, less the vendor credits used up with it."""
    used = [(credit, credit["Balance"]) for credit in less]
    lines = [applied_line(amount, bill, "Bill") for bill, amount in bills]
    lines += [applied_line(amount, credit, "VendorCredit") for credit, amount in used]
    amount = sum((amount for _, amount in bills), Decimal(0)) - sum(
        (amount for _, amount in used), Decimal(0)
    )
    supplier = draft.documents["Vendor", bills[0][0]["VendorRef"]["value"]]
    fields = {
        "VendorRef": bills[0][0]["VendorRef"],
        "TxnDate": draft.day(back),
        **currency(supplier, bills[0][0].get("ExchangeRate", ONE)),
        "TotalAmt": amount,
        "Line": lines,
        **_paid_with(draft, by_card),
    }
    payment = draft.add("BillPayment", fields, back=back)
    _settle(draft, payment, [*bills, *used])
    return payment


def _sum(parts: list[tuple[Document, Decimal]]) -> Decimal:
    return sum((amount for _, amount in parts), Decimal(0))


def _paid_with(draft: Draft, by_card: bool) -> Document:
    if by_card:
        return {
            "PayType": "CreditCard",
            "CreditCardPayment": {"CCAccountRef": draft.ref("Account", OFFICE_CARD)},
        }
    bank = {"BankAccountRef": draft.ref("Account", CHECKING), "PrintStatus": "NotSet"}
    return {"PayType": "Check", "CheckPayment": bank}


def _settle(draft: Draft, payment: Document, settled: list[tuple[Document, Decimal]]) -> None:
    """Bills and credits lose their balance, name the payment, and are thereby saved once more."""
    kind = "BillPaymentCheck" if payment["PayType"] == "Check" else "BillPaymentCreditCard"
    for document, amount in settled:
        document["Balance"] -= amount
        if "HomeBalance" in document:
            document["HomeBalance"] = cents(document["Balance"] * document["ExchangeRate"])
        link(document, payment, kind)
        draft.touch(document, payment["MetaData"]["CreateTime"])
