"""Tax: automated in the US, a code on every line elsewhere; making codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.sandbox.client import Company, account_line, refs, refused, sales_line


def test_us_sales_tax_on_taxable_lines_only(company: Company) -> None:
    taxed, free = company.item("Taxed", Taxable=True), company.item("Free")

    invoice = company.invoice(company.customer(), sales_line(100.10, taxed), sales_line(50, free))

    codes = [line["SalesItemLineDetail"]["TaxCodeRef"]["value"] for line in invoice["Line"][:2]]
    detail = invoice["TxnTaxDetail"]
    assert codes == ["TAX", "NON"]
    assert (detail["TotalTax"], detail["TxnTaxCodeRef"]["value"]) == (8.01, "1")
    assert detail["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 100.10
    assert (invoice["TotalAmt"], invoice["Balance"]) == (158.11, 158.11)


def test_us_tax_given_by_the_client_is_honoured_and_computed_again_when_lines_change(
    company: Company,
) -> None:
    item, customer = company.item(Taxable=True), company.customer()
    given = company.invoice(customer, sales_line(100, item), TxnTaxDetail={"TotalTax": 5})

    changed = company.change("Invoice", given, Line=[sales_line(200, item)])

    assert (given["TotalAmt"], given["TxnTaxDetail"]["TaxLine"][0]["Amount"]) == (105, 5)
    assert (changed["TotalAmt"], changed["TxnTaxDetail"]["TotalTax"]) == (216, 16)


def test_customer_that_is_not_taxable(company: Company) -> None:
    customer = company.customer(Taxable=False)

    invoice = company.invoice(customer, sales_line(100, company.item(Taxable=True)))

    assert (invoice["TotalAmt"], invoice["TxnTaxDetail"]) == (100, {"TotalTax": 0})


def test_discount_before_tax(company: Company) -> None:
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    line = sales_line(100, company.item(Taxable=True))

    invoice = company.invoice(company.customer(), line, discount, ApplyTaxAfterDiscount=True)

    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (7.2, 97.2)


@pytest.fixture
def abroad(company: Company) -> Company:
    """A British company with a code of 20 percent on both sides."""
    company.control("PATCH", "documents/CompanyInfo/1", {"Country": "GB"})
    rate = {"TaxRateName": "20.0%", "RateValue": "20", "TaxAgencyId": "1"}
    sides = [
        {**rate, "TaxApplicableOn": "Sales"},
        {**rate, "TaxRateName": "20% in", "TaxApplicableOn": "Purchase"},
    ]
    answer = company.post("taxservice/taxcode", {"TaxCode": "20.0% S", "TaxRateDetails": sides})
    assert answer.status_code == 200
    assert answer.json()["TaxCodeId"] == "2"
    return company


def test_purchase_tax_is_added_once_per_rate(abroad: Company) -> None:
    lines = [account_line(amount, TaxCodeRef={"value": "2"}) for amount in (10.01, 10.01)]

    bill = abroad.bill(abroad.vendor(), *lines, account_line(5))

    assert (bill["GlobalTaxCalculation"], bill["TxnTaxDetail"]["TotalTax"]) == ("TaxExcluded", 4)
    assert (bill["TotalAmt"], bill["Balance"]) == (29.02, 29.02)


def test_tax_inclusive_keeps_the_net_amount_on_the_line(abroad: Company) -> None:
    line = account_line(100, TaxCodeRef={"value": "2"})

    bill = abroad.bill(abroad.vendor(), line, GlobalTaxCalculation="TaxInclusive")

    assert bill["Line"][0]["Amount"] == 100
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxInclusiveAmt"] == 120
    assert bill["TotalAmt"] == 120


def test_tax_not_applicable_takes_no_tax_detail(abroad: Company) -> None:
    sent = {
        "VendorRef": refs(abroad.vendor()),
        "Line": [account_line(100, TaxCodeRef={"value": "2"})],
        "GlobalTaxCalculation": "NotApplicable",
    }

    assert abroad.write("Bill", sent)["TotalAmt"] == 100
    assert refused(abroad.post("bill", {**sent, "TxnTaxDetail": {"TotalTax": 5}})) == (400, "6170")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "2020"),
        ({"TaxCode": "A"}, "2020"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateName": "r"}]}, "2020"),
        ({"TaxCode": "A", "Nonsense": 1, "TaxRateDetails": []}, "2010"),
        ({"TaxCode": "State sales tax", "TaxRateDetails": [{"TaxRateId": "1"}]}, "6240"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateId": "9"}]}, "2500"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateId": "1"}, {"TaxRateId": "1"}]}, "6000"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateId": "1", "TaxApplicableOn": "Both"}]}, "2170"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateName": "r", "RateValue": "101", "TaxAgencyId": "1"}]}, "2150"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateName": "r", "RateValue": "1", "TaxAgencyId": "9"}]}, "2500"),
        ({"TaxCode": "A", "TaxRateDetails": [{"TaxRateName": "State sales tax", "RateValue": 1, "TaxAgencyId": "1"}]},
         "6240"),
    ],
)  # fmt: skip
def test_wrong_tax_codes(company: Company, payload: dict[str, Any], code: str) -> None:
    assert refused(company.post("taxservice/taxcode", payload)) == (400, code)
    assert company.query("select count(*) from TaxRate") == {"totalCount": 1}


def test_new_tax_code_answers_without_envelope(company: Company) -> None:
    sent = {
        "TaxCode": "City",
        "TaxRateDetails": [{"TaxRateName": "City", "RateValue": "1.5", "TaxAgencyId": "1"}],
    }

    answer = company.post("taxservice/taxcode", sent).json()

    assert answer == {
        "TaxCode": "City",
        "TaxCodeId": "2",
        "TaxRateDetails": [
            {
                "TaxRateName": "City",
                "RateValue": "1.5",
                "TaxAgencyId": "1",
                "TaxApplicableOn": "Sales",
                "TaxRateId": "2",
            }
        ],
    }
    assert company.rows("select * from TaxRate where Name = 'City'")[0]["RateValue"] == 1.5


def test_tax_codes_and_rates_are_not_written_directly(company: Company) -> None:
    for entity in ("taxcode", "taxrate"):
        assert refused(company.post(entity, {"Name": "A"})) == (400, "500")
    agency = company.create("TaxAgency", DisplayName="City Hall")
    assert refused(company.post("taxagency", {"Id": agency["Id"], "SyncToken": "0"})) == (400, "500")
