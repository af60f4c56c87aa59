"""What we predicted beside what QuickBooks answered: every figure that differs, so that none is hidden (N12). Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from invoicing.totals.figures import Predicted
from ressio.money import ZERO, round_cents

Json = Mapping[str, Any]


class Difference(NamedTuple):
    key: str
    """`total`, `tax`, `discount`, or the key of a line."""
    label: str
    predicted: Decimal
    answered: Decimal


def differences(predicted: Predicted, document: Json) -> list[Difference]:
    """Where a document of QuickBooks says another figure. Sale lines are compared in their order."""
    found = [
        Difference("total", "Total", predicted.total, _cents(document.get("TotalAmt"))),
        Difference(
            "tax", "Tax", predicted.total_tax, _cents((document.get("TxnTaxDetail") or {}).get("TotalTax"))
        ),
        Difference("discount", "Discount", predicted.discount, _sum(document, "DiscountLineDetail")),
        *_lines(predicted, document),
    ]
    return [each for each in found if each.predicted != each.answered]


def _lines(predicted: Predicted, document: Json) -> list[Difference]:
    answered = [
        _cents(line.get("Amount"))
        for line in document.get("Line") or []
        if line.get("DetailType") not in ("SubTotalLineDetail", "DiscountLineDetail")
    ]
    if len(answered) != len(predicted.lines):
        label, ours = "Number of lines", Decimal(len(predicted.lines))
        return [Difference("lines", label, ours, Decimal(len(answered)))]
    pairs = enumerate(zip(predicted.lines, answered, strict=True), start=1)
    return [Difference(line.key, f"Line {number}", line.amount, amount) for number, (line, amount) in pairs]


def _sum(document: Json, kind: str) -> Decimal:
    lines = (line for line in document.get("Line") or [] if line.get("DetailType") == kind)
    return sum((_cents(line.get("Amount")) for line in lines), ZERO)


def _cents(value: object) -> Decimal:
    return ZERO if value in (None, "") else round_cents(Decimal(str(value)))
