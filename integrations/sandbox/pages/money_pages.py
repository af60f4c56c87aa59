"""Money against an open document: receive a payment on an invoice, pay a bill."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.choices import Choices, select
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import amount_input, buttons, date_input, labelled, submit, text_input
from integrations.sandbox.pages.formats import Mistake, money, plain, read_amount, read_date
from integrations.sandbox.pages.kinds import address_of
from integrations.sandbox.pages.layout import link, page, redirect
from integrations.sandbox.pages.markup import Html, join, tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import Document, number

DEPOSIT_TO = ("Bank", "Other Current Asset")
PAID_FROM = ("Bank", "Credit Card")


def receive_payment(request: PageRequest, books: Books, invoice_id: str) -> PageResponse:
    return _pay(request, books, "Invoice", invoice_id)


def pay_bill(request: PageRequest, books: Books, bill_id: str) -> PageResponse:
    return _pay(request, books, "Bill", bill_id)


def _pay(request: PageRequest, books: Books, entity: str, document_id: str) -> PageResponse:
    document = books.get(entity, document_id)
    error = ""
    if request.method == "POST":
        try:
            _record(request, books, entity, document)
            return redirect(address_of(entity, document_id), "paid")
        except Mistake as mistake:
            error = str(mistake)
        except ApiFault as fault:
            error = readable(fault)
    return _show(request, books, entity, document, error)


def _record(request: PageRequest, books: Books, entity: str, document: Document) -> None:
    amount = read_amount(request.get("amount"), "Amount")
    if not amount or amount < 0:
        raise Mistake("Enter an amount above zero.")
    if not request.get("account"):
        raise Mistake("Choose an account.")
    day = read_date(request.get("date"), "Date")
    if entity == "Invoice":
        books.create("Payment", _payment(request, document, amount, day))
    else:
        books.create("BillPayment", _bill_payment(request, books, document, amount, day))


def _common(document: Document, entity: str, amount: Decimal, day: str) -> Document:
    """More than is open is applied only as far as it goes; the rest stays unapplied."""
    applied = min(amount, number(document["Balance"]))
    line = {"Amount": applied, "LinkedTxn": [{"TxnId": document["Id"], "TxnType": entity}]}
    fields = {"TxnDate": day, "TotalAmt": amount, "Line": [line]}
    if "ExchangeRate" in document:
        fields |= {"CurrencyRef": document["CurrencyRef"], "ExchangeRate": document["ExchangeRate"]}
    return fields


def _payment(request: PageRequest, invoice: Document, amount: Decimal, day: str) -> Document:
    payment = _common(invoice, "Invoice", amount, day)
    if request.get("number"):
        payment["PaymentRefNum"] = request.get("number")
    account = {"value": request.get("account")}
    return {**payment, "CustomerRef": invoice["CustomerRef"], "DepositToAccountRef": account}


def _bill_payment(request: PageRequest, books: Books, bill: Document, amount: Decimal, day: str) -> Document:
    payment = {**_common(bill, "Bill", amount, day), "VendorRef": bill["VendorRef"]}
    if request.get("number"):
        payment["DocNumber"] = request.get("number")
    account = books.get("Account", request.get("account"))
    ref = {"value": account["Id"]}
    if account["AccountType"] == "Credit Card":
        return {**payment, "PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": ref}}
    return {**payment, "PayType": "Check", "CheckPayment": {"BankAccountRef": ref}}


def _show(request: PageRequest, books: Books, entity: str, document: Document, error: str) -> PageResponse:
    is_invoice = entity == "Invoice"
    title = f"Receive payment on invoice {document.get('DocNumber', '')}" if is_invoice else "Pay bill"
    party = document["CustomerRef" if is_invoice else "VendorRef"].get("name", "")
    summary = tag(
        "p", join([party, ": ", money(document["Balance"]), " open of ", money(document["TotalAmt"])])
    )
    form = _form(request, books, entity, document)
    status = 422 if error else 200
    return page(request, books, title, join([summary, form]), error=error, status=status)


def _form(request: PageRequest, books: Books, entity: str, document: Document) -> Html:
    types, label = (DEPOSIT_TO, "Deposit to") if entity == "Invoice" else (PAID_FROM, "Paid from")
    accounts = Choices(books).accounts(types, request.get("account"), nothing="Choose…")
    amount = request.get("amount") or plain(document["Balance"])
    date_value = request.get("date") or books.today().isoformat()
    number_label = "Reference number" if entity == "Invoice" else "Check number"
    fields = (
        labelled("amount", "Amount", amount_input("amount", amount)),
        labelled("date", "Date", date_input("date", date_value)),
        labelled("account", label, select("account", accounts)),
        labelled("number", number_label, text_input("number", request.get("number"))),
    )
    back = link(address_of(entity, document["Id"]), "Cancel", class_="button")
    return tag(
        "form",
        tag("div", *fields, class_="fields"),
        buttons(submit("Record payment", look="primary"), back),
        method="post",
        class_="sheet",
    )
