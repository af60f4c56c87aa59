"""A tax code on its way: made by TaxService, looked for by its name, brought in with its rates (K9, M79)."""

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from budgets.reading import Json, read_decimal, read_text
from integrations.gateway import Gateway, QuickBooksError, Row, Unreachable, quote
from integrations.mirror import store_documents
from integrations.models import Push
from integrations.outbox import Hold, register_builder
from invoicing.models import NewTaxCode
from invoicing.tax_codes.creating import KIND, TaxCodeRefused, check_may_be_made
from invoicing.tax_codes.mirrored import load_tax_lists
from invoicing.tax_codes.reading import Side, rate_ids_of
from ressio.models import Company
from ressio.views.places import company_url


class TaxCodeBuilder:
    entity = "TaxCode"

    def build(self, push: Push) -> bytes:
        asked = NewTaxCode.objects.filter(pk=push.subject_id).first()
        if asked is None:
            raise Hold("gone", "The tax code is not in Ressio any more.")
        try:
            check_may_be_made(push.connection, asked.name, asked.rates, ours=push.subject_id)
        except TaxCodeRefused as error:
            raise Hold(error.code, str(error)) from error
        return json.dumps({"TaxCode": asked.name, "TaxRateDetails": asked.rates}, ensure_ascii=False).encode()

    def make_in_quickbooks(self, push: Push, gateway: Gateway) -> Row:
        """The answer is no document: the code and its rates are read at once."""
        made = gateway.create_tax_code(push.payload.encode(), request_id=push.request_id)
        try:
            code = gateway.read("TaxCode", made)
            _bring_rates(push, code, gateway)
        except QuickBooksError as error:
            raise Unreachable(error.code) from error
        return code

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """The code of this name, if it has the rates that were asked for: else somebody else made it."""
        asked = json.loads(push.payload)
        page = gateway.query_rows("TaxCode", where=f"Name = {quote(asked['TaxCode'])}")
        for code in page.rows:
            rates = _bring_rates(push, code, gateway)
            if _are_the_same(asked["TaxRateDetails"], code.data, rates):
                return code
        return None

    def record(self, push: Push, row: Row) -> None:
        NewTaxCode.objects.filter(pk=push.subject_id).update(quickbooks_id=str(row.data["Id"]))

    def candidates(self, push: Push) -> list[tuple[str, str]]:
        """The code whose name is taken."""
        codes = load_tax_lists(push.connection).codes
        wanted = push.subject_label.casefold()
        names = ((key, read_text(code.get("Name"))) for key, code in codes.items())
        return [(key, name) for key, name in names if name.casefold() == wanted]

    def subject_url(self, push: Push, company: Company) -> str:
        return company_url("settings-tax-codes", company)


def _bring_rates(push: Push, code: Row, gateway: Gateway) -> Sequence[Row]:
    """Into the mirror, so that the code is understood as soon as it is there."""
    ids = {rate_id for side in Side for rate_id in rate_ids_of(code.data, side)}
    if not ids:
        return []
    listed = ", ".join(quote(rate_id) for rate_id in sorted(ids))
    rows = gateway.query_rows("TaxRate", where=f"Id in ({listed})").rows
    store_documents(push.connection, "TaxRate", rows, now=timezone.now())
    return rows


def _are_the_same(asked: Sequence[Json], code: Json, rates: Sequence[Row]) -> bool:
    known = {str(row.data["Id"]): row.data for row in rates}
    there = Counter(
        (side.value, rate_id, *_facts(known.get(rate_id, {})))
        for side in Side
        for rate_id in rate_ids_of(code, side)
    )
    for rate in asked:
        match = next((found for found in there if _fits(rate, found)), None)
        if match is None:
            return False
        there[match] -= 1
        there += Counter()  # what was found leaves
    return not there


def _facts(rate: Json) -> tuple[str, Decimal | None]:
    return read_text(rate.get("Name")).casefold(), read_decimal(rate.get("RateValue"))


def _fits(asked: Json, found: tuple[str, str, str, Decimal | None]) -> bool:
    side, rate_id, name, percent = found
    if asked["TaxApplicableOn"] != side:
        return False
    if "TaxRateId" in asked:
        return bool(asked["TaxRateId"] == rate_id)
    return asked["TaxRateName"].casefold() == name and Decimal(asked["RateValue"]) == percent


def register_tax_code_builder() -> None:
    register_builder(KIND, TaxCodeBuilder())
