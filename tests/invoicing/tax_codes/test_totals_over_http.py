"""A few of the ten thousand, by the way they really go: written through the gateway, numbers as JSON."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest

from integrations.gateway import Gateway
from integrations.models import Connection
from invoicing.totals import TaxMode, differences, predict
from tests.invoicing import figures
from tests.support.sandbox import Realm

WAYS = {
    "US": [TaxMode.EXCLUDED],
    "CA": [TaxMode.EXCLUDED, TaxMode.INCLUSIVE, TaxMode.NOT_APPLICABLE],
}
EACH = 4


@pytest.mark.parametrize("country", WAYS)
def test_the_answer_is_what_was_predicted(country: str, connection: Connection, realm: Realm) -> None:
    rates = [{"TaxRate": rate} for rate in figures.rate_documents()]
    realm.load_documents(*as_json([*rates, *({"TaxCode": code} for code in figures.code_documents())]))
    prefs = {"UsingSalesTax": True, "PartnerTaxEnabled": True, "TaxGroupCodeRef": {"value": "20"}}
    realm.edit_document("CompanyInfo", "1", {"Country": country})
    realm.edit_document("Preferences", "1", {"TaxPrefs": prefs})
    customer = realm.enter_document("Customer", {"DisplayName": "Smith"})["Id"]
    item = realm.enter_document(
        "Item", {"Name": "Work", "Type": "Service", "IncomeAccountRef": {"value": "10"}}
    )["Id"]
    tax = figures.us_tax(is_automated=True) if country == "US" else figures.global_tax()
    codes = ("TAX", "NON") if country == "US" else figures.GLOBAL_CODES[1:]
    chance, gateway = random.Random(country), Gateway(connection)

    for mode in WAYS[country]:
        for number in range(EACH):
            invoice = figures.make_invoice(chance, codes, mode)
            predicted = predict(invoice, tax)
            if predicted.total < 0:
                continue
            document = figures.document_of(invoice, predicted, tax, customer=customer, item=item)
            sent = json.dumps(as_json(document)).encode()
            answered = gateway.create("Invoice", sent, request_id=f"{mode}-{number}")
            assert differences(predicted, answered.data) == []


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda number: float(Decimal(number))))
