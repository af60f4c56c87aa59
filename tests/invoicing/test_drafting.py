"""Drafting invoices by amount: what is taken, what is refused and in which words, and what is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from invoicing.invoices.drafting import (
    InvoiceInput,
    LineInput,
    SectionInput,
    change_invoice,
    create_invoice,
    input_of,
    remove_invoice,
    telling_collisions,
)
from invoicing.invoices.errors import InvoiceRefused
from invoicing.invoices.numbers import next_number
from invoicing.invoices.seen import mark_of
from invoicing.models import Invoice, InvoiceLine, InvoiceSection, InvoiceState
from ressio.models import Activity, CostCode
from ressio.scoping import scope
from tests.invoicing.office import invoice_of, price
from tests.support.cast import Cast

NOW = timezone.now()


def draft(cast: Cast, *lines: LineInput, **values: Any) -> Invoice:
    given = invoice_of(*lines, **values)
    return create_invoice(project=cast.ridge_house, values=given, member=cast.bob, now=NOW)


def change(cast: Cast, invoice: Invoice, *lines: LineInput, mark: str = "", **values: Any) -> Invoice:
    given = invoice_of(*lines, **values)
    return change_invoice(invoice=invoice, values=given, member=cast.bob, now=NOW, mark=mark)


def test_a_draft_has_sections_lines_markup_and_a_total(cast: Cast) -> None:
    with scope(company=cast.ridge):
        paint = CostCode.objects.create(company=cast.ridge, name="0900 Paint")
        invoice = create_invoice(
            project=cast.ridge_house,
            values=InvoiceInput(
                number=" INV-0041 ",
                issued_on=date(2026, 3, 2),
                markup_percent=Decimal("10"),
                code_markups={paint.pk: Decimal("20")},
                discount_percent=Decimal("5"),
                sections=(
                    SectionInput(
                        title="Draw 1",
                        lines=(
                            price("1000.00", cast.framing),
                            price("50.00", paint),
                            price("33.33", paint, markup_percent=Decimal("0")),
                            price("100.00", cast.framing, markup=Decimal("12.50")),
                        ),
                    ),
                    SectionInput(
                        kind="additional",
                        lines=(LineInput(quantity=Decimal("3"), unit_price=Decimal("33.335")),),
                    ),
                ),
            ),
            member=cast.bob,
            now=NOW,
        )
        lines = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
        assert [
            (line.section.title, line.cost, line.markup_percent, line.markup, line.amount) for line in lines
        ] == [
            ("Draw 1", Decimal("1000.00"), None, Decimal("100.00"), Decimal("1100.00")),
            ("Draw 1", Decimal("50.00"), None, Decimal("10.00"), Decimal("60.00")),
            ("Draw 1", Decimal("33.33"), Decimal("0"), Decimal("0.00"), Decimal("33.33")),
            ("Draw 1", Decimal("100.00"), Decimal("12.5"), Decimal("12.50"), Decimal("112.50")),
            ("", Decimal("100.01"), None, Decimal("10.00"), Decimal("110.01")),
        ]
        kept = Invoice.objects.get(pk=invoice.pk)
        assert (kept.number, kept.client_name, kept.state) == ("INV-0041", "Ada Quill", InvoiceState.DRAFT)
        assert (kept.subtotal, kept.discount, kept.total) == (
            Decimal("1415.84"),
            Decimal("70.79"),
            Decimal("1345.05"),
        )
        assert mark_of(invoice) == mark_of(kept)
        assert next_number(cast.ridge) == "INV-0042"
        # Saved again as a form would give it back, nothing is another.
        change_invoice(invoice=kept, values=input_of(kept), member=cast.bob, now=NOW, mark=mark_of(kept))
        assert mark_of(Invoice.objects.get(pk=invoice.pk)) == mark_of(kept)
        assert list(Activity.objects.values_list("verb", "actor__name")) == [("drafted", "Bob")]


def test_changing_replaces_the_lines_and_knows_what_was_seen(cast: Cast) -> None:
    with scope(company=cast.ridge):
        invoice = draft(cast, price("10.00"), price("20.00"))
        seen = mark_of(invoice)
        change(cast, invoice, price("7.00", cast.framing), memo="First draw", mark=seen)
        kept = Invoice.objects.get(pk=invoice.pk)
        assert (kept.total, kept.memo) == (Decimal("7.00"), "First draw")
        assert (InvoiceLine.objects.count(), InvoiceSection.objects.count()) == (1, 1)
        with pytest.raises(InvoiceRefused, match="Somebody changed this invoice meanwhile") as refused:
            change(cast, invoice, price("9.00"), mark=seen)
        assert refused.value.code == "changed"
        changed = Activity.objects.get(verb="changed").changes
        assert changed["lines"] == [
            "no code 10.00 Draw; no code 20.00 Draw",
            "0500 Framing 7.00 Draw",
        ]
        remove_invoice(invoice=kept, member=cast.bob)
        assert not Invoice.objects.exists()

        released = draft(cast, price("10.00"))
        Invoice.objects.filter(pk=released.pk).update(state=InvoiceState.RELEASED)
        for verb in (
            lambda: change(cast, released, price("1.00")),
            lambda: remove_invoice(invoice=released, member=cast.bob),
        ):
            with pytest.raises(InvoiceRefused) as refused:
                verb()
            assert (str(refused.value), refused.value.code) == (
                "This invoice is released and no longer a draft.",
                "not_draft",
            )


def test_what_is_refused_says_where_and_why(cast: Cast) -> None:
    with scope(company=cast.summit):
        foreign = CostCode.objects.get()
    with scope(company=cast.ridge):
        idle = CostCode.objects.create(company=cast.ridge, name="Idle", is_active=False)
        draft(cast, price("1.00"), number="7")
        refusals: list[tuple[str, str, LineInput | None, dict[str, Any]]] = [
            ("number", "There is an invoice 7 already.", None, {"number": "7 "}),
            ("number", "The number: at most 21 characters, not 22.", None, {"number": "1" * 22}),
            ("memo", "The memo: at most 1000 characters, not 1001.", None, {"memo": "x" * 1001}),
            ("client_email", "This is no address for mail.", None, {"client_email": "ada"}),
            ("due_on", "The invoice is due before its date.", None, {"due_on": date(2026, 3, 1)}),
            ("issued_on", "This date cannot be right.", None, {"issued_on": date(1026, 3, 1)}),
            ("tax_mode", "Choose one of excluded, inclusive, not_applicable.", None, {"tax_mode": "x"}),
            (
                "discount_percent",
                "A discount is between 0 and 100 percent.",
                None,
                {"discount_percent": Decimal(101)},
            ),
            (
                "lines",
                "The invoice comes to less than zero. A credit memo is made in QuickBooks.",
                price("-1.00"),
                {},
            ),
            ("cost", "The amount is missing.", LineInput(), {}),
            ("cost", "An amount has at most two decimals.", price("1.005"), {}),
            (
                "cost",
                "2 × 3 is 6.00, not 5.00.",
                price("5.00", quantity=Decimal(2), unit_price=Decimal(3)),
                {},
            ),
            (
                "unit_price",
                "Give quantity and price together, or the amount alone.",
                LineInput(quantity=Decimal(2)),
                {},
            ),
            ("cost_code", "There is no such cost code.", price("1.00", foreign), {}),
            ("cost_code", "The cost code “Idle” is inactive.", price("1.00", idle), {}),
            ("code_markups", "There is no such cost code.", None, {"code_markups": {foreign.pk: Decimal(1)}}),
            (
                "markup_percent",
                "The markup cannot be -101 percent.",
                price("1.00", markup_percent=Decimal(-101)),
                {},
            ),
            ("tax_code_ref", "QuickBooks has no such tax code.", price("1.00", tax_code_ref="9"), {}),
            (
                "description",
                "The description has at most 4000 characters.",
                price("1.00", description="x" * 4001),
                {},
            ),
        ]
        for field, sentence, line, values in refusals:
            with pytest.raises(InvoiceRefused) as refused:
                draft(cast, price("0.00"), *([line] if line else []), **values)
            assert (refused.value.field, str(refused.value)) == (field, sentence)
            if line is not None and field != "lines":
                assert (refused.value.section, refused.value.line) == (1, 2)
        with pytest.raises(InvoiceRefused, match="at most 750 lines"):
            draft(cast, *[price("1.00")] * 751)
        for person, project in ((cast.bob, cast.ridge_barn), (cast.fred, cast.ridge_house)):
            with pytest.raises(InvoiceRefused, match="You may not draft invoices"):
                create_invoice(project=project, values=invoice_of(), member=person, now=NOW)
        assert Invoice.objects.count() == 1
        # Two people at the same moment: neither look sees the other's number.
        rows = {"company": cast.ridge, "project": cast.ridge_house, "number": "7"}
        taken = pytest.raises(InvoiceRefused, match="There is an invoice 7 already")
        with taken, telling_collisions("7"), transaction.atomic():
            Invoice.objects.create(**rows)
        # A void invoice gives its number free, and is still not suggested again.
        Invoice.objects.update(state=InvoiceState.VOID)
        assert draft(cast, price("1.00"), number="7").number == "7"
        assert next_number(cast.ridge) == "8"
