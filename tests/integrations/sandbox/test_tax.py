"""Tax: automated in the US, a code on every line elsewhere; making codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.sandbox.client import Company, Document, account_line, refs, refused, sales_line


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


def test_taxes_upon_taxes_and_discounts_abroad(abroad: Company) -> None:
    """Quebec's old way: 5 percent, then 9.5 percent of the amount with it, then 2 percent of that tax alone."""
    periods = [
        {
            "RateValue": 8.5,
            "EffectiveDate": "2011-01-01T00:00:00-08:00",
            "EndDate": "2011-12-31T00:00:00-08:00",
        },
        {"RateValue": 9.5, "EffectiveDate": "2012-01-01T00:00:00-08:00"},
    ]
    rates: dict[str, Document] = {
        "11": {"RateValue": 5},
        "12": {"RateValue": 0, "EffectiveTaxRate": periods},
        "13": {"RateValue": 2},
    }
    uses = [("13", "TaxOnTax", 2, 1), ("12", "TaxOnAmountPlusTax", 1, None), ("11", "TaxOnAmount", 0, None)]
    details = [
        {"TaxRateRef": {"value": rate}, "TaxTypeApplicable": kind, "TaxOrder": order}
        | ({} if of is None else {"TaxOnTaxOrder": of})
        for rate, kind, order, of in uses
    ]
    code = {"Id": "11", "Name": "Old", "SalesTaxRateList": {"TaxRateDetail": details}}
    documents = [{"TaxRate": {"Id": key, "Name": f"R{key}", **rate}} for key, rate in rates.items()]
    abroad.control("POST", "documents", [*documents, {"TaxCode": code}])
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": 20,
        "DiscountLineDetail": {"PercentBased": False},
    }
    customer, item = abroad.customer(), abroad.item()
    lines = [sales_line(150, item, TaxCodeRef={"value": "11"}), sales_line(50, item), discount]

    def taxes(**fields: Any) -> list[tuple[str, float, float]]:
        invoice = abroad.invoice(customer, *lines, **fields)
        found = invoice["TxnTaxDetail"]["TaxLine"]
        assert invoice["TotalAmt"] == pytest.approx(180 + sum(line["Amount"] for line in found))
        inner = [(line["TaxLineDetail"], line["Amount"]) for line in found]
        return [(detail["TaxRateRef"]["value"], detail["NetAmountTaxable"], tax) for detail, tax in inner]

    assert taxes(TxnDate="2012-03-01") == [("11", 150, 7.5), ("12", 157.5, 14.96), ("13", 14.96, 0.3)]
    assert taxes(TxnDate="2011-03-01") == [("11", 150, 7.5), ("12", 157.5, 13.39), ("13", 13.39, 0.27)]
    # A tenth of everything goes before the tax.
    assert taxes(TxnDate="2012-03-01", ApplyTaxAfterDiscount=True) == [
        ("11", 135, 6.75),
        ("12", 141.75, 13.47),
        ("13", 13.47, 0.27),
    ]


def test_a_tax_inclusive_total_is_the_gross_amounts(abroad: Company) -> None:
    """20 percent of 8.37 is 1.67, but who entered 10.05 pays 10.05; a gross that no longer fits is made anew."""
    customer, item = abroad.customer(), abroad.item()
    line = sales_line(8.37, item, TaxCodeRef={"value": "2"}, TaxInclusiveAmt=10.05)
    sent = abroad.invoice(customer, line, GlobalTaxCalculation="TaxInclusive")

    detail = {**sent["Line"][0]["SalesItemLineDetail"], "TaxInclusiveAmt": 10.05}
    changed = abroad.change("Invoice", sent, Line=[{**line, "Amount": 100, "SalesItemLineDetail": detail}])

    assert (sent["TotalAmt"], sent["TxnTaxDetail"]["TotalTax"]) == (10.05, 1.68)
    assert (changed["TotalAmt"], changed["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"]) == (120, 120)
