"""Server-computed fields and business rules of each kind of transaction."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.integrations.sandbox.client import (
    Company,
    Document,
    account_line,
    identity,
    item_line,
    refs,
    refused,
    sales_line,
)


def purchase(company: Company, kind: str, account: str, **fields: object) -> Document:
    line = fields.pop("Line", [account_line(10)])
    return company.create("Purchase", PaymentType=kind, AccountRef={"value": account}, Line=line, **fields)


def form_of(document: Document) -> str:
    return str(document["PurchaseEx"]["any"][0]["value"]["Value"])


def test_purchases_show_the_form_they_were_entered_on(company: Company) -> None:
    expense = purchase(company, "Cash", "1", Credit=True)
    charge = purchase(company, "CreditCard", "3")
    credit = purchase(company, "CreditCard", "3", Credit=True)
    check = purchase(company, "Check", "1", DocNumber="77")

    assert [form_of(document) for document in (expense, charge, credit, check)] == ["54", "54", "11", "3"]
    assert "Credit" not in expense
    assert (charge["Credit"], credit["Credit"]) == (False, True)
    assert (check["PrintStatus"], credit["TotalAmt"]) == ("NeedToPrint", 10)


def test_purchase_account_fits_the_way_of_payment(company: Company) -> None:
    for kind, account in (("Check", "3"), ("CreditCard", "1"), ("Cash", "20")):
        sent = {"PaymentType": kind, "AccountRef": {"value": account}, "Line": [account_line(1)]}
        assert refused(company.post("purchase", sent)) == (400, "6430")


def test_payee_of_a_purchase_gets_its_name(company: Company) -> None:
    customer = company.customer("Payee")

    document = purchase(company, "Cash", "1", EntityRef={"value": customer["Id"], "type": "Customer"})

    assert document["EntityRef"] == {"value": customer["Id"], "name": "Payee", "type": "Customer"}


def test_check_numbers_are_unique_per_account_across_purchases_and_bill_payments(company: Company) -> None:
    purchase(company, "Check", "1", DocNumber="77")
    payment = {
        "VendorRef": refs(company.vendor()),
        "TotalAmt": 1,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "1"}},
        "DocNumber": "77",
    }

    response = company.post("billpayment", payment)

    assert refused(response) == (400, "6140")
    assert "DocNumber=77 is assigned to TxnType=Purchase with TxnId=1" in response.text
    assert company.write("BillPayment", payment, include="allowduplicatedocnum")["DocNumber"] == "77"
    assert purchase(company, "Check", "2", DocNumber="77")["DocNumber"] == "77"


def test_bill_numbers_are_unique_per_vendor_only_when_the_company_warns(company: Company) -> None:
    vendor = company.vendor()
    company.bill(vendor, DocNumber="A-1")
    company.bill(vendor, DocNumber="A-1")
    warn = [{"Name": "WarnDuplicateBillNumber", "Value": "true"}]
    company.control("PATCH", "documents/Preferences/1", {"OtherPrefs": {"NameValue": warn}})

    sent = {"VendorRef": refs(vendor), "Line": [account_line(1)], "DocNumber": "A-1"}

    assert refused(company.post("bill", sent)) == (400, "6140")
    assert company.bill(company.vendor("Other"), DocNumber="A-1")["DocNumber"] == "A-1"


def test_bill_is_due_by_its_term(company: Company) -> None:
    bill = company.bill(company.vendor(), TxnDate="2026-01-31", SalesTermRef={"value": "3", "name": "Net 30"})

    assert bill["DueDate"] == "2026-03-02"
    assert bill["SalesTermRef"] == {"value": "3"}


def test_amount_must_be_quantity_times_price_half_up(company: Company) -> None:
    item, vendor = company.item(), company.vendor()

    right = company.bill(vendor, item_line(277.69, item, Qty=3, UnitPrice=92.5633333))
    wrong = {"VendorRef": refs(vendor), "Line": [item_line(277.70, item, Qty=3, UnitPrice=92.5633333)]}

    assert right["TotalAmt"] == 277.69
    assert refused(company.post("bill", wrong)) == (400, "6070")


def test_no_quantity_and_no_price_are_the_same_as_zero_of_both(company: Company) -> None:
    """python-quickbooks sends zeros with every line that has only an amount."""
    item, vendor = company.item(), company.vendor()

    bill = company.bill(vendor, item_line(100, item, Qty=0, UnitPrice=0))
    wrong = {"VendorRef": refs(vendor), "Line": [item_line(100, item, Qty=0, UnitPrice=5)]}

    assert bill["TotalAmt"] == 100
    assert refused(company.post("bill", wrong)) == (400, "6070")


def test_closed_books_refuse_old_and_new_dates(company: Company) -> None:
    vendor = company.vendor()
    old = company.bill(vendor, TxnDate="2026-01-15")
    prefs = company.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]
    closed = {"AccountingInfoPrefs": {**prefs, "BookCloseDate": "2026-01-31"}}
    company.control("PATCH", "documents/Preferences/1", closed)
    line = [account_line(1)]

    def send(**fields: object) -> tuple[int, str]:
        return refused(company.post("bill", {"VendorRef": refs(vendor), "Line": line, **fields}))

    assert send(TxnDate="2026-01-31") == (400, "6210")
    assert send(**identity(old), TxnDate="2026-02-01", sparse=True) == (400, "6210")
    assert refused(company.post("bill", identity(old), operation="delete")) == (400, "6210")
    assert company.bill(vendor, TxnDate="2026-02-01")["TxnDate"] == "2026-02-01"


def test_lapsed_subscription_reads_but_does_not_write(company: Company) -> None:
    lapsed = [{"Name": "SubscriptionStatus", "Value": "EXPIRED"}]
    vendor = company.vendor()
    company.control("PATCH", "documents/CompanyInfo/1", {"NameValue": lapsed})

    sent = {"VendorRef": refs(vendor), "Line": [account_line(1)]}

    assert refused(company.post("bill", sent)) == (400, "6190")
    assert company.read("Vendor", vendor["Id"])["DisplayName"] == "Acme Lumber"


def test_foreign_currency_needs_a_rate_and_the_feature(company: Company) -> None:
    vendor = company.vendor()
    sent = {"VendorRef": refs(vendor), "Line": [account_line(100)], "CurrencyRef": {"value": "CAD"}}

    bill = company.write("Bill", {**sent, "ExchangeRate": 0.735})

    assert (bill["TotalAmt"], bill["HomeBalance"], bill["ExchangeRate"]) == (100, 73.5, 0.735)
    assert refused(company.post("bill", sent)) == (400, "6000")
    off = {"CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}}}
    company.control("PATCH", "documents/Preferences/1", off)
    assert refused(company.post("bill", {**sent, "ExchangeRate": 0.735})) == (400, "6000")


def test_project_ref_is_kept_on_the_line_wherever_it_was_sent(company: Company) -> None:
    line = account_line(10, ProjectRef={"value": "393363026"})

    bill = company.bill(company.vendor(), line, {**account_line(5), "ProjectRef": {"value": "7"}})

    assert [line["ProjectRef"] for line in bill["Line"]] == [{"value": "393363026"}, {"value": "7"}]
    assert "ProjectRef" not in bill["Line"][0]["AccountBasedExpenseLineDetail"]


def test_journal_entries_must_balance(company: Company) -> None:
    def side(kind: str, amount: float) -> Document:
        detail = {"PostingType": kind, "AccountRef": {"value": "20"}}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    entry = company.create("JournalEntry", Line=[side("Debit", 5), side("Credit", 5)])

    assert [line["Id"] for line in entry["Line"]] == ["0", "1"]
    uneven = {"Line": [side("Debit", 5), side("Credit", 4)]}
    assert refused(company.post("journalentry", uneven)) == (400, "2300")


# Sales


def test_invoice_is_numbered_due_and_summed_by_the_server(company: Company) -> None:
    item = company.item()
    customer = company.customer(BillAddr={"Line1": "1 Main St"}, PrimaryEmailAddr={"Address": "a@b.co"})

    first = company.invoice(
        customer, sales_line(100, item), SalesTermRef={"value": "3"}, TxnDate="2026-05-01"
    )
    second = company.invoice(customer, sales_line(1, item), DocNumber="INV-7")
    third = company.invoice(customer, sales_line(1, item))

    assert [document["DocNumber"] for document in (first, second, third)] == ["1001", "INV-7", "1002"]
    assert (first["DueDate"], first["TotalAmt"], first["Balance"]) == ("2026-05-31", 100, 100)
    assert first["Line"][-1] == {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert (first["BillAddr"]["Line1"], first["BillEmail"]["Address"]) == ("1 Main St", "a@b.co")
    assert (first["EmailStatus"], first["PrintStatus"], first["LinkedTxn"]) == ("NotSet", "NeedToPrint", [])


def test_invoice_numbers_are_unique(company: Company) -> None:
    item, customer = company.item(), company.customer()
    company.invoice(customer, sales_line(1, item), DocNumber="A")
    sent = {"CustomerRef": refs(customer), "Line": [sales_line(1, item)], "DocNumber": "A"}

    assert refused(company.post("invoice", sent)) == (400, "6140")
    assert company.write("Invoice", sent, include="allowduplicatedocnum")["DocNumber"] == "A"


def test_own_numbers_leave_the_number_out_when_omitted(company: Company) -> None:
    prefs = company.get("preferences").json()["Preferences"]["SalesFormsPrefs"]
    own = {"SalesFormsPrefs": {**prefs, "CustomTxnNumbers": True}}
    company.control("PATCH", "documents/Preferences/1", own)

    assert "DocNumber" not in company.invoice(company.customer(), sales_line(1, company.item()))


def test_discount_subtracts_after_the_subtotal(company: Company) -> None:
    percent = {"PercentBased": True, "DiscountPercent": 8.5}
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": percent}

    invoice = company.invoice(company.customer(), sales_line(200, company.item()), discount)

    assert [line["DetailType"] for line in invoice["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert (invoice["Line"][-1]["Amount"], invoice["TotalAmt"]) == (17, 183)


def test_editing_a_paid_invoice_keeps_what_was_paid(company: Company) -> None:
    item, customer = company.item(), company.customer()
    invoice = company.invoice(customer, sales_line(100, item))
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    company.create(
        "Payment", CustomerRef=refs(customer), TotalAmt=40, Line=[{"Amount": 40, "LinkedTxn": [link]}]
    )

    paid = company.read("Invoice", invoice["Id"])
    raised = company.change("Invoice", paid, Line=[sales_line(150, item)])

    assert (paid["Balance"], raised["TotalAmt"], raised["Balance"]) == (60, 150, 110)


def test_sending_an_invoice_marks_it_sent(company: Company) -> None:
    invoice = company.invoice(company.customer(), sales_line(1, company.item()))

    sent = company.http.post(f"{company.api}/invoice/{invoice['Id']}/send?sendTo=a@b.co", timeout=20).json()

    assert sent["Invoice"]["EmailStatus"] == "EmailSent"
    assert sent["Invoice"]["DeliveryInfo"]["DeliveryType"] == "Email"


# Time


@pytest.fixture
def employee(company: Company) -> Document:
    return company.create("Employee", GivenName="Ada", FamilyName="Byron")


def entry(employee: Document, **fields: object) -> Document:
    return {"NameOf": "Employee", "EmployeeRef": refs(employee), "TxnDate": "2026-06-01", **fields}


def test_time_keeps_the_style_it_was_entered_in(company: Company, employee: Document) -> None:
    by_hours = company.write("TimeActivity", entry(employee, Hours=7, Minutes=30))
    by_clock = company.write(
        "TimeActivity", entry(employee, StartTime="08:00:00-08:00", EndTime="16:30:00-08:00", BreakMinutes=30)
    )

    assert (by_hours["Hours"], by_hours["Minutes"], by_hours["Seconds"]) == (7, 30, 0)
    assert (by_hours["BillableStatus"], by_hours["HourlyRate"]) == ("NotBillable", 0)
    assert by_clock["StartTime"] == "2026-06-01T08:00:00-07:00"
    assert "Hours" not in by_clock


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Hours": 1, "NameOf": "Other"}, "6300"),
        ({"Hours": 1, "EmployeeRef": None}, "6290"),
        ({}, "6350"),
        ({"Hours": 1, "StartTime": "08:00:00", "EndTime": "09:00:00"}, "6390"),
        ({"StartTime": "08:00:00"}, "6360"),
        ({"StartTime": "eight", "EndTime": "09:00:00"}, "6340"),
        ({"Hours": 1, "Minutes": 60}, "6380"),
        ({"Hours": 8761}, "6380"),
        ({"Hours": 1, "BillableStatus": "HasBeenBilled"}, "2170"),
        ({"Hours": 1, "BillableStatus": "Billable", "HourlyRate": 50}, "6310"),
        ({"Hours": 1, "BillableStatus": "Billable", "CustomerRef": {"value": "2"}}, "6330"),
    ],
)
def test_wrong_time_is_refused(company: Company, employee: Document, fields: Document, code: str) -> None:
    company.customer()

    assert refused(company.post("timeactivity", entry(employee, **fields))) == (400, code)


def test_billable_time_has_a_charge_number(company: Company, employee: Document) -> None:
    billable = {"BillableStatus": "Billable", "HourlyRate": 65, "CustomerRef": refs(company.customer())}

    activity = company.write("TimeActivity", entry(employee, Hours=2, **billable))

    assert isinstance(activity["TimeChargeId"], int)
    assert "TimeChargeId" not in company.change("TimeActivity", activity, BillableStatus="NotBillable")


def test_time_changes_from_one_style_to_the_other(company: Company, employee: Document) -> None:
    activity = company.write("TimeActivity", entry(employee, Hours=2))

    clocked = company.change("TimeActivity", activity, StartTime="08:00:00", EndTime="11:00:00")
    hours = company.change("TimeActivity", clocked, Hours=3, Minutes=0, Seconds=0)

    assert ("Hours" in clocked, "StartTime" in hours) == (False, False)


def test_default_date_is_the_servers_day(company: Company) -> None:
    company.control("POST", "clock", {"days": 400})
    company.sign_in()

    bill = company.bill(company.vendor())

    expected = date.today() + timedelta(days=400)  # noqa: DTZ011  the machine's own day, give or take one
    assert abs((date.fromisoformat(bill["TxnDate"]) - expected).days) <= 1
