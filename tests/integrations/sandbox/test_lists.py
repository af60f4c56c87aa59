"""Names: one namespace for people, hierarchies, projects, inactive ones, items, accounts."""

from __future__ import annotations

import pytest

from tests.integrations.sandbox.client import Company, identity, refs, refused, sales_line


def test_people_share_one_namespace_without_case(company: Company) -> None:
    company.vendor("Acme")

    for entity in ("vendor", "customer", "employee"):
        sent = {"DisplayName": " ACME ", "GivenName": "A"}
        response = company.post(entity, sent)
        assert refused(response) == (400, "6240")
        assert "Id=1" in response.text


def test_display_name_is_made_of_the_parts(company: Company) -> None:
    employee = company.create("Employee", GivenName="Ada", FamilyName="Byron", SSN="123-45-6789")

    assert (employee["DisplayName"], employee["PrintOnCheckName"]) == ("Ada Byron", "Ada Byron")
    assert (employee["SSN"], employee["BillableTime"], employee["Active"]) == ("XXX-XX-XXXX", False, True)


@pytest.mark.parametrize(
    ("entity", "sent", "code"),
    [
        ("vendor", {}, "2020"),
        ("vendor", {"DisplayName": "a:b"}, "2040"),
        ("vendor", {"DisplayName": "a\tb"}, "2040"),
        ("vendor", {"DisplayName": "x" * 501}, "2050"),
        ("vendor", {"DisplayName": "A", "PrimaryEmailAddr": {"Address": "nowhere"}}, "2210"),
        ("employee", {"DisplayName": "A"}, "6080"),
        ("customer", {"DisplayName": "A", "Job": True}, "6150"),
        ("customer", {"DisplayName": "A", "Job": False, "ParentRef": {"value": "1"}}, "2500"),
        ("account", {"Name": "A"}, "6010"),
        ("account", {"Name": 'A"B', "AccountType": "Bank"}, "2040"),
        ("account", {"Name": "A", "AccountType": "Money"}, "2170"),
        ("account", {"Name": "checking", "AccountType": "Bank"}, "6240"),
        ("item", {"Name": "A", "Type": "Service"}, "2020"),
        ("item", {"Name": "A", "Type": "Group"}, "2170"),
        ("item", {"Name": "A", "Type": "Inventory", "IncomeAccountRef": {"value": "10"}}, "2020"),
    ],
)
def test_wrong_names_are_refused(company: Company, entity: str, sent: dict[str, object], code: str) -> None:
    assert refused(company.post(entity, sent)) == (400, code)


def test_sub_customers_know_their_path_and_level(company: Company) -> None:
    top = company.customer("Top")
    child = company.customer("Child", Job=True, ParentRef=refs(top))
    grandchild = company.customer("Grandchild", ParentRef=refs(child))

    assert ("Level" in top, top["Job"], top["FullyQualifiedName"]) == (False, False, "Top")
    assert (child["Level"], child["FullyQualifiedName"]) == (1, "Top:Child")
    assert (grandchild["Job"], grandchild["FullyQualifiedName"]) == (True, "Top:Child:Grandchild")
    assert grandchild["ParentRef"]["name"] == "Top:Child"


def test_five_levels_at_most_and_no_circles(company: Company) -> None:
    chain = [company.customer("Level 0")]
    for level in range(1, 5):
        chain.append(company.customer(f"Level {level}", Job=True, ParentRef=refs(chain[-1])))

    deeper = {"DisplayName": "Level 5", "Job": True, "ParentRef": refs(chain[-1])}
    circle = {**identity(chain[0]), "sparse": True, "Job": True, "ParentRef": refs(chain[-1])}

    assert refused(company.post("customer", deeper)) == (400, "6180")
    assert refused(company.post("customer", circle)) == (400, "900")


def test_renaming_a_parent_renames_the_paths_below(company: Company) -> None:
    top = company.customer("Top")
    child = company.customer("Child", Job=True, ParentRef=refs(top))
    grandchild = company.customer("Grandchild", Job=True, ParentRef=refs(child))

    company.change("Customer", top, DisplayName="Summit")

    after = company.read("Customer", grandchild["Id"])
    assert after["FullyQualifiedName"] == "Summit:Child:Grandchild"
    assert after["SyncToken"] == "1"


def test_is_project_is_ignored_on_write_and_set_by_hand(company: Company) -> None:
    parent = company.customer("Owner")
    project = company.customer("Project", Job=True, ParentRef=refs(parent), IsProject=True)

    company.control("PATCH", f"documents/Customer/{project['Id']}", {"IsProject": True})

    assert "IsProject" not in project
    assert company.read("Customer", project["Id"])["IsProject"] is True
    assert company.read("Customer", project["Id"])["SyncToken"] == "1"


def test_inactive_name_is_suffixed_readable_and_free_again(company: Company) -> None:
    first = company.vendor("Acme")
    gone = company.change("Vendor", first, Active=False)
    company.change("Vendor", company.vendor("Acme"), Active=False)

    names = [
        row["DisplayName"] for row in company.rows("select * from Vendor where Active = false orderby Id")
    ]

    assert gone["DisplayName"] == "Acme (deleted)"
    assert names == ["Acme (deleted)", "Acme (deleted 2)"]
    assert company.read("Vendor", first["Id"])["Active"] is False
    assert company.change("Vendor", gone, Active=True)["DisplayName"] == "Acme"


def test_inactive_references_are_refused_on_new_documents_only(company: Company) -> None:
    customer, item = company.customer(), company.item()
    line = {
        "Amount": 5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "20"}, "CustomerRef": refs(customer)},
    }
    bill = company.bill(company.vendor(), line)
    company.change("Customer", customer, Active=False)

    response = company.post("invoice", {"CustomerRef": refs(customer), "Line": [sales_line(1, item)]})

    assert refused(response) == (400, "2500")
    assert "made inactive" in response.text
    assert company.change("Bill", bill, Line=bill["Line"])["SyncToken"] == "1"


def test_names_with_an_open_balance_or_charges_stay_active(company: Company) -> None:
    vendor, customer = company.vendor(), company.customer()
    detail = {"CustomerRef": refs(customer), "BillableStatus": "Billable"}
    line = {
        "Amount": 5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "20"}, **detail},
    }
    company.bill(vendor, line)

    def deactivate(entity: str, document_id: str) -> tuple[int, str]:
        sent = {**identity(company.read(entity, document_id)), "sparse": True, "Active": False}
        return refused(company.post(entity.lower(), sent))

    assert deactivate("Vendor", vendor["Id"]) == (400, "6220")
    assert deactivate("Customer", customer["Id"]) == (400, "6280")


def test_items_say_by_their_accounts_what_they_are_for(company: Company) -> None:
    both = company.item("Both")
    sold = company.create("Item", Name="Sold", Type="Service", IncomeAccountRef={"value": "10"})
    bought = company.create("Item", Name="Bought", Type="Service", ExpenseAccountRef={"value": "14"})
    category = company.create("Item", Name="Trades", Type="Category")
    inside = company.item("Inside", SubItem=True, ParentRef=refs(category))

    assert (both["IncomeAccountRef"]["name"], both["ExpenseAccountRef"]["name"]) == (
        "Services",
        "Job Materials",
    )
    assert ("ExpenseAccountRef" in sold, sold["PurchaseCost"]) == (False, 0)
    assert "IncomeAccountRef" not in bought
    assert (inside["FullyQualifiedName"], inside["Level"]) == ("Trades:Inside", 1)


def test_a_category_is_no_line(company: Company) -> None:
    category = company.create("Item", Name="Trades", Type="Category")
    line = {
        "Amount": 5,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": refs(category)},
    }

    assert refused(company.post("bill", {"VendorRef": refs(company.vendor()), "Line": [line]})) == (
        400,
        "6000",
    )


def test_account_derives_classification_and_type(company: Company) -> None:
    account = company.create("Account", Name="Concrete", AccountType="Cost of Goods Sold")
    sub = company.create("Account", Name="Footings", AccountSubType="CreditCard", ParentRef=refs(account))

    assert (account["Classification"], account["SubAccount"]) == ("Expense", False)
    assert (sub["AccountType"], sub["FullyQualifiedName"]) == ("Credit Card", "Concrete:Footings")


def test_currency_of_a_name_never_changes(company: Company) -> None:
    vendor = company.create("Vendor", DisplayName="Maple", CurrencyRef={"value": "CAD"})

    changed = company.change("Vendor", vendor, CurrencyRef={"value": "USD"})

    assert changed["CurrencyRef"] == {"value": "CAD", "name": "Canadian Dollar"}


def test_tax_identifier_comes_back_masked(company: Company) -> None:
    vendor = company.create("Vendor", DisplayName="Sub", TaxIdentifier="99-5688293")

    assert vendor["TaxIdentifier"] == "XXXXXX8293"
