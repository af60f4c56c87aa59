"""Tax codes as QuickBooks has them, how each kind of company is taxed, and one made there: once, or not at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from integrations.mirror import store_documents
from integrations.models import Connection, Document, Push, PushState
from integrations.outbox import perform_push, retry_push
from invoicing.models import NewTaxCode
from invoicing.tax_codes.creating import (
    RateInput,
    TaxCodeInput,
    TaxCodeRefused,
    create_tax_code_in_quickbooks,
    why_not,
)
from invoicing.tax_codes.listing import tax_codes_of
from invoicing.tax_codes.reading import Side
from invoicing.tax_codes.setting import PickableCode, pickable_codes, tax_modes_of, tax_setting_of
from invoicing.tax_codes.usage import _counts, register_usage_counts
from invoicing.totals import GlobalTax, NoTax, RateUse, TaxBase, TaxMode, TaxSetting, UnitedStatesTax
from ressio.scoping import scope
from tests.budgets.documents import as_row
from tests.invoicing import figures
from tests.support.api import Program
from tests.support.cast import Cast, SignIn
from tests.support.quickbooks import make_connection
from tests.support.sandbox import Realm

DAY = figures.DAY
D = Decimal
AGENCY = {"Id": "1", "DisplayName": "Revenue Quebec"}


def store(connection: Connection, entity: str, *documents: dict[str, Any]) -> None:
    store_documents(connection, entity, [as_row(document) for document in documents], now=timezone.now())


def as_sent(
    connection: Connection, country: str, prefs: dict[str, Any], **customer: Any
) -> tuple[TaxSetting, list[PickableCode]]:
    """Preferences have no version here: the text decides."""
    Document.objects.filter(entity__in=["CompanyInfo", "Preferences", "Customer"]).delete()
    store(connection, "CompanyInfo", {"Id": "1", "CompanyName": "Ridge", "Country": country})
    store(connection, "Preferences", {"Id": "1", "TaxPrefs": prefs})
    store(connection, "Customer", {"Id": "7", "DisplayName": "Smith", **customer})
    return tax_setting_of(connection, on=DAY, customer="7"), pickable_codes(connection, on=DAY)


def test_what_quickbooks_says_of_taxes(cast: Cast) -> None:
    connection = make_connection(cast.ridge, realm_id="1")
    with scope(company=cast.ridge):
        assert (tax_setting_of(connection, on=DAY), pickable_codes(connection, on=DAY)) == (NoTax(), [])
        store(connection, "TaxAgency", AGENCY)
        store(
            connection,
            "TaxRate",
            *({**rate, "AgencyRef": {"value": "1"}} for rate in figures.rate_documents()),
        )
        old = {"Id": "30", "Name": "Old", "Active": False, "SalesTaxRateList": {"TaxRateDetail": []}}
        store(connection, "TaxCode", *figures.code_documents(), old)

        using = {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "20"}}
        automated, picks = as_sent(connection, "US", {**using, "PartnerTaxEnabled": True})
        groups, _ = as_sent(connection, "US", using, Taxable=False)
        unused, no_picks = as_sent(connection, "US", {**using, "UsingSalesTax": False})
        abroad, codes = as_sent(connection, "CA", using)

        rates = (RateUse("1", D("6.25")), RateUse("2", D("1.5"), order=1), RateUse("3", D("0.875"), order=2))
        assert automated == UnitedStatesTax(rates, True, True)
        assert groups == UnitedStatesTax(rates, False, False, "20")
        assert picks == [PickableCode("TAX", "Taxable", None), PickableCode("NON", "Not taxable", None)]
        assert (unused, no_picks, tax_modes_of(unused)) == (NoTax(), [], [TaxMode.NOT_APPLICABLE])
        assert isinstance(abroad, GlobalTax)
        assert abroad.rates_by_code["12"] == (
            RateUse("5", D(5)),
            RateUse("6", D("9.975"), TaxBase.AMOUNT_PLUS_TAX, 1),
        )
        assert abroad.rates_by_code["30"] == ()
        assert PickableCode("12", "Code 12", D("15.47375")) in codes
        assert "30" not in {code.id for code in codes}

        earlier = tax_codes_of(connection, on=date(2025, 12, 31), search="code 20")
        all_codes = tax_codes_of(connection, on=DAY)
        assert [rate.percent_text for rate in earlier[0].sales_rates] == ["6.25 %", "1.25 %", "0.875 %"]
        assert (earlier[0].sales_percent_text, earlier[0].sales_rates[0].agency) == (
            "8.375 %",
            "Revenue Quebec",
        )
        assert [code.id for code in all_codes][-1] == "30"
        assert all_codes[2].sales_rates[1].base == "of the amount with the taxes before it"


# Making one there -----------------------------------------------------------------------------------------------


def read_lists(connection: Connection, realm: Realm) -> None:
    """What a sync of the lists brings, without its threads."""
    for entity in ("CompanyInfo", "Preferences", "TaxAgency", "TaxRate", "TaxCode"):
        store(connection, entity, *realm.list_documents(entity))


@pytest.fixture
def abroad(connection: Connection, realm: Realm, settings: Settings) -> Connection:
    """A company outside the US; its books are read."""
    settings.QBO_WRITE_SETTLES = 0.0
    realm.edit_document("CompanyInfo", "1", {"Country": "GB"})
    read_lists(connection, realm)
    return connection


def given(name: str = "City", *rates: RateInput) -> TaxCodeInput:
    new = RateInput(name="City tax", percent=D("1.50"), agency_id="1")
    return TaxCodeInput(name, rates or (new, RateInput(Side.PURCHASES, rate_id="1")))


def names_there(realm: Realm) -> list[str]:
    return sorted(code["Name"] for code in realm.list_documents("TaxCode"))


def test_a_code_made_by_the_page_is_listed_at_once(
    abroad: Connection, realm: Realm, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.alice)
    address = reverse("tax-code-new", args=["ridge"])
    values = {"name": "City", "side": "Sales", "rate_name": "City tax", "percent": "101", "agency": "1"}

    wrong = client.post(address, values)
    double = client.post(address, {**values, "percent": "1.5", "rate_name": "State sales tax"})
    right = client.post(address, {**values, "percent": "1.5"})
    push = Push.objects.get()
    perform_push(push.pk)

    assert "less than or equal to 100" in wrong.content.decode()
    assert "QuickBooks has a tax rate “State sales tax”" in double.content.decode()
    assert right["Location"] == reverse("settings-tax-codes", args=["ridge"])
    page = client.get(right["Location"]).content.decode()
    assert "1.5 % City tax" in page
    assert "Every line of an invoice has one of these codes." in page
    asked, code = NewTaxCode.objects.get(), Document.objects.get(entity="TaxCode", quickbooks_id="2")
    assert (asked.quickbooks_id, asked.name, code.data["Name"]) == ("2", "City", "City")
    assert Document.objects.filter(entity="TaxRate").count() == 2
    push.refresh_from_db()
    assert (push.state, push.quickbooks_id, push.goes_alone) == (PushState.DONE, "2", True)


@pytest.mark.parametrize(("fault", "where"), [("drop_after", "taxservice"), ("fault:610", "read")])
def test_lost_answers_make_no_second_code_and_a_name_that_was_taken_is_held(
    abroad: Connection, realm: Realm, cast: Cast, fault: str, where: str
) -> None:
    """The answer is lost, or the code that was made cannot be read."""
    ask: Any = {"company": cast.ridge, "member": cast.alice, "now": timezone.now()}
    realm.fail_next(fault, operation=where)
    push = create_tax_code_in_quickbooks(given=given(), **ask)
    again = create_tax_code_in_quickbooks(given=given(), **ask)
    other = create_tax_code_in_quickbooks(given=given("County", RateInput(rate_id="1")), **ask)
    perform_push(push.pk)
    push.refresh_from_db()
    assert (again.pk, push.state) == (push.pk, PushState.UNKNOWN)

    # QuickBooks remembers no request id, and somebody there makes the other one, with another rate, meanwhile.
    realm.forget_replays()
    rate = {"TaxRateRef": {"value": "9"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    realm.load_documents(
        {"TaxCode": {"Id": "40", "Name": "County", "SalesTaxRateList": {"TaxRateDetail": [rate]}}}
    )
    for one in (push, other):
        perform_push(one.pk)
        one.refresh_from_db()

    assert (push.state, push.was_adopted, push.quickbooks_id) == (PushState.DONE, True, "2")
    assert names_there(realm) == ["City", "County", "NON", "State sales tax", "TAX"]
    assert (other.state, other.hold_code) == (PushState.HELD, "6240")
    read_lists(abroad, realm)
    retry_push(push=other, actor=cast.alice.user, now=timezone.now())
    perform_push(other.pk)
    other.refresh_from_db()
    assert other.hold_sentence.startswith("QuickBooks has a tax code “County”.")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (given(" "), "name"),
        (given("x" * 101), "name"),
        (given("state SALES tax"), "taken"),
        (TaxCodeInput("City", ()), "no_rate"),
        (given("City", RateInput(rate_id="99")), "rate"),
        (given("City", RateInput(rate_id="1"), RateInput(Side.PURCHASES, rate_id="1")), "twice"),
        (given("City", RateInput(name="R", percent=D("1.000001"), agency_id="1")), "percent"),
        (given("City", RateInput(name="R", percent=None, agency_id="1")), "percent"),
        (given("City", RateInput(name="R", percent=D(1))), "agency"),
    ],
)
def test_wishes_that_quickbooks_would_refuse(cast: Cast, wish: TaxCodeInput, code: str) -> None:
    connection = make_connection(cast.ridge, realm_id="1", country="GB")
    with scope(company=cast.ridge):
        store(connection, "Preferences", {"Id": "1", "TaxPrefs": {"UsingSalesTax": True}})
        store(connection, "TaxAgency", AGENCY)
        store(connection, "TaxRate", {"Id": "1", "Name": "State", "RateValue": 8})
        store(connection, "TaxCode", {"Id": "1", "Name": "State sales tax"})

        with pytest.raises(TaxCodeRefused) as refused:
            create_tax_code_in_quickbooks(
                company=cast.ridge, given=wish, member=cast.alice, now=timezone.now()
            )

        assert (refused.value.code, NewTaxCode.objects.count()) == (code, 0)


def test_programs_read_and_make_codes_and_are_told_why_not(cast: Cast) -> None:
    connection = make_connection(cast.ridge, realm_id="1", country="GB")
    program, reader = Program(cast.alice), Program(cast.bob)
    wish = {"name": "City", "rates": [{"name": "City tax", "percent": "1.50000", "agency_id": "1"}]}
    with scope(company=cast.ridge):
        nothing_known = why_not(connection)
        store(connection, "Preferences", {"Id": "1", "TaxPrefs": {"UsingSalesTax": True}})
        store(connection, "TaxAgency", AGENCY)
        store(connection, "TaxRate", *figures.rate_documents())
        store(connection, "TaxCode", *figures.code_documents())
    register_usage_counts(lambda connection: {"10": 3})

    listed = reader.get("tax-codes", search="code 10")
    wrong = program.post("tax-codes", **{**wish, "rates": [{"rate_id": "99"}]})
    program.client.defaults["HTTP_IDEMPOTENCY_KEY"] = "one"
    made, repeated = program.post("tax-codes", **wish), program.post("tax-codes", **wish)
    _counts.clear()

    rate = {"id": "4", "name": "Rate 4", "percent": "20.00000", "agency": "", "base": ""}
    assert listed.body["results"] == [
        {
            "id": "10",
            "name": "Code 10",
            "description": "",
            "is_active": True,
            "is_taxable": True,
            "sales_percent": "20.00000",
            "sales_rates": [rate],
            "purchase_rates": [],
            "used_on": 3,
        }
    ]
    assert wrong.body["errors"] == {"rates.rate_id": ["QuickBooks has no such rate."]}
    assert (made.status, made.body["state"], repeated.body) == (202, "waiting", made.body)
    with scope(company=cast.ridge):
        assert [asked.rates for asked in NewTaxCode.objects.all()] == [
            [{"TaxRateName": "City tax", "RateValue": "1.5", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}]
        ]
        Document.objects.filter(entity="Preferences").delete()
        automated = {"UsingSalesTax": True, "PartnerTaxEnabled": True}
        store(connection, "Preferences", {"Id": "1", "TaxPrefs": automated})
        Connection.objects.update(country="US")
    del program.client.defaults["HTTP_IDEMPOTENCY_KEY"]
    refused = program.post("tax-codes", **{**wish, "name": "Other"})
    assert (refused.status, refused.body["detail"][:52]) == (
        409,
        "QuickBooks works out this company's sales tax by its",
    )
    assert nothing_known == "QuickBooks has not been read yet. Sync the lists first."
