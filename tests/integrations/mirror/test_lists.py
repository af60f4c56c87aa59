from datetime import date
from decimal import Decimal

import pytest

from integrations.lists import read_company_info, read_preferences
from integrations.mirror import mark_deleted, store_documents
from integrations.models import (
    Connection,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
)
from integrations.models.mirror import ListRow
from tests.integrations.mirror.documents import NOW, at, row

COMMON = {"id", "company_id", "connection_id", "quickbooks_id"}


def columns(saved: ListRow) -> dict[str, object]:
    names = [field.attname for field in saved._meta.concrete_fields]
    return {name: getattr(saved, name) for name in names if name not in COMMON}


def test_customer_that_is_a_project(connection: Connection) -> None:
    project = row(
        "58",
        DisplayName="Quill Kitchen",
        FullyQualifiedName="Ada Quill:Quill Kitchen",
        ParentRef={"value": "57"},
        Job=True,
        IsProject=True,
        Active=True,
    )

    store_documents(connection, "Customer", [project], now=NOW)

    assert columns(QuickBooksCustomer.objects.get(quickbooks_id="58")) == {
        "name": "Quill Kitchen",
        "full_name": "Ada Quill:Quill Kitchen",
        "parent_ref": "57",
        "is_project": True,
        "is_active": True,
        "is_deleted": False,
    }


def test_item_is_bought_and_sold_by_its_accounts_never_by_its_cost(connection: Connection) -> None:
    sold = row(
        "3",
        Name="Framing",
        FullyQualifiedName="Structure:Framing",
        Type="Service",
        Description="Wood frame",
        Sku="F-1",
        ParentRef={"value": "2"},
        IncomeAccountRef={"value": "48", "name": "Sales"},
        PurchaseCost=0,
    )
    bought = row("4", Name="Lumber", Type="NonInventory", ExpenseAccountRef={"value": "65"})
    neither = row("5", Name="Imported", Type="Service")

    store_documents(connection, "Item", [sold, bought, neither], now=NOW)

    items = {item.name: item for item in QuickBooksItem.objects.all()}
    assert {name: (item.is_sold, item.is_purchased) for name, item in items.items()} == {
        "Framing": (True, False),
        "Lumber": (False, True),
        "Imported": (False, False),
    }
    assert columns(items["Framing"]) == {
        "name": "Framing",
        "full_name": "Structure:Framing",
        "item_type": "Service",
        "description": "Wood frame",
        "sku": "F-1",
        "parent_ref": "2",
        "income_account_ref": "48",
        "expense_account_ref": "",
        "is_active": True,
        "is_deleted": False,
    }


def test_vendor(connection: Connection) -> None:
    vendor = row(
        "41",
        DisplayName="Lumber Yard (deleted)",
        Active=False,
        PrimaryEmailAddr={"Address": "desk@lumberyard.example"},
        Mobile={"FreeFormNumber": "555 0101"},
        WebAddr={},
        Vendor1099=True,
    )

    store_documents(connection, "Vendor", [vendor], now=NOW)

    assert columns(QuickBooksVendor.objects.get()) == {
        "name": "Lumber Yard (deleted)",
        "email": "desk@lumberyard.example",
        "phone": "555 0101",
        "is_1099": True,
        "is_active": False,
        "is_deleted": False,
    }


def test_employee_with_and_without_rates(connection: Connection) -> None:
    rated = row("70", DisplayName="Jo Mason", CostRate=41.255, BillRate=95, UseTimeEntry="UseTimeEntry")
    bare = row("71", GivenName="Sam", DisplayName="Sam", CostRate=0)

    store_documents(connection, "Employee", [rated, bare], now=NOW)

    jo, sam = QuickBooksEmployee.objects.order_by("quickbooks_id")
    assert columns(jo) == {
        "name": "Jo Mason",
        "email": "",
        "cost_rate": Decimal("41.2550000"),
        "bill_rate": Decimal("95.0000000"),
        "uses_time_entry": "UseTimeEntry",
        "is_active": True,
        "is_deleted": False,
    }
    assert (sam.cost_rate, sam.bill_rate, sam.uses_time_entry) == (None, None, "")


def test_account(connection: Connection) -> None:
    account = row(
        "65",
        Name="Lumber",
        FullyQualifiedName="Job Materials:Lumber",
        AcctNum="5100",
        AccountType="Cost of Goods Sold",
        Classification="Expense",
    )

    store_documents(connection, "Account", [account], now=NOW)

    assert columns(QuickBooksAccount.objects.get()) == {
        "name": "Lumber",
        "full_name": "Job Materials:Lumber",
        "number": "5100",
        "account_type": "Cost of Goods Sold",
        "classification": "Expense",
        "is_active": True,
        "is_deleted": False,
    }


def test_list_row_follows_its_document(connection: Connection) -> None:
    store_documents(connection, "Vendor", [row("41", DisplayName="Lumber Yard")], now=NOW)
    store_documents(connection, "Vendor", [row("41", updated=at(1), DisplayName="Timber Yard")], now=NOW)
    assert list(QuickBooksVendor.objects.values_list("name", "is_deleted")) == [("Timber Yard", False)]

    mark_deleted(connection, "Vendor", ["41"], now=NOW)
    assert list(QuickBooksVendor.objects.values_list("name", "is_active", "is_deleted")) == [
        ("Timber Yard", False, True)
    ]


def test_rows_without_any_name_and_with_very_long_ones_do_not_stop_a_sync(connection: Connection) -> None:
    rows = [row("1"), row("2", DisplayName="x" * 600, FullyQualifiedName="y" * 2500)]

    store_documents(connection, "Customer", rows, now=NOW)

    nameless, long = QuickBooksCustomer.objects.order_by("quickbooks_id")
    assert nameless.name == "No name (1)"
    assert (len(long.name), len(long.full_name)) == (500, 2000)


def test_company_info_and_preferences_land_on_the_connection(connection: Connection) -> None:
    info = row(
        "1",
        CompanyName="Ridge Builders LLC",
        Country="US",
        NameValue=[
            {"Name": "PayrollFeature", "Value": "True"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
        ],
    )
    preferences = row(
        "1",
        AccountingInfoPrefs={"BookCloseDate": "2025-12-31"},
        CurrencyPrefs={"HomeCurrency": {"value": "CAD"}, "MultiCurrencyEnabled": True},
        ProductAndServicesPrefs={"ForSales": True, "ForPurchase": False},
        VendorAndPurchasesPrefs={"TrackingByCustomer": True},
        OtherPrefs={"NameValue": [{"Name": "ProjectsEnabled", "Value": "true"}]},
    )

    store_documents(connection, "CompanyInfo", [info], now=NOW)
    store_documents(connection, "Preferences", [preferences], now=NOW)

    saved = Connection.objects.get()
    for found in (saved, connection):
        assert (found.books_name, found.country, found.edition, found.has_payroll) == (
            "Ridge Builders LLC",
            "US",
            "QuickBooks Online Plus",
            True,
        )
        assert (found.closing_date, found.home_currency) == (date(2025, 12, 31), "CAD")
    assert saved.preferences == {
        "items_on_sales_forms": True,
        "items_on_expense_forms": False,
        "customers_on_expense_lines": True,
        "billable_expenses": None,
        "items_on_time": None,
        "customers_on_time": None,
        "time_tracking": None,
        "projects": True,
        "multicurrency": True,
        "automated_sales_tax": None,
    }


def test_closing_date_that_is_taken_away_goes(connection: Connection) -> None:
    closed = row("1", AccountingInfoPrefs={"BookCloseDate": "2025-12-31"})
    store_documents(connection, "Preferences", [closed], now=NOW)

    store_documents(connection, "Preferences", [row("1", updated=at(1))], now=NOW)

    saved = Connection.objects.get()
    assert (saved.closing_date, saved.home_currency) == (None, "USD")


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("True", True), ("false", False), ("", False)]
)
def test_payroll_feature_is_a_word(value: str, expected: bool) -> None:
    info = {"NameValue": [{"Name": "PayrollFeature", "Value": value}]}

    assert read_company_info(info)["has_payroll"] is expected


def test_settings_quickbooks_does_not_mention_are_unknown() -> None:
    settings = read_preferences({})

    assert set(settings["preferences"].values()) == {None}
    assert (settings["closing_date"], settings["home_currency"]) == (None, "")


def test_members_that_are_null_are_as_good_as_missing(connection: Connection) -> None:
    empty = row("9", Name="Sundries", Type=None, Description=None, Sku=None, ParentRef=None, Active=None)

    store_documents(connection, "Item", [empty], now=NOW)

    saved = QuickBooksItem.objects.get(quickbooks_id="9")
    assert (saved.item_type, saved.description, saved.sku, saved.parent_ref) == ("", "", "", "")
    assert saved.is_active
