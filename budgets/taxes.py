"""A document's tax, and each line's share of it (V5): shown, and cost only where a project says so. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from budgets.reading import Json, read_decimal, read_list, read_object, read_ref
from ressio.money import ZERO, allocate

NOTHING = Decimal(0)


class TaxableLine(NamedTuple):
    """What a line says of its own tax: its net amount and its detail object."""

    amount: Decimal
    detail: Json


def document_tax(document: Json, lines: Sequence[TaxableLine], tax_lines: Sequence[Json]) -> Decimal:
    """The tax of a whole document in its own currency, unsigned.

    TxnTaxDetail.TotalTax is the figure QuickBooks adds to the document. Where it is absent, the tax
    lines say it, then the lines themselves.
    """
    txn_tax = read_object(document, "TxnTaxDetail")
    total = read_decimal(txn_tax.get("TotalTax"))
    if total is not None:
        return total
    listed = [*read_list(txn_tax, "TaxLine"), *tax_lines]
    if listed:
        return sum((read_decimal(line.get("Amount")) or NOTHING for line in listed), NOTHING)
    return sum((_own_tax(line) or NOTHING for line in lines), NOTHING)


def share_tax(tax: Decimal, lines: Sequence[TaxableLine]) -> list[Decimal]:
    """Split a tax (in cents) over the lines so that the shares add up to it exactly."""
    if not tax:
        return [ZERO] * len(lines)
    return allocate(tax, _weights(lines))


def _weights(lines: Sequence[TaxableLine]) -> list[Decimal]:
    """By the lines' own tax where they tell it, else by the net of the taxed lines, else by the net of all."""
    own = [_own_tax(line) or NOTHING for line in lines]
    taxed = [line.amount if _is_taxed(line) else NOTHING for line in lines]
    everything = [line.amount for line in lines]
    for weights in (own, taxed, everything):
        if sum(weights):
            return weights
    return [abs(amount) for amount in everything]


def _own_tax(line: TaxableLine) -> Decimal | None:
    stated = read_decimal(line.detail.get("TaxAmount"))
    if stated is not None:
        return stated
    gross = read_decimal(line.detail.get("TaxInclusiveAmt"))
    # 0 is what QuickBooks sends on lines of documents that are not tax-inclusive.
    return gross - line.amount if gross else None


def _is_taxed(line: TaxableLine) -> bool:
    return read_ref(line.detail, "TaxCodeRef") not in ("", "NON")
