"""What one document does to others: balances, links, billing, and undoing all of it."""

from __future__ import annotations

from tests.integrations.sandbox.client import (
    Company,
    Document,
    account_line,
    identity,
    refs,
    refused,
    sales_line,
)


def pay(company: Company, customer: Document, amount: float, *targets: tuple[str, str, float]) -> Document:
    return company.create("Payment", CustomerRef=refs(customer), TotalAmt=amount, Line=applied(*targets))


def applied(*targets: tuple[str, str, float]) -> list[Document]:
    return [
        {"Amount": amount, "LinkedTxn": [{"TxnId": target, "TxnType": kind}]}
        for kind, target, amount in targets
    ]


def pay_bill(company: Company, vendor: Document, amount: float, *targets: tuple[str, str, float]) -> Document:
    return company.create(
        "BillPayment",
        VendorRef=refs(vendor),
        TotalAmt=amount,
        PayType="Check",
        CheckPayment={"BankAccountRef": {"value": "1"}},
        Line=applied(*targets),
    )


def invoiced(company: Company, amount: float = 100) -> tuple[Document, Document]:
    customer = company.customer()
    return customer, company.invoice(customer, sales_line(amount, company.item()))


def test_payment_lowers_the_balance_and_links_both_ways(company: Company) -> None:
    customer, invoice = invoiced(company)

    payment = pay(company, customer, 150, ("Invoice", invoice["Id"], 60))

    paid = company.read("Invoice", invoice["Id"])
    assert (paid["Balance"], paid["TotalAmt"], paid["SyncToken"]) == (40, 100, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert payment["UnappliedAmt"] == 90
    assert company.read("Customer", customer["Id"])["Balance"] == -50


def test_changing_and_deleting_a_payment_moves_the_balance_back(company: Company) -> None:
    customer, invoice = invoiced(company)
    payment = pay(company, customer, 60, ("Invoice", invoice["Id"], 60))

    changed = company.change("Payment", payment, Line=applied(("Invoice", invoice["Id"], 25)))
    assert company.read("Invoice", invoice["Id"])["Balance"] == 75

    company.post("payment", identity(changed), operation="delete")
    after = company.read("Invoice", invoice["Id"])
    assert (after["Balance"], after["LinkedTxn"], after["SyncToken"]) == (100, [], "3")
    assert company.read("Customer", customer["Id"])["Balance"] == 100


def test_a_link_left_out_of_a_payment_is_unapplied(company: Company) -> None:
    customer, invoice = invoiced(company)
    payment = pay(company, customer, 60, ("Invoice", invoice["Id"], 60))

    unlinked = company.change("Payment", payment, Line=[])

    assert unlinked["UnappliedAmt"] == 60
    assert company.read("Invoice", invoice["Id"])["Balance"] == 100


def test_voiding_an_invoice_gives_its_payment_back(company: Company) -> None:
    customer, invoice = invoiced(company)
    payment = pay(company, customer, 60, ("Invoice", invoice["Id"], 60))

    company.post("invoice", identity(company.read("Invoice", invoice["Id"])), operation="void")

    after = company.read("Payment", payment["Id"])
    assert (after["UnappliedAmt"], after["Line"], after["SyncToken"]) == (60, [], "1")
    assert company.read("Customer", customer["Id"])["Balance"] == -60


def test_credit_memo_is_applied_by_a_payment_of_nothing(company: Company) -> None:
    customer, invoice = invoiced(company)
    line = sales_line(30, {"Id": "1"})
    memo = company.create("CreditMemo", CustomerRef=refs(customer), Line=[line])

    payment = pay(company, customer, 0, ("Invoice", invoice["Id"], 30), ("CreditMemo", memo["Id"], 30))

    used = company.read("CreditMemo", memo["Id"])
    assert payment["UnappliedAmt"] == 0
    assert (memo["RemainingCredit"], used["RemainingCredit"], used["Balance"]) == (30, 0, 0)
    assert company.read("Invoice", invoice["Id"])["Balance"] == 70


def test_payments_that_cannot_be_applied(company: Company) -> None:
    customer, invoice = invoiced(company)
    stranger = company.customer("Stranger")

    def send(payer: Document, target: str, amount: float) -> tuple[int, str]:
        line = applied(("Invoice", target, amount))
        sent = {"CustomerRef": refs(payer), "TotalAmt": amount, "Line": line}
        return refused(company.post("payment", sent))

    assert send(customer, "999", 1) == (400, "620")
    assert send(stranger, invoice["Id"], 1) == (400, "620")
    assert send(customer, invoice["Id"], 100.01) == (400, "6000")
    assert refused(company.post("payment", {"CustomerRef": refs(customer)})) == (400, "6000")
    assert company.read("Invoice", invoice["Id"]) == invoice


def test_a_parent_can_pay_the_invoice_of_its_project(company: Company) -> None:
    parent = company.customer("Parent")
    project = company.customer("Project", Job=True, ParentRef=refs(parent))
    invoice = company.invoice(project, sales_line(100, company.item()))

    pay(company, parent, 100, ("Invoice", invoice["Id"], 100))

    assert company.read("Invoice", invoice["Id"])["Balance"] == 0
    assert company.read("Customer", parent["Id"])["BalanceWithJobs"] == 0


def test_bill_payment_uses_a_vendor_credit(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor)
    credit = company.create("VendorCredit", VendorRef=refs(vendor), Line=[account_line(30)])

    payment = pay_bill(company, vendor, 70, ("Bill", bill["Id"], 100), ("VendorCredit", credit["Id"], 30))

    paid, used = company.read("Bill", bill["Id"]), company.read("VendorCredit", credit["Id"])
    assert (paid["Balance"], used["Balance"], paid["SyncToken"]) == (0, 0, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]
    assert company.read("Vendor", vendor["Id"])["Balance"] == 0


def test_a_paid_bill_is_deleted_only_after_unlinking(company: Company) -> None:
    vendor = company.vendor()
    bill = company.bill(vendor)
    payment = pay_bill(company, vendor, 100, ("Bill", bill["Id"], 100))
    present = identity(company.read("Bill", bill["Id"]))

    assert refused(company.post("bill", present, operation="delete")) == (400, "6000")

    company.post("billpayment", identity(payment), operation="delete")
    present = identity(company.read("Bill", bill["Id"]))
    assert company.post("bill", present, operation="delete").status_code == 200
    assert company.read("Vendor", vendor["Id"])["Balance"] == 0


def test_link_to_a_purchase_is_no_payment_of_it(company: Company) -> None:
    vendor = company.vendor()

    payment = pay_bill(company, vendor, 5, ("Purchase", "999", 5))

    assert payment["TotalAmt"] == 5


# Billing time and expenses


def worked(company: Company, customer: Document) -> Document:
    employee = company.create("Employee", GivenName="Ada")
    return company.create(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef=refs(employee),
        Hours=2,
        HourlyRate=50,
        BillableStatus="Billable",
        CustomerRef=refs(customer),
    )


def test_billed_time_becomes_billable_again_when_the_invoice_goes(company: Company) -> None:
    customer = company.customer()
    activity = worked(company, customer)
    link = [{"TxnId": activity["Id"], "TxnType": "TimeActivity"}]

    invoice = company.invoice(customer, sales_line(100, company.item()), LinkedTxn=link)

    billed = company.read("TimeActivity", activity["Id"])
    assert (billed["BillableStatus"], billed["SyncToken"]) == ("HasBeenBilled", "1")
    assert invoice["LinkedTxn"] == link

    company.post("invoice", identity(invoice), operation="delete")
    assert company.read("TimeActivity", activity["Id"])["BillableStatus"] == "Billable"


def test_voiding_and_unlinking_free_billed_time_too(company: Company) -> None:
    customer, item = company.customer(), company.item()
    activity = worked(company, customer)
    link = [{"TxnId": activity["Id"], "TxnType": "TimeActivity"}]
    first = company.invoice(customer, sales_line(1, item), LinkedTxn=link)

    company.post("invoice", identity(first), operation="void")
    assert company.read("TimeActivity", activity["Id"])["BillableStatus"] == "Billable"

    second = company.invoice(customer, sales_line(1, item), LinkedTxn=link)
    company.change("Invoice", second, LinkedTxn=[])
    assert company.read("TimeActivity", activity["Id"])["BillableStatus"] == "Billable"


def test_unknown_time_cannot_be_billed(company: Company) -> None:
    link = [{"TxnId": "999", "TxnType": "TimeActivity"}]
    sent = {
        "CustomerRef": refs(company.customer()),
        "Line": [sales_line(1, company.item())],
        "LinkedTxn": link,
    }

    assert refused(company.post("invoice", sent)) == (400, "620")


def billable_bill(company: Company, customer: Document, *amounts: float) -> Document:
    detail: Document = {"CustomerRef": refs(customer), "BillableStatus": "Billable"}
    return company.bill(company.vendor(), *[account_line(amount, **detail) for amount in amounts])


def test_billable_expense_line_has_a_charge(company: Company) -> None:
    customer = company.customer()

    bill = billable_bill(company, customer, 30, 40)

    charges = company.rows("select * from ReimburseCharge orderby Id")
    links = [{"TxnId": charge["Id"], "TxnType": "ReimburseCharge"} for charge in charges]
    assert [charge["Amount"] for charge in charges] == [30, 40]
    assert [charge["CustomerRef"]["value"] for charge in charges] == [customer["Id"]] * 2
    assert bill["LinkedTxn"] == links
    assert [line["LinkedTxn"] for line in bill["Line"]] == [[link] for link in links]


def test_charges_follow_their_lines(company: Company) -> None:
    customer = company.customer()
    bill = billable_bill(company, customer, 30, 40)
    first = bill["Line"][0]

    kept = {**account_line(35, CustomerRef=refs(customer), BillableStatus="Billable"), "Id": first["Id"]}
    changed = company.change("Bill", bill, Line=[kept])

    charges = company.rows("select * from ReimburseCharge")
    assert [(charge["Id"], charge["Amount"]) for charge in charges] == [(first["LinkedTxn"][0]["TxnId"], 35)]
    assert changed["LinkedTxn"] == first["LinkedTxn"]

    company.post("bill", identity(changed), operation="delete")
    assert company.query("select * from ReimburseCharge") == {}


def test_a_person_bills_a_charge_and_the_line_is_locked(company: Company) -> None:
    customer = company.customer()
    bill = billable_bill(company, customer, 30)
    link = bill["LinkedTxn"]
    sent = {"CustomerRef": refs(customer), "Line": [sales_line(30, company.item())], "LinkedTxn": link}

    company.control("POST", "documents", {"Invoice": [sent]}, rules=1)

    billed = company.read("Bill", bill["Id"])
    detail = billed["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["BillableStatus"], billed["SyncToken"]) == ("HasBeenBilled", "1")
    assert company.rows("select * from ReimburseCharge where HasBeenInvoiced = true")[0]["Amount"] == 30
    assert refused(company.post("bill", identity(billed), operation="delete")) == (400, "6400")
    more = [{**billed["Line"][0], "Amount": 31}]
    assert refused(company.post("bill", {**identity(billed), "sparse": True, "Line": more})) == (400, "6000")
    assert company.change("Bill", billed, PrivateNote="fine")["Line"] == billed["Line"]

    invoice = company.rows("select * from Invoice")[0]
    company.post("invoice", identity(invoice), operation="delete")
    after = company.read("Bill", bill["Id"])["Line"][0]["AccountBasedExpenseLineDetail"]
    assert after["BillableStatus"] == "Billable"


def test_the_api_cannot_bill_a_charge(company: Company) -> None:
    customer = company.customer()
    bill = billable_bill(company, customer, 30)

    invoice = company.invoice(customer, sales_line(30, company.item()), LinkedTxn=bill["LinkedTxn"])

    assert invoice["LinkedTxn"] == []
    assert company.read("Bill", bill["Id"]) == bill


def test_balances_of_names_move_without_a_new_token(company: Company) -> None:
    vendor = company.vendor()
    company.bill(vendor)

    after = company.read("Vendor", vendor["Id"])

    assert (after["Balance"], after["SyncToken"]) == (100, "0")
