"""Everything the stand-in emits uses only names, types and closed lists of Intuit's own schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from integrations.sandbox.app import Options, Sandbox
from integrations.sandbox.fields import ENTITIES, TYPES, Field
from tests.integrations.sandbox.client import Company, Document, account_line, item_line, refs, sales_line
from tests.integrations.sandbox.shared import REFERENCE, need

Schema = dict[str, dict[str, dict[str, Any]]]
# Names that the schema writes as the text of an element, or leaves open.
TEXT_CONTENT = {"ReferenceType": {"value"}, "MemoRef": {"value"}}
TEXTS = ("string", "id", "anyURI")


@pytest.fixture(scope="session")
def schema() -> Schema:
    found: Schema = json.loads(need(REFERENCE / "schema.json").read_text())
    return found


def departures(schema: Schema, kind: str, value: Any, path: str) -> Iterator[str]:
    """Where a value is not what its type allows."""
    fields = schema["entities"].get(kind) or schema["types"].get(kind)
    if kind == "IntuitAnyType":
        return
    if fields is None:
        yield from plain_departures(kind, value, path)
        return
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no {kind}"
        return
    for name, part in value.items():
        if name in TEXT_CONTENT.get(kind, ()):
            continue
        if name not in fields:
            yield f"{path}.{name}: not in {kind}"
            continue
        yield from field_departures(schema, fields[name], part, f"{path}.{name}")


def field_departures(schema: Schema, field: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    parts = value if isinstance(value, list) else [value]
    # OtherPrefs.NameValue and the like are lists in JSON although the schema nests them.
    if field.get("list") and not isinstance(value, list):
        yield f"{path}: a list is needed"
    for part in parts:
        if "enum" in field:
            if part not in field["enum"]:
                yield f"{path}: {part!r} is not in the closed list"
        else:
            yield from departures(schema, field["type"], part, path)


def plain_departures(kind: str, value: Any, path: str) -> Iterator[str]:
    fits = {
        "boolean": isinstance(value, bool),
        "decimal": isinstance(value, int | float) and not isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "long": isinstance(value, int) and not isinstance(value, bool),
        "positiveInteger": isinstance(value, int) and value > 0,
        "date": isinstance(value, str) and is_iso(date, value),
        "dateTime": isinstance(value, str) and is_iso(datetime, value),
    }
    if kind in TEXTS:
        fits[kind] = isinstance(value, str)
    if kind.endswith("Enum"):
        fits[kind] = isinstance(value, str)
    if not fits.get(kind, False):
        yield f"{path}: {value!r} is no {kind}"


def is_iso(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def check_all(schema: Schema, entity: str, documents: list[dict[str, Any]]) -> None:
    found = [problem for each in documents for problem in departures(schema, entity, each, entity)]
    assert found == []


@pytest.mark.parametrize("name", ["empty", "demo"])
@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_companies_hold_only_what_the_schema_knows(schema: Schema, name: str, entity: str) -> None:
    books = companies(name).companies["9341450000000001"]
    documents = [json.loads(row.text) for row in books.shelf(entity).rows.values()]

    check_all(schema, entity, documents)


_COMPANIES: dict[str, Sandbox] = {}


def companies(name: str) -> Sandbox:
    if name not in _COMPANIES:
        _COMPANIES[name] = Sandbox(Options(company=name))
    return _COMPANIES[name]


def test_everything_made_through_the_api_fits_the_schema(schema: Schema, company: Company) -> None:
    fill(company)

    made = {entity: company.control("GET", f"documents/{entity}") for entity in ENTITIES}

    assert [entity for entity, documents in made.items() if not documents] == []
    for entity, documents in made.items():
        check_all(schema, entity, documents)


def fill(company: Company) -> None:
    """At least one document of every entity, with as many side effects as fit into one story."""
    vendor, item = company.vendor(), company.item(Taxable=True)
    owner = company.customer("Owner", BillAddr={"Line1": "1 Main", "City": "Town"})
    project = company.customer("Project", Job=True, ParentRef=refs(owner), BillWithParent=True)
    employee = company.create(
        "Employee", GivenName="Ada", CostRate=31.5, PrimaryPhone={"FreeFormNumber": "555"}
    )
    company.create("Class", Name="North")
    company.create("Department", Name="Yard")
    billable: Document = {"CustomerRef": refs(project), "BillableStatus": "Billable"}
    bill = company.bill(
        vendor, account_line(10, **billable), item_line(27.77, item, Qty=3, UnitPrice=9.2566667)
    )
    credit = company.create("VendorCredit", VendorRef=refs(vendor), Line=[account_line(7)])
    links = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": document["Id"], "TxnType": kind}]}
        for document, kind, amount in ((bill, "Bill", 37.77), (credit, "VendorCredit", 7))
    ]
    company.create(
        "BillPayment",
        VendorRef=refs(vendor),
        TotalAmt=30.77,
        PayType="CreditCard",
        CreditCardPayment={"CCAccountRef": {"value": "3"}},
        Line=links,
    )
    for kind, account in (("Cash", "1"), ("Check", "1"), ("CreditCard", "3")):
        company.create(
            "Purchase",
            PaymentType=kind,
            AccountRef={"value": account},
            EntityRef={"value": vendor["Id"], "type": "Vendor"},
            Line=[account_line(5)],
        )
    company.create("PurchaseOrder", VendorRef=refs(vendor), Line=[item_line(5, item)])
    sides = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": "20"}},
        }
        for side in ("Debit", "Credit")
    ]
    company.create("JournalEntry", Line=sides)
    activity = company.create(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef=refs(employee),
        StartTime="08:00:00",
        EndTime="12:00:00",
        HourlyRate=60,
        BillableStatus="Billable",
        CustomerRef=refs(project),
    )
    link = {"TxnId": activity["Id"], "TxnType": "TimeActivity"}
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 5},
    }
    invoice = company.invoice(
        project, sales_line(240, item, TaxCodeRef={"value": "TAX"}), discount, LinkedTxn=[link]
    )
    company.create("CreditMemo", CustomerRef=refs(project), Line=[sales_line(20, item)])
    company.create("Estimate", CustomerRef=refs(project), Line=[sales_line(20, item)])
    paid = {"Amount": 50, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    company.create("Payment", CustomerRef=refs(project), TotalAmt=80, Line=[paid])
    files = {"file_content_0": ("scan.png", b"x", "image/png")}
    company.http.post(f"{company.api}/upload", files=files, timeout=20)
    tax = {"TaxRateName": "City", "RateValue": "1.5", "TaxAgencyId": "1"}
    assert company.post("taxservice/taxcode", {"TaxCode": "City", "TaxRateDetails": [tax]}).status_code == 200


def test_own_tables_agree_with_the_schema(schema: Schema) -> None:
    """Names, lists and closed lists of every property this server accepts."""
    wrong = [
        f"{name}.{field.name}"
        for names, tables in ((schema["entities"], ENTITIES), (schema["types"], TYPES))
        for name, table in tables.items()
        for field in table.values()
        if field.name not in TEXT_CONTENT.get(name, ()) and not agrees(names[name].get(field.name), field)
    ]

    assert wrong == []


def agrees(known: dict[str, Any] | None, field: Field) -> bool:
    if known is None:
        return False
    return bool(known.get("list")) == field.many and tuple(known.get("enum", ())) == field.choices


def test_a_departure_is_noticed(schema: Schema) -> None:
    bill = {"Id": 1, "Nonsense": 1, "TotalAmt": "1", "TxnDate": "soon", "Line": {"DetailType": "Odd"}}

    found = [re.sub(r":.*", "", problem) for problem in departures(schema, "Bill", bill, "Bill")]

    assert found == [
        "Bill.Id",
        "Bill.Nonsense",
        "Bill.TotalAmt",
        "Bill.TxnDate",
        "Bill.Line",
        "Bill.Line.DetailType",
    ]
