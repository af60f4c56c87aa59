"""An invoice's way: released, in QuickBooks exactly once, followed there ever after."""

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.mirror import store_documents
from integrations.models import Push, PushState, SyncIssue
from invoicing.invoices.conflicts import accept_difference, conflict_mark, decide_conflict
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.looking_ahead import look_ahead
from invoicing.invoices.numbering import suggest_number
from invoicing.invoices.preview import preview_of
from invoicing.invoices.releasing import change_number, take_back_release
from invoicing.models import Invoice, InvoiceState, ProfitShown, TaxMode
from tests.budgets.documents import as_row
from tests.invoicing.figures import GLOBAL_CODES, code_documents, rate_documents
from tests.invoicing.office import InvoiceOffice, price
from tests.invoicing.steps import invoice_push, release, send, settle


def test_what_was_released_is_in_quickbooks_once_as_the_preview_said(invoice_office: InvoiceOffice) -> None:
    """Also a line without a code, and profit apart; the internal notes stay here."""
    office = invoice_office
    invoice = office.draft(
        price("1000.00", office.codes[1], markup_percent=Decimal(15)),
        price("20.00", None, quantity=Decimal(3), unit_price=Decimal("6.6666667")),
        memo="Thank you",
        internal_notes="Secret",
        profit_shown=ProfitShown.APART,
        discount_percent=Decimal(10),
    )
    said = preview_of(invoice)
    assert said.ahead is not None
    assert (said.ahead.bare, said.ahead.obstacles, said.ahead.stays) == ([2], [], None)
    assert sum(posting.amount for posting in said.ledger) == 0
    released = release(office, invoice)
    assert release(office, invoice).released_at == released.released_at
    assert Push.objects.filter(kind="invoice").count() == 1
    assert invoice_push(invoice).subject_label == "Invoice 1001"
    invoice = send(office, invoice)
    assert json.loads(invoice_push(invoice).payload) == json.loads(said.text)
    [there] = office.invoices_there()
    assert (there["DocNumber"], there["CustomerMemo"], there["TotalAmt"]) == (
        "1001",
        {"value": "Thank you"},
        Decimal("1053.00"),
    )
    assert "PrivateNote" not in there
    sold = [
        (
            line["SalesItemLineDetail"]["ItemRef"]["name"],
            line["Amount"],
            line["SalesItemLineDetail"].get("Qty"),
        )
        for line in there["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]
    assert sold == [("03 Concrete", 1000, None), ("99 Builder profit", 150, None), ("06 Framing", 20, 3)]
    lines = list(invoice.lines.all())
    assert [bool(line.line_ref) for line in lines] == [True, True]
    assert [bool(line.profit_line_ref) for line in lines] == [True, False]
    assert (lines[1].cost_code, lines[1].is_default_code) == (office.codes[0], True)
    assert (invoice.state, invoice.quickbooks_total, invoice.balance, invoice.total_difference) == (
        InvoiceState.UNPAID,
        Decimal("1053.00"),
        Decimal("1053.00"),
        Decimal(0),
    )
    office.sync()
    assert (office.again(invoice).conflicts, invoice.changes.count()) == ({}, 1)


def test_seen_by_a_sync_before_the_answer_it_is_one_invoice(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = release(office, office.draft())
    office.realm.fail_next("drop_after")
    assert send(office, invoice).state == InvoiceState.RELEASED
    with pytest.raises(InvoiceRefused, match="on its way"):
        take_back_release(invoice=invoice, member=office.admin, now=timezone.now())
    office.sync()
    assert office.again(invoice).state == InvoiceState.UNPAID
    send(office, invoice)
    assert (invoice_push(invoice).state, len(office.invoices_there())) == (PushState.DONE, 1)


def test_a_number_refused_on_a_repeat_is_our_own(invoice_office: InvoiceOffice) -> None:
    """The answer was lost, and QuickBooks has forgotten the request: it is found by what it says."""
    office = invoice_office
    invoice = release(office, office.draft())
    office.realm.fail_next("drop_after")
    send(office, invoice)
    office.realm.forget_replays()
    assert send(office, invoice).state == InvoiceState.UNPAID
    assert (invoice_push(invoice).was_adopted, len(office.invoices_there())) == (True, 1)


def test_a_release_is_taken_back_while_nothing_has_left(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = release(office, office.draft(price("5.00", None)))
    invoice = take_back_release(invoice=invoice, member=office.admin, now=timezone.now())
    assert (invoice.state, invoice.number, invoice.lines.get().cost_code) == (
        InvoiceState.DRAFT,
        "1001",
        None,
    )
    assert invoice_push(invoice).state == PushState.SKIPPED
    assert office.invoices_there() == []


def test_a_total_that_differs_is_said_until_somebody_takes_it(invoice_office: InvoiceOffice) -> None:
    office = invoice_office
    invoice = release(office, office.draft())
    Invoice.objects.filter(pk=invoice.pk).update(total=Decimal("999.99"))
    invoice = send(office, invoice)
    issue = SyncIssue.objects.get(reason="invoice_total", resolved_at=None)
    assert issue.title == "Invoice 1001 comes to 1,000.00 in QuickBooks, and to 999.99 here."
    assert (invoice.total_difference, invoice.amount_due) == (Decimal("0.01"), Decimal("1000.00"))

    def accept(total: str) -> None:
        accept_difference(invoice=invoice, total=Decimal(total), member=office.admin, now=timezone.now())

    with pytest.raises(InvoiceRefused, match="another one now"):
        accept("1.00")
    accept("1000.00")
    assert not SyncIssue.objects.filter(reason="invoice_total", resolved_at=None).exists()
    with pytest.raises(InvoiceRefused):
        accept("1000.00")


def test_a_number_taken_there_is_said_and_another_one_is_sent(invoice_office: InvoiceOffice) -> None:
    """QuickBooks' own invoices are not imported (M69)."""
    office = invoice_office
    theirs = {
        "CustomerRef": {"value": office.refs["customer"]},
        "DocNumber": "1001",
        "Line": [{"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}],
    }
    office.realm.enter_document("Invoice", theirs)
    first = send(office, release(office, office.draft(number="1001")))
    assert (invoice_push(first).hold_code, first.state) == ("6140", InvoiceState.RELEASED)
    office.sync()
    assert Invoice.objects.count() == 1
    office.realm.enter_document("Invoice", theirs | {"DocNumber": "1002"})
    office.realm.enter_document("Invoice", theirs | {"DocNumber": "1040"})
    office.realm.enter_document("Invoice", theirs | {"DocNumber": "R-9000"})
    office.sync()
    assert suggest_number(office.company) == "1041"
    second = release(office, office.draft())
    assert second.number == "1041"
    ahead = look_ahead(first)
    assert [each.code for each in ahead.obstacles] == ["duplicate_number"]
    change_number(invoice=first, number="1001-B", member=office.admin, now=timezone.now())
    assert send(office, first).state == InvoiceState.UNPAID


def use_sales_tax(office: InvoiceOffice, country: str) -> None:
    documents = [
        *({"TaxRate": each} for each in rate_documents()),
        *({"TaxCode": each} for each in code_documents()),
    ]
    office.realm.load_documents(*json.loads(json.dumps(documents, default=float)))
    office.realm.edit_document("CompanyInfo", "1", {"Country": country})
    prefs = {"UsingSalesTax": True, "PartnerTaxEnabled": False, "TaxGroupCodeRef": {"value": "20"}}
    office.realm.edit_document("Preferences", "1", {"TaxPrefs": prefs})
    for entity in ("CompanyInfo", "Preferences", "TaxRate", "TaxCode"):
        rows = [as_row(document) for document in office.realm.list_documents(entity)]
        store_documents(office.connection, entity, rows, now=timezone.now())


def test_in_the_us_only_what_is_taxable_is_taxed(invoice_office: InvoiceOffice) -> None:
    """Whatever QuickBooks would do with the product or service of a line that says nothing."""
    office = invoice_office
    use_sales_tax(office, "US")
    office.realm.edit_document("Item", office.refs["06 Framing"], {"Taxable": True})
    taxed = price("100.00", office.codes[1], tax_code_ref="TAX")
    invoice = settle(office, price("50.00", office.codes[0]), taxed)
    assert (invoice.tax, invoice.total, invoice.total_difference) == (
        Decimal("8.63"),
        Decimal("158.63"),
        Decimal(0),
    )


def test_prices_that_include_tax_arrive_to_the_cent(invoice_office: InvoiceOffice) -> None:
    """Outside the US: net amounts with the gross beside them, and a tax code on each line."""
    office = invoice_office
    use_sales_tax(office, "GB")
    code = GLOBAL_CODES[1]
    lines = [
        price("19.99", office.codes[0], tax_code_ref=code),
        price("3.33", office.codes[1], tax_code_ref=code),
    ]
    inclusive = settle(office, *lines, tax_mode=TaxMode.INCLUSIVE, discount_amount=Decimal("1.00"))
    assert (inclusive.total_difference, inclusive.tax) == (Decimal(0), inclusive.quickbooks_tax)
    assert inclusive.conflicts == {}
    [there] = office.invoices_there()
    assert there["GlobalTaxCalculation"] == "TaxInclusive"
    gross = [line["SalesItemLineDetail"]["TaxInclusiveAmt"] for line in there["Line"][:2]]
    assert gross == [Decimal("19.99"), Decimal("3.33")]
    assert all(line.line_ref for line in inclusive.lines.all())
    office.edit_invoice_there(inclusive, CustomerMemo={"value": "Theirs"})
    office.sync()
    inclusive = office.again(inclusive)
    decide_conflict(
        invoice=inclusive,
        choice="theirs",
        mark=conflict_mark(inclusive),
        member=office.admin,
        now=timezone.now(),
    )
    inclusive = office.again(inclusive)
    assert [line.amount for line in inclusive.lines.all()] == [Decimal("19.99"), Decimal("3.33")]
    assert (inclusive.total_difference, inclusive.memo) == (Decimal(0), "Theirs")
    bare = release(office, office.draft())
    Invoice.objects.get(pk=bare.pk).lines.update(tax_code_ref="")
    send(office, bare)
    assert invoice_push(bare).hold_code == "no_tax_code"
