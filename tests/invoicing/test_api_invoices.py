"""API: invoices drafted, changed and removed by programs, the costs they bill, and what they add up to."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from budgets.bills.approval import approve_bill
from budgets.bills.drafting import BillInput, create_bill
from budgets.bills.drafting import LineInput as BillLineInput
from budgets.models import BillLine
from invoicing.invoices.drafting import LineInput, create_invoice
from invoicing.models import Invoice, InvoiceState
from ressio.models import User
from ressio.scoping import scope
from tests.invoicing.office import invoice_of
from tests.support.api import Program
from tests.support.cast import Cast

LINES = "sections.0.lines"


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def bob(cast: Cast) -> Program:
    return Program(cast.bob)


def keep_costs(cast: Cast) -> list[str]:
    """An approved bill of two lines: the keys of its costs."""
    with scope(company=cast.ridge):
        lines = [
            BillLineInput(cost_code=cast.framing, amount=Decimal(amount)) for amount in ("80.00", "20.00")
        ]
        given = BillInput(vendor=cast.lumber_yard, number="B-7", issued_on=date(2026, 3, 1), lines=lines)
        now = timezone.now()
        bill = create_bill(project=cast.ridge_house, given=given, member=cast.alice, now=now)
        approve_bill(bill=bill, member=cast.alice, now=now)
        return [f"own:{pk}" for pk in BillLine.objects.order_by("position").values_list("pk", flat=True)]


def test_from_costs_to_a_draft_and_back(cast: Cast, bob: Program) -> None:
    first, second = keep_costs(cast)
    house = f"projects/{cast.ridge_house.pk}"
    costs = bob.get(f"{house}/uninvoiced-costs").body
    assert (costs["count"], costs["total_amount"]) == (2, "100.00")
    assert costs["results"][0] == {
        "key": first,
        "day": "2026-03-01",
        "vendor": "Lumber Yard",
        "number": "B-7",
        "description": "",
        "cost_code_id": cast.framing.pk,
        "cost_code_name": "0500 Framing",
        "kind": "bill",
        "quantity": None,
        "unit_price": None,
        "amount": "80.00",
        "is_billed_there": False,
    }
    values: dict[str, Any] = {
        "number": "A-1",
        "issued_on": "2026-03-02",
        "due_on": "2026-04-01",
        "markup_percent": "10",
        "code_markups": [{"cost_code_id": cast.framing.pk, "percent": "15"}],
        "internal_notes": "Ask Ada",
        "sections": [
            {"kind": "actuals", "lines": [{"cost_code_id": cast.framing.pk, "bills": [first]}]},
            {
                "title": "Fee",
                "lines": [{"quantity": "2", "unit_price": "50.5"}, {"cost": "10.00", "markup": "3.00"}],
            },
        ],
    }
    made = bob.post(f"{house}/invoices", **values)
    assert made.status == 201
    address = f"invoices/{made.body['id']}"
    body = bob.get(address).body
    assert body == made.body
    assert {
        name: body[name] for name in ("state", "number", "client_name", "total", "outstanding", "push")
    } == {
        "state": "draft",
        "number": "A-1",
        "client_name": "Ada Quill",
        "total": "216.10",
        "outstanding": "0.00",
        "push": None,
    }
    [costs_line], fees = (section["lines"] for section in body["sections"])
    assert (costs_line["cost"], costs_line["markup"], costs_line["billed_costs"]) == (
        "80.00",
        "12.00",
        [{"key": first, "said": "Lumber Yard B-7, 1 Mar 2026", "amount": "80.00"}],
    )
    assert [(fee["amount"], fee["markup_percent"], fee["markup_is_amount"]) for fee in fees] == [
        ("111.10", None, False),
        ("13.00", "30.0000", True),
    ]

    changed = bob.patch(address, memo="First draw", version=body["version"])
    assert (changed.status, changed.body["memo"], changed.body["sections"]) == (
        200,
        "First draw",
        body["sections"],
    )
    late = bob.patch(address, memo="Second draw", version=body["version"])
    assert (late.status, late.body["detail"][:24]) == (409, "Somebody changed this in")

    taken = bob.post(f"{house}/invoices", sections=[{"lines": [{"bills": [first]}]}])
    assert (taken.status, taken.body["detail"]) == (
        409,
        "“Lumber Yard B-7, 1 Mar 2026” stands on another invoice already.",
    )
    whole = bob.put(address, sections=[{"lines": [{"bills": [second]}]}])
    assert (whole.status, whole.body["total"], whole.body["number"]) == (200, "20.00", "")
    assert [cost["key"] for cost in bob.list_all(f"{house}/uninvoiced-costs")] == [first]
    assert bob.delete(address).status == 204
    assert bob.get(address).status == 404
    assert len(bob.list_all(f"{house}/uninvoiced-costs", until="2026-03-01")) == 2
    assert bob.list_all(f"{house}/uninvoiced-costs", until="2026-02-28") == []


def test_what_is_refused_names_its_field(cast: Cast, bob: Program) -> None:
    invoices = f"projects/{cast.ridge_house.pk}/invoices"
    refusals: list[tuple[dict[str, Any], str, str]] = [
        ({"number": "1" * 22}, "number", "The number: at most 21 characters, not 22."),
        ({"sections": [{"lines": [{}]}]}, f"{LINES}.0.cost", "The amount is missing."),
        (
            {
                "sections": [
                    {"lines": [{"cost": "1.00"}, {"cost": "1.00", "cost_code_id": cast.summit_code.pk}]}
                ]
            },
            f"{LINES}.1.cost_code_id",
            "There is no such cost code.",
        ),
        (
            {"sections": [{"lines": [{"cost": "1.00", "tax_code_id": "5"}]}]},
            f"{LINES}.0.tax_code_id",
            "QuickBooks has no such tax code.",
        ),
        (
            {"sections": [{"lines": [{"cost": "1.005"}]}]},
            f"{LINES}.0.cost",
            "Ensure that there are no more than 2 decimal places.",
        ),
        ({"sections": [{"kind": "odd"}]}, "sections.0.kind", '"odd" is not a valid choice.'),
        (
            {"sections": [{"lines": [{"cost": "-5.00"}]}]},
            "sections",
            "The invoice comes to less than zero. A credit memo is made in QuickBooks.",
        ),
    ]
    for values, field, sentence in refusals:
        refused = bob.post(invoices, **values)
        assert (refused.status, refused.body["errors"]) == (400, {field: [sentence]})
    made = bob.post(invoices, sections=[{"lines": [{"cost": "5.00"}]}])
    address = f"invoices/{made.body['id']}"
    odd = bob.patch(address, code_markups=[{"percent": "5"}])
    assert odd.body["errors"] == {"code_markups.0.cost_code_id": ["This field is required."]}
    assert bob.patch(address, sections=[{"lines": [{"cost": "7.00"}]}]).body["total"] == "7.00"
    unknown = bob.get(f"projects/{cast.ridge_house.pk}/uninvoiced-costs", cost_code_id=cast.summit_code.pk)
    assert unknown.body["errors"] == {"cost_code_id": ["There is no such cost code."]}
    with scope(company=cast.ridge):
        Invoice.objects.update(state=InvoiceState.RELEASED)
    for answer in (bob.patch(address, memo="x"), bob.delete(address)):
        assert (answer.status, answer.body["detail"]) == (
            409,
            "This invoice is released and no longer a draft.",
        )


def test_lists_filters_and_sums(cast: Cast, bob: Program) -> None:
    alice = Program(cast.alice)
    house, barn = (f"projects/{project.pk}" for project in (cast.ridge_house, cast.ridge_barn))
    for where, number, cost, state in [
        (house, "1", "100.00", "draft"),
        (house, "2", "200.00", "released"),
        (barn, "3", "300.00", "paid"),
    ]:
        sections = [{"lines": [{"cost": cost}]}]
        made = alice.post(f"{where}/invoices", number=number, due_on="2020-01-01", sections=sections)
        with scope(company=cast.ridge):
            Invoice.objects.filter(pk=made.body["id"]).update(
                state=state, paid=cost if state == "paid" else 0
            )

    def numbers(who: Program, path: str = "invoices", **query: Any) -> list[str]:
        return sorted(invoice["number"] for invoice in who.list_all(path, **query))

    assert (numbers(alice), numbers(bob), numbers(alice, f"{barn}/invoices")) == (
        ["1", "2", "3"],
        ["1", "2"],
        ["3"],
    )
    assert [
        numbers(alice, **query)
        for query in (
            {"group": "overdue"},
            {"state": ["paid", "draft"]},
            {"search": "barn"},
            {"project_id": cast.ridge_house.pk, "ordering": "-total"},
        )
    ] == [["2"], ["1", "3"], ["3"], ["1", "2"]]
    assert alice.get("invoices/summary").body == {
        "invoiced": "500.00",
        "collected": "300.00",
        "outstanding": "200.00",
        "overdue": "200.00",
        "drafts": "100.00",
    }
    assert alice.get(f"{barn}/invoices/summary").body["invoiced"] == "300.00"
    assert bob.get(f"{barn}/invoices/summary").status == 404
    # The same key again answers the same, and makes no second draft.
    for _ in range(2):
        again = alice.client.post(
            f"{alice.base}/{house}/invoices",
            {"number": "9"},
            format="json",
            headers={"Idempotency-Key": "k-1"},
        )
        assert again.status_code == 201
    assert numbers(alice, search="9") == ["9"]


def test_staff_look_at_invoices_and_never_see_the_clients_key(cast: Cast, client: Client) -> None:
    staff = User.objects.create_superuser(email="staff@ressio.example", password="x", name="Staff")
    client.force_login(staff)
    [key, _] = keep_costs(cast)
    with scope(company=cast.ridge):
        values = invoice_of(LineInput(bills=(key,)), number="A-1")
        invoice = create_invoice(project=cast.ridge_house, values=values, member=cast.bob, now=timezone.now())
    for address in (
        reverse("admin:invoicing_invoice_changelist"),
        reverse("admin:invoicing_invoice_change", args=[invoice.pk]),
        reverse("admin:invoicing_billedcost_changelist"),
    ):
        page = client.get(address).content.decode()
        assert "A-1" in page
        assert invoice.share_key not in page


def test_what_no_database_holds_is_refused_and_changes_nothing(cast: Cast, bob: Program) -> None:
    huge, house = 10**30, f"projects/{cast.ridge_house.pk}/invoices"
    line = {"cost": "1.00"}
    bodies: list[dict[str, Any]] = [
        {"sections": [{"lines": [line | {"cost_code_id": huge}]}]},
        {"sections": [{"lines": [line]}], "code_markups": [{"cost_code_id": huge, "percent": "1"}]},
        {"memo": "half a sign: \ud83d"},
    ]
    for body in bodies:
        sent = json.dumps(body)  # with the half sign written out
        response = bob.client.post(f"{bob.base}/{house}", sent, content_type="application/json")
        assert response.status_code == 400
    assert bob.post(house, sections=[{"lines": [{"bills": [f"own:{huge}"]}]}]).status == 409
    assert bob.get("invoices", project_id=huge).status == 400
    bills = f"projects/{cast.ridge_house.pk}/bills"
    bill = {"vendor_id": huge, "number": "1", "issued_on": "2026-03-01"}
    assert (
        Program(cast.alice).post(bills, **bill, lines=[{"amount": "1.00", "cost_code_id": huge}]).status
        == 400
    )
    assert bob.get("bills", vendor_id=huge).status == 400
    with scope(company=cast.ridge):
        assert not Invoice.objects.exists()
