"""What we predict beside what the stand-in adds up, ten thousand invoices for each way of taxing (N12)."""

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.totals import (
    CostFigure,
    Difference,
    Discount,
    FiguresRefused,
    GlobalTax,
    InvoiceFigures,
    LineFigures,
    Markup,
    NoTax,
    Predicted,
    PricedLine,
    ProfitLine,
    ProfitPlace,
    RateUse,
    TaxBase,
    TaxMode,
    TaxSetting,
    differences,
    margin_of,
    percent_of_profit,
    predict,
    price_lines,
    split_markup,
)
from ressio.money import round_cents
from tests.invoicing import figures
from tests.invoicing.figures import GLOBAL_CODES, make_invoice

pytestmark = pytest.mark.pure

MANY = 10_000
US_CODES = ("TAX", "NON")
D = Decimal


def figures_of(document: dict[str, Any]) -> dict[str, Any]:
    """Every figure that QuickBooks computes."""
    tax = document.get("TxnTaxDetail") or {"TotalTax": D(0)}
    lines = document["Line"]
    return {
        "total": document["TotalAmt"],
        "tax": tax["TotalTax"],
        "taxes": [
            (
                line["TaxLineDetail"]["TaxRateRef"]["value"],
                line["TaxLineDetail"]["TaxPercent"],
                line["TaxLineDetail"]["NetAmountTaxable"],
                line["Amount"],
            )
            for line in tax.get("TaxLine", [])
        ],
        "subtotal": next(line["Amount"] for line in lines if line["DetailType"] == "SubTotalLineDetail"),
        "discount": sum(line["Amount"] for line in lines if line["DetailType"] == "DiscountLineDetail"),
        "gross": [
            line["SalesItemLineDetail"].get("TaxInclusiveAmt")
            for line in lines
            if line["DetailType"] == "SalesItemLineDetail"
        ],
    }


def predicted_figures(predicted: Predicted, invoice: InvoiceFigures) -> dict[str, Any]:
    sales = [
        line for line, entered in zip(predicted.lines, invoice.lines, strict=True) if entered.kind == "sale"
    ]
    return {
        "total": predicted.total,
        "tax": predicted.total_tax,
        "taxes": [(each.rate_id, each.percent, each.net_taxable, each.tax) for each in predicted.taxes],
        "subtotal": predicted.subtotal,
        "discount": predicted.discount,
        "gross": [line.tax_inclusive_amount for line in sales],
    }


# country, whether QuickBooks finds the rates itself, the setting, the mode
WAYS: dict[str, tuple[str, bool, TaxSetting, TaxMode]] = {
    "US automated": ("US", True, figures.us_tax(is_automated=True), TaxMode.EXCLUDED),
    "US group code": ("US", False, figures.us_tax(is_automated=False), TaxMode.EXCLUDED),
    "excluded": ("CA", False, figures.global_tax(), TaxMode.EXCLUDED),
    "inclusive": ("GB", False, figures.global_tax(), TaxMode.INCLUSIVE),
    "not applicable": ("AU", False, figures.global_tax(), TaxMode.NOT_APPLICABLE),
}


@pytest.mark.parametrize("way", WAYS)
def test_ten_thousand_invoices_come_to_what_the_books_say(way: str) -> None:
    country, is_automated, usual, mode = WAYS[way]
    books = figures.open_books(country, is_automated=is_automated)
    chance = random.Random(way)
    codes = US_CODES if country == "US" else GLOBAL_CODES
    taxed = 0

    for number in range(MANY):
        is_free = country == "US" and number % 10 == 0
        tax = figures.us_tax(is_automated=is_automated, customer_is_taxable=False) if is_free else usual
        invoice = make_invoice(chance, codes, mode)
        predicted = predict(invoice, tax)
        document = figures.document_of(invoice, predicted, tax, customer="2" if is_free else "1")
        figures.answer(books, document)
        assert predicted_figures(predicted, invoice) == figures_of(document), invoice
        assert differences(predicted, document) == []
        taxed += bool(predicted.total_tax)

    assert (taxed > MANY / 2) == (mode != TaxMode.NOT_APPLICABLE)
    assert predicted.is_estimate == (country == "US" and is_automated)


@settings(max_examples=30)
@given(st.lists(st.decimals(D("0.01"), D(99999), places=2), min_size=1, max_size=6))
def test_gross_lines_add_up_to_the_total(amounts: list[Decimal]) -> None:
    lines = tuple(LineFigures(str(i), amount=amount, tax_code_id="11") for i, amount in enumerate(amounts))

    predicted = predict(InvoiceFigures(lines, tax_mode=TaxMode.INCLUSIVE), figures.global_tax())

    assert predicted.total == sum(amounts)
    assert predicted.subtotal + sum(tax.tax for tax in predicted.taxes) == predicted.total


def test_compound_taxes_by_hand() -> None:
    rates = (
        RateUse("gst", D(5)),
        RateUse("qst", D("9.5"), TaxBase.AMOUNT_PLUS_TAX, 1),
        RateUse("cess", D(2), TaxBase.TAX, 2, 1),
    )
    lines = (LineFigures("a", amount=D(100), tax_code_id="X"),)

    predicted = predict(InvoiceFigures(lines), GlobalTax({"X": rates}))

    # QST of 105.00, cess of the QST alone.
    assert [(each.net_taxable, each.tax) for each in predicted.taxes] == [
        (D("100.00"), D("5.00")),
        (D("105.00"), D("9.98")),
        (D("9.98"), D("0.20")),
    ]
    assert predicted.total == D("115.18")


def test_a_gross_price_becomes_net_or_goes_without_its_price() -> None:
    lines = (
        LineFigures("a", D(3), D("40"), tax_code_id="10"),
        LineFigures("b", D(600_000), D("0.01"), tax_code_id="15"),
    )

    predicted = predict(InvoiceFigures(lines, tax_mode=TaxMode.INCLUSIVE), figures.global_tax())

    first, second = predicted.lines
    assert (first.amount, first.unit_price, first.tax_inclusive_amount) == (
        D("100.00"),
        D("33.3333333"),
        D("120.00"),
    )
    assert (second.quantity, second.unit_price) == (None, None)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (LineFigures("a", quantity=D(2)), "Give an amount, or a quantity and a price."),
        (LineFigures("a", D(2), D("1.00000001")), "A price has at most 7 decimals."),
        (LineFigures("a", D(2), D("1.5"), D("3.01")), "Quantity × price is 3.00, not 3.01."),
        (
            LineFigures("a", amount=D(1), tax_code_id="99"),
            "QuickBooks does not have this tax code any more.",
        ),
    ],
)
def test_figures_that_have_no_total(line: LineFigures, sentence: str) -> None:
    with pytest.raises(FiguresRefused, match=sentence.replace(".", "[.]")) as refused:
        predict(InvoiceFigures((line,)), figures.global_tax())
    assert refused.value.key == "a"


def test_every_difference_is_told() -> None:
    lines = (LineFigures("a", amount=D("10.005")), LineFigures("b", D(3), D("33.335")))
    predicted = predict(InvoiceFigures(lines, Discount(percent=D(10))), NoTax())
    sale = {"DetailType": "SalesItemLineDetail"}
    answered = {
        "TotalAmt": D("100.02"),
        "TxnTaxDetail": {"TotalTax": D(1)},
        "Line": [
            {**sale, "Amount": D("10.01")},
            {**sale, "Amount": 100},
            {"DetailType": "SubTotalLineDetail"},
        ],
    }

    assert predicted.total == D("99.02")
    assert differences(predicted, answered) == [
        Difference("total", "Total", D("99.02"), D("100.02")),
        Difference("tax", "Tax", D("0.00"), D("1.00")),
        Difference("discount", "Discount", D("11.00"), D("0.00")),
        Difference("b", "Line 2", D("100.01"), D("100.00")),
    ]
    assert differences(predicted, {**answered, "Line": []})[-1] == Difference(
        "lines", "Number of lines", D(2), D(0)
    )


# Markup ---------------------------------------------------------------------------------------------------------

MONEY = st.decimals(D(-999), D(99_999), places=2)
PERCENT = st.decimals(D(0), D(80), places=3)


@st.composite
def stacks(draw: st.DrawFn) -> list[Markup]:
    count = draw(st.integers(0, 3))
    return [
        Markup(f"M{i}", percent=draw(PERCENT), is_on_top=draw(st.booleans()))
        if draw(st.booleans())
        else Markup(f"M{i}", amount=draw(MONEY))
        for i in range(count)
    ]


@settings(max_examples=60)
@given(st.lists(MONEY, min_size=1, max_size=8), stacks())
def test_profit_splits_to_the_cent(costs: list[Decimal], markups: list[Markup]) -> None:
    named = [CostFigure(str(i), cost) for i, cost in enumerate(costs)]

    within = price_lines(named, markups)
    apart = price_lines(named, markups, place=ProfitPlace.APART)
    split = split_markup(costs, markups)

    for markup, parts in zip(markups, split, strict=True):
        assert all(part == part.quantize(D("0.01")) for part in parts)
        if markup.amount is not None:
            assert sum(parts) == markup.amount
        elif not markup.is_on_top:
            exact = [cost * (markup.percent or 0) / 100 for cost in costs]
            assert sum(parts) == round_cents(sum(exact, D(0)))
            assert all(abs(part - share) < D("0.01") for part, share in zip(parts, exact, strict=True))
    assert sum(line.amount for line in within.lines) == within.total
    assert (within.total, within.profit_lines) == (apart.total, ())
    assert [line.amount for line in apart.lines] == costs
    assert sum(line.amount for line in apart.profit_lines) == apart.profit
    assert split_markup(costs, markups) == split


@settings(max_examples=50)
@given(MONEY, st.decimals(D("0.01"), D(9_999_999), places=2))
def test_a_typed_profit_comes_back_from_its_percentage(profit: Decimal, cost: Decimal) -> None:
    percent = percent_of_profit(profit, cost)

    assert price_lines([CostFigure("a", cost)], [Markup("Fee", percent)]).profit == profit


def test_markups_stack_and_give_their_percentage_back() -> None:
    costs = [CostFigure("a", D(100)), CostFigure("b", D(200))]
    overhead, profit = Markup("Overhead", D(10)), Markup("Profit", D(10), is_on_top=True)

    priced = price_lines(costs, [overhead, profit], place=ProfitPlace.APART)
    thirds = price_lines([CostFigure(key, D(1)) for key in "abc"], [Markup("Fee", amount=D(1))])

    assert priced.profit_lines == (ProfitLine("Overhead", D("30.00")), ProfitLine("Profit", D("33.00")))
    assert [line.profit for line in thirds.lines] == [D("0.34"), D("0.33"), D("0.33")]
    assert thirds.lines[0] == PricedLine("a", D("1.00"), D("0.34"), D("1.34"))
    assert (percent_of_profit(D(63), D(300)), margin_of(D(63), D(363))) == (D(21), D("17.36"))
    assert (percent_of_profit(D(1), D(0)), margin_of(D(1), D(0))) == (None, None)
