"""What a client gets to see of an invoice: laid out once for page, print and PDF."""

import sys
from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from invoicing.models import (
    Invoice,
    InvoiceLine,
    InvoiceSection,
    InvoiceState,
    ProfitShown,
    SectionKind,
)
from invoicing.pdf.paper import Paper, PaperTax, lay_out
from invoicing.pdf.writing import WHY_NONE, _find_writer, write_pdf
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn

pytestmark = pytest.mark.django_db


def make_invoice(cast: Cast, **changes: object) -> Invoice:
    """Two sections, one with markup of 10 %; 8 % tax; inside the company's scope."""
    values = {
        "number": "1042",
        "state": InvoiceState.UNPAID,
        "client_name": "Ada Quill",
        "client_address": "7 Rose Lane\nPortland, OR 97201",
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1),
        "terms": "Net 30",
        "memo": "Thank you.",
        "internal_notes": "Squeeze them",
        "currency": "USD",
        "subtotal": Decimal("1220.00"),
        "tax": Decimal("97.60"),
        "total": Decimal("1317.60"),
        "tax_lines": [["State tax", "8.0000", "1220.00", "97.60"]],
        "paid": Decimal("300.00"),
    }
    invoice = Invoice.objects.create(company=cast.ridge, project=cast.ridge_house, **(values | changes))
    lines = [
        (SectionKind.AMOUNT, "Draws", "Second draw", None, None, "1000.00", "0.00"),
        (SectionKind.ACTUALS, "Costs of March", "Carpenter, hours", "10", "20.00", "200.00", "20.00"),
    ]
    for place, (kind, title, words, quantity, price, cost, markup) in enumerate(lines, 1):
        section = InvoiceSection.objects.create(
            company=cast.ridge, invoice=invoice, position=place, kind=kind, title=title
        )
        InvoiceLine.objects.create(
            company=cast.ridge,
            invoice=invoice,
            section=section,
            position=place,
            cost_code=cast.framing,
            description=words,
            quantity=quantity and Decimal(quantity),
            unit_price=price and Decimal(price),
            cost=Decimal(cost),
            markup=Decimal(markup),
            amount=Decimal(cost) + Decimal(markup),
        )
    return invoice


def rows_of(paper: Paper) -> list[tuple[object, ...]]:
    return [
        (line.words, line.quantity, line.price, line.amount)
        for section in paper.sections
        for line in section.lines
    ]


def test_profit_within_the_lines_shows_neither_costs_nor_markup(cast: Cast) -> None:
    with scope(company=cast.ridge):
        paper = lay_out(make_invoice(cast))
        pdf = write_pdf(paper)

    # Ten hours at 20.00 and 10 % are ten hours at 22.00 for the client.
    assert rows_of(paper) == [
        ("Second draw", None, None, Decimal("1000.00")),
        ("Carpenter, hours", Decimal(10), Decimal("22.00"), Decimal("220.00")),
    ]
    assert [section.profit for section in paper.sections] == [None, None]
    assert paper.taxes == [PaperTax("State tax, 8% of 1,220.00", Decimal("97.60"))]
    assert (paper.total, paper.paid, paper.balance) == tuple(map(Decimal, ("1317.60", "300.00", "1017.60")))
    assert pdf.startswith(b"%PDF-")
    written = render_to_string("invoicing/paper/pdf.html", {"paper": paper, "invoice": paper.invoice})
    assert [amount in written for amount in ("1,000.00", "220.00", "97.60", "1,317.60", "1,017.60")] == [
        True
    ] * 5
    assert [word in written for word in ("Squeeze", ">200.00<", ">20.00<")] == [False, False, False]


def test_a_machine_without_the_libraries_says_what_to_do(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(company=cast.ridge):
        invoice = make_invoice(cast)
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # what an import of a missing package meets
    _find_writer.cache_clear()
    client, url = sign_in(cast.alice), f"/c/ridge/invoices/{invoice.pk}/"
    try:
        page, sheet, pdf = (client.get(f"{url}{part}") for part in ("", "print/", "invoice.pdf"))
    finally:
        _find_writer.cache_clear()

    assert "invoice.pdf" not in page.content.decode() + sheet.content.decode()
    assert "Pango is missing" in page.content.decode()
    assert (pdf.status_code, pdf.content.decode()) == (501, WHY_NONE)


def test_profit_apart_and_quickbooks_own_total(cast: Cast) -> None:
    """QuickBooks' tax stands where it computed another one, and the page still adds up."""
    with scope(company=cast.ridge):
        there = {"quickbooks_total": Decimal("1319.00"), "quickbooks_tax": Decimal("98.00")}
        paper = lay_out(make_invoice(cast, profit_shown=ProfitShown.APART, **there))

    assert rows_of(paper)[1] == ("Carpenter, hours", Decimal(10), Decimal("20.00"), Decimal("200.00"))
    assert [section.profit for section in paper.sections] == [None, Decimal("20.00")]
    assert paper.taxes == [PaperTax("Sales tax", Decimal("98.00"))]
    assert paper.subtotal + paper.taxes[0].tax + paper.adjustment == paper.total == Decimal("1319.00")
    assert paper.adjustment == Decimal("1.00")
