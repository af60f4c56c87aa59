"""Invoices of every kind by a seed, the documents that carry them, and books that add them up in this process."""

import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from integrations.sandbox.books import Books
from integrations.sandbox.change import Change, Key
from integrations.sandbox.clock import Clock
from integrations.sandbox.computed.sales import add_up
from integrations.sandbox.switches import Switches
from integrations.sandbox.validation.lines import check_product
from invoicing.tax_codes.reading import Side, read_rate_uses
from invoicing.totals import (
    Discount,
    GlobalTax,
    InvoiceFigures,
    LineFigures,
    LineKind,
    Predicted,
    TaxMode,
    TaxSetting,
    UnitedStatesTax,
)

Json = dict[str, Any]
DAY = date(2026, 3, 12)

RATES = {"1": "6.25", "2": "1.5", "3": "0.875", "4": "20", "5": "5", "6": "9.975", "7": "0", "8": "33.3333"}
# code -> (rate, what it is taken of, order, order of the tax it is taken of)
AMOUNT, PLUS, ON_TAX = "TaxOnAmount", "TaxOnAmountPlusTax", "TaxOnTax"
CODES: dict[str, list[tuple[str, str, int, int | None]]] = {
    "10": [("4", AMOUNT, 0, None)],
    "11": [("5", AMOUNT, 0, None), ("6", AMOUNT, 1, None)],
    "12": [("5", AMOUNT, 0, None), ("6", PLUS, 1, None)],
    "13": [("6", ON_TAX, 2, 0), ("4", AMOUNT, 0, None), ("5", PLUS, 1, 0)],
    "14": [("7", AMOUNT, 0, None)],
    "15": [("8", AMOUNT, 0, None), ("2", ON_TAX, 1, None)],
    "20": [("1", AMOUNT, 0, None), ("2", AMOUNT, 1, None), ("3", AMOUNT, 2, None)],
}
GLOBAL_CODES = ("", "10", "11", "12", "13", "14", "15")
LINES_MOST = 5


class RememberingBooks(Books):
    """Settings are read once; ten thousand invoices do not change them."""

    @cache  # noqa: B019
    def settings(self, entity: str) -> Json:
        return super().settings(entity)


class RememberingChange(Change):
    @cache  # noqa: B019
    def _stored(self, key: Key) -> Json | None:
        return super()._stored(key)


def open_books(country: str, *, is_automated: bool = True) -> Change:
    """A company with the rates and codes above, by the stand-in's own rules and without its server."""
    books = RememberingBooks("1", Clock(), Switches())
    prefs: Json = {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "20"}}
    if is_automated:
        prefs["PartnerTaxEnabled"] = True
    books.load("CompanyInfo", {"Id": "1", "Country": country})
    books.load("Preferences", {"Id": "1", "TaxPrefs": prefs})
    books.load("Customer", {"Id": "1", "DisplayName": "Taxed"})
    books.load("Customer", {"Id": "2", "DisplayName": "Free", "Taxable": False})
    for rate in rate_documents():
        books.load("TaxRate", rate)
    for code in code_documents():
        books.load("TaxCode", code)
    return RememberingChange(books)


def rate_documents() -> list[Json]:
    """The second rate was another one until the end of 2025."""
    periods = [
        {"RateValue": Decimal("1.25"), "EffectiveDate": "2020-01-01", "EndDate": "2025-12-31"},
        {"RateValue": Decimal(RATES["2"]), "EffectiveDate": "2026-01-01"},
    ]
    rates: list[Json] = [
        {"Id": key, "Name": f"Rate {key}", "RateValue": Decimal(value)} for key, value in RATES.items()
    ]
    rates[1] |= {"RateValue": Decimal("1.25"), "EffectiveTaxRate": periods}
    return rates


def code_documents() -> list[Json]:
    return [
        {"Id": key, "Name": f"Code {key}", "SalesTaxRateList": _rates(uses)} for key, uses in CODES.items()
    ]


def _rates(uses: list[tuple[str, str, int, int | None]]) -> Json:
    details = []
    for rate, base, order, on_order in uses:
        detail: Json = {"TaxRateRef": {"value": rate}, "TaxTypeApplicable": base, "TaxOrder": order}
        details.append(detail if on_order is None else {**detail, "TaxOnTaxOrder": on_order})
    return {"TaxRateDetail": details}


def us_tax(*, is_automated: bool, customer_is_taxable: bool = True) -> TaxSetting:
    rates = _uses_by_code()["20"]
    return UnitedStatesTax(rates, is_automated, customer_is_taxable, "" if is_automated else "20")


def global_tax() -> TaxSetting:
    return GlobalTax({code: uses for code, uses in _uses_by_code().items() if code in GLOBAL_CODES})


@cache
def _uses_by_code() -> Mapping[str, Any]:
    rates = {rate["Id"]: rate for rate in rate_documents()}
    return {code["Id"]: read_rate_uses(code, rates, Side.SALES, DAY) for code in code_documents()}


# Invoices -------------------------------------------------------------------------------------------------------


def make_invoice(
    chance: random.Random, codes: tuple[str, ...], mode: TaxMode = TaxMode.EXCLUDED
) -> InvoiceFigures:
    lines = tuple(_line(chance, str(i), codes) for i in range(chance.randint(1, LINES_MOST)))
    return InvoiceFigures(lines, _discount(chance), mode)


def _line(chance: random.Random, key: str, codes: tuple[str, ...]) -> LineFigures:
    code = chance.choice(codes)
    kind = chance.random()
    if kind < 0.05:
        return LineFigures(key, kind=LineKind.TEXT)
    if kind < 0.5:
        return LineFigures(key, amount=_number(chance, 2, 500_000), tax_code_id=code)
    quantity = _number(chance, chance.choice((0, 2, 3, 5)), 400)
    price = _number(chance, chance.choice((0, 2, 2, 7)), 900)
    return LineFigures(key, quantity, price, tax_code_id=code)


def _number(chance: random.Random, places: int, most: int) -> Decimal:
    """Mostly above zero; small ones are as likely as large ones."""
    units = int(chance.random() ** 3 * most * 10**places) + chance.randint(0, 9)
    return Decimal(-units if chance.random() < 0.05 else units).scaleb(-places)


def _discount(chance: random.Random) -> Discount | None:
    kind, after = chance.random(), chance.random() < 0.5
    if kind < 0.5:
        return None
    if kind < 0.8:
        return Discount(percent=Decimal(chance.randint(1, 30_000)).scaleb(-3), tax_is_after=after)
    return Discount(amount=Decimal(chance.randint(1, 9_999)).scaleb(-2), tax_is_after=after)


# Documents ------------------------------------------------------------------------------------------------------


def document_of(
    figures: InvoiceFigures, predicted: Predicted, tax: TaxSetting, *, customer: str = "1", item: str = ""
) -> Json:
    """The invoice as it is sent: what people entered and the lines as predicted, no total and no tax."""
    lines = [
        _sale(entered, line.amount, line.tax_inclusive_amount, line.quantity, line.unit_price, item)
        for entered, line in zip(figures.lines, predicted.lines, strict=True)
    ]
    document: Json = {"CustomerRef": {"value": customer}, "TxnDate": DAY.isoformat(), "Line": lines}
    if figures.discount:
        lines.append(_discount_line(figures.discount))
        document["ApplyTaxAfterDiscount"] = figures.discount.tax_is_after
    if isinstance(tax, GlobalTax):
        document["GlobalTaxCalculation"] = figures.tax_mode.value
    elif isinstance(tax, UnitedStatesTax) and tax.group_code_id:
        document["TxnTaxDetail"] = {"TxnTaxCodeRef": {"value": tax.group_code_id}}
    return document


def _sale(entered: LineFigures, amount: Decimal, *more: Any) -> Json:
    gross, quantity, price, item = more
    if entered.kind == LineKind.TEXT:
        return {"DetailType": "DescriptionOnly", "Description": "A note", "DescriptionLineDetail": {}}
    detail: Json = {
        "ItemRef": {"value": item} if item else None,
        "TaxCodeRef": {"value": entered.tax_code_id} if entered.tax_code_id else None,
        "TaxInclusiveAmt": gross,
        "Qty": quantity,
        "UnitPrice": price,
    }
    given = {name: value for name, value in detail.items() if value is not None}
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": given}


def _discount_line(discount: Discount) -> Json:
    if discount.percent is None:
        detail: Json = {"PercentBased": False}
        return {"Amount": discount.amount, "DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    detail = {"PercentBased": True, "DiscountPercent": discount.percent}
    return {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}


def answer(books: Change, document: Json) -> Json:
    """The document as the stand-in adds it up; its rules for quantity and price (6070) hold too."""
    for line in document["Line"]:
        check_product(line)
    add_up(books, document, None)
    return document
