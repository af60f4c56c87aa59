"""TaxService: makes a tax code and its rates in one call. The answer has no envelope and no time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault, invalid_reference, missing
from integrations.sandbox.wire import Document, dumps, number

if TYPE_CHECKING:
    from integrations.sandbox.books import Books
    from integrations.sandbox.change import Change

CODE_FIELDS = ("TaxCode", "TaxCodeId", "TaxRateDetails", "Fault")
RATE_FIELDS = ("TaxRateName", "TaxRateId", "RateValue", "TaxAgencyId", "TaxApplicableOn")
USES = ("Sales", "Purchase", "Adjustment", "Other")


def create_tax_code(books: Books, payload: object) -> str:
    if not isinstance(payload, dict):
        raise missing("TaxCode")
    _refuse_unknown(payload, CODE_FIELDS)
    name = str(payload.get("TaxCode") or "")
    if not name:
        raise missing("TaxCode")
    if not payload.get("TaxRateDetails"):
        raise missing("TaxRateDetails")
    if len(name) > 100:
        raise ApiFault("2050", f"String length: Min:0 Max:100 supported. Supplied length:{len(name)}")
    with books.change() as change:
        _refuse_taken(change, "TaxCode", name)
        details = [_keep_rate(change, detail) for detail in payload["TaxRateDetails"]]
        _refuse_twice(details)
        code = change.add("TaxCode", _tax_code(name, details))
    return dumps({"TaxCode": name, "TaxCodeId": code["Id"], "TaxRateDetails": details})


def _refuse_unknown(sent: Document, known: tuple[str, ...]) -> None:
    for name in sent:
        if name not in known:
            raise ApiFault("2010", f"Property Name:{name} specified is unsupported or invalid", element=name)


def _keep_rate(change: Change, detail: Document) -> Document:
    """An existing rate by id, or a new one. The detail comes back with its TaxRateId."""
    _refuse_unknown(detail, RATE_FIELDS)
    use = detail.setdefault("TaxApplicableOn", "Sales")
    if use not in USES:
        raise ApiFault("2170", f"Invalid Enumeration : {use}", element="TaxApplicableOn")
    if detail.get("TaxRateId"):
        if change.read("TaxRate", str(detail["TaxRateId"])) is None:
            raise invalid_reference("TaxRate", str(detail["TaxRateId"]))
        return detail
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(name) in (None, ""):
            raise missing(f"TaxRateDetails.{name}")
    detail["TaxRateId"] = _new_rate(change, detail)["Id"]
    return detail


def _new_rate(change: Change, detail: Document) -> Document:
    percent = number(str(detail["RateValue"]).rstrip("%"))
    if not 0 <= percent <= 100:
        raise ApiFault("2150", f"Invalid Percent : {detail['RateValue']}", element="RateValue")
    agency_id = str(detail["TaxAgencyId"])
    if change.read("TaxAgency", agency_id) is None:
        raise invalid_reference("TaxAgency", agency_id)
    _refuse_taken(change, "TaxRate", detail["TaxRateName"])
    return change.add(
        "TaxRate",
        {
            "Name": detail["TaxRateName"],
            "Description": detail["TaxRateName"],
            "Active": True,
            "RateValue": percent,
            "AgencyRef": {"value": agency_id},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
        },
    )


def _refuse_taken(change: Change, entity: str, name: str) -> None:
    holder = change.books.names.holder(entity, {"Name": name})
    if holder:
        raise ApiFault("6240", f"The name supplied already exists. : {name} Id={holder[1]}")


def _refuse_twice(details: list[Document]) -> None:
    ids = [(detail["TaxRateId"], detail["TaxApplicableOn"]) for detail in details]
    if len(set(ids)) != len(ids):
        raise ApiFault("6000", "Business Validation Error: A tax rate can be listed only once.")


def _tax_code(name: str, details: list[Document]) -> Document:
    lists: dict[str, list[Document]] = {"Sales": [], "Purchase": []}
    for detail in details:
        rates = lists.get(detail["TaxApplicableOn"], [])
        rate = {"TaxRateRef": {"value": str(detail["TaxRateId"])}, "TaxTypeApplicable": "TaxOnAmount"}
        rates.append({**rate, "TaxOrder": len(rates)})
    return {
        "Name": name,
        "Description": name,
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
        "TaxCodeConfigType": "USER_DEFINED",
        "SalesTaxRateList": {"TaxRateDetail": lists["Sales"]},
        "PurchaseTaxRateList": {"TaxRateDetail": lists["Purchase"]},
    }
