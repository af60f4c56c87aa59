"""The invoices' pages as the people of a company see and use them, without QuickBooks."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from budgets.bills.approval import approve_bill
from budgets.bills.drafting import BillInput, create_bill
from budgets.bills.drafting import LineInput as BillLineInput
from budgets.bills.files import attach_file
from invoicing.invoices.drafting import InvoiceInput, LineInput, SectionInput, create_invoice
from invoicing.models import BilledCost, Invoice, InvoiceFile, InvoiceState
from ressio.models import Activity
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.file_samples import PDF

pytestmark = pytest.mark.django_db
URL = "/c/ridge/invoices/"
FORM = {
    "number": "1042",
    "client_name": "Ada Quill",
    "client_email": "ada@quill.example",
    "issued_on": "2026-03-02",
    "due_on": "2026-04-01",
    "terms": "Net 30",
    "memo": "Thank you",
    "internal_notes": "Ask Joe",
    "markup_percent": "10",
    "profit_shown": "within",
    "discount_amount": "20.00",
    "sections-TOTAL_FORMS": "1",
    "sections-INITIAL_FORMS": "0",
    "sections-0-kind": "amount",
    "sections-0-title": "Draws",
    "lines-TOTAL_FORMS": "3",
    "lines-INITIAL_FORMS": "0",
    "lines-0-section": "0",
    "lines-0-description": "Second draw",
    "lines-0-cost": "$1,000.00",
    "lines-0-markup_percent": "0",
    "lines-1-section": "0",
    "lines-1-description": "Carpenter",
    "lines-1-quantity": "10",
    "lines-1-unit_price": "20",
    "lines-2-section": "0",
    "markups-TOTAL_FORMS": "0",
    "markups-INITIAL_FORMS": "0",
}


def form_for(cast: Cast, **changes: Any) -> dict[str, Any]:
    ids = {"project": cast.ridge_house.pk, "lines-0-cost_code": cast.framing.pk}
    return FORM | ids | changes


def draft(cast: Cast, amount: str = "100.00", **values: Any) -> Invoice:
    with scope(company=cast.ridge):
        lines = (LineInput(cost_code=cast.framing, description="Draw", cost=Decimal(amount)),)
        given: dict[str, Any] = {
            "client_name": "Ada Quill",
            "client_email": "ada@quill.example",
            "sections": (SectionInput(lines=lines),),
        }
        return create_invoice(
            project=cast.ridge_house,
            values=InvoiceInput(**(given | values)),
            member=cast.alice,
            now=timezone.now(),
        )


def read(cast: Cast, invoice: Invoice) -> Invoice:
    with scope(company=cast.ridge):
        found: Invoice = Invoice.objects.get(pk=invoice.pk)
        return found


def deed(client: Client, invoice: Invoice, name: str, **data: Any) -> Any:
    return client.post(f"{URL}{invoice.pk}/do/{name}/", data)


def release(client: Client, cast: Cast, **values: Any) -> Invoice:
    invoice = draft(cast, **values)
    assert deed(client, invoice, "release").status_code == 302
    return read(cast, invoice)


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# Entering -----------------------------------------------------------------------------------------------------------


def test_an_invoice_is_drafted_looked_at_and_changed(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.bob)
    first = client.get(f"{URL}new/?project={cast.ridge_house.pk}")
    assert first.context["form"].initial["number"] == "1001"
    look = client.post(f"{URL}new/", form_for(cast, look="1"))
    with scope(company=cast.ridge):
        assert not Invoice.objects.exists()
    # 1,000.00 + 200.00 + 10 % of the 200.00, less 20.00.
    assert look.context["look"].paper.total == Decimal("1200.00")
    assert look.context["look"].bare == [2]
    assert "1,200.00" in words_of(look)

    saved = client.post(f"{URL}new/", form_for(cast))

    with scope(company=cast.ridge):
        invoice = Invoice.objects.get()
        lines = list(invoice.lines.values_list("description", "quantity", "cost", "markup", "amount"))
        sections = list(invoice.sections.values_list("kind", "title"))
    assert saved["Location"] == f"{URL}{invoice.pk}/"
    assert (invoice.number, invoice.terms, invoice.total) == ("1042", "Net 30", Decimal("1200.00"))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert sections == [("amount", "Draws")]
    assert lines == [
        ("Second draw", None, Decimal("1000.00"), Decimal("0.00"), Decimal("1000.00")),
        ("Carpenter", Decimal(10), Decimal("200.00"), Decimal("20.00"), Decimal("220.00")),
    ]

    page = words_of(client.get(f"{URL}{invoice.pk}/"))
    assert "Ask Joe" in page
    assert "1,200.00" in page
    edit = client.get(f"{URL}{invoice.pk}/edit/")
    seen = edit.context["seen"]
    changed = client.post(f"{URL}{invoice.pk}/edit/", form_for(cast, memo="Thanks!", seen=seen))
    assert changed.status_code == 302
    assert read(cast, invoice).memo == "Thanks!"
    # The form of before meets a changed invoice.
    stale = client.post(f"{URL}{invoice.pk}/edit/", form_for(cast, memo="Late", seen=seen))
    assert stale.status_code == 400
    assert "Somebody changed this invoice" in words_of(stale)


def test_the_form_without_script_adds_lines_and_sections_and_says_what_is_wrong(
    cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.alice)
    more = client.post(f"{URL}new/", form_for(cast, more="0"))
    added = client.post(f"{URL}new/", form_for(cast, add="additional"))
    markups = client.post(f"{URL}new/", form_for(cast, more_markups="1"))
    wrong = client.post(
        f"{URL}new/",
        form_for(cast, **{"lines-1-unit_price": "", "lines-0-cost": "ten", "due_on": "2026-01-01"}),
    )
    too_early = client.post(f"{URL}new/", form_for(cast, due_on="2026-01-01"))

    assert len(more.context["body"].lines.forms) == 6
    assert [section.kind_words for section, _ in added.context["blocks"]] == [
        "Fixed amounts",
        "Additional items",
    ]
    assert len(markups.context["body"].markups.forms) == 2
    assert wrong.status_code == 400
    assert "“ten” is not a number." in words_of(wrong)
    assert too_early.status_code == 400
    assert "due before its date" in words_of(too_early)
    with scope(company=cast.ridge):
        assert not Invoice.objects.exists()


def test_costs_are_picked_put_on_and_billed_once(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    with scope(company=cast.ridge):
        now = timezone.now()
        given = BillInput(
            vendor=cast.lumber_yard,
            number="LY-7",
            issued_on=date(2026, 3, 1),
            lines=[BillLineInput(cast.framing, "Studs", amount=Decimal("80.00"))],
        )
        bill = create_bill(project=cast.ridge_house, given=given, member=cast.alice, now=now)
        attach_file(bill=bill, upload=io.BytesIO(PDF), name="ticket.pdf", member=cast.alice, now=now)
        approve_bill(bill=bill, member=cast.alice, now=now)

    empty = {
        "lines-TOTAL_FORMS": "0",
        "discount_amount": "",
        "number": "",
        "actuals_until": "2026-03-02",
    }
    found = client.post(f"{URL}new/", form_for(cast, find="1", **empty))
    [row] = found.context["costs"].rows
    assert (row.cost.vendor, row.cost.amount, row.is_picked) == ("Lumber Yard", Decimal("80.00"), False)
    all_ticked = client.post(f"{URL}new/", form_for(cast, find="all", costs_open="1", **empty))
    assert [row.is_picked for row in all_ticked.context["costs"].rows] == [True]
    put = client.post(f"{URL}new/", form_for(cast, put="1", pick=row.cost.key, costs_open="1", **empty))
    assert put.context["costs"].rows == []
    [(_, _), (section, [line])] = put.context["blocks"]
    assert (section.is_actuals, line["cost"].value(), line["bills"].value()) == (
        True,
        "80.00",
        [row.cost.key],
    )
    fields = {
        "sections-TOTAL_FORMS": "2",
        "sections-1-kind": "actuals",
        "lines-TOTAL_FORMS": "1",
        "lines-0-section": "1",
        "lines-0-cost": "80.00",
        "lines-0-markup_percent": "",
        "lines-0-bills": row.cost.key,
    }
    assert client.post(f"{URL}new/", form_for(cast, **(empty | fields))).status_code == 302

    with scope(company=cast.ridge):
        invoice = Invoice.objects.get()
        assert BilledCost.objects.get().line.amount == invoice.total == Decimal("88.00")
    again = client.post(f"{URL}new/", form_for(cast, find="1", **empty))
    assert again.context["costs"].rows == []
    page = client.get(f"{URL}{invoice.pk}/")
    [(file, is_shared)] = page.context["files"]
    assert (file.name, is_shared) == ("ticket.pdf", False)

    # The bill's file goes with the invoice, until somebody hides it.
    assert deed(client, invoice, "release").status_code == 302
    assert deed(client, invoice, "share", file=file.pk).status_code == 302
    link = f"/i/{read(cast, invoice).share_key}/"
    outside = Client()
    assert "ticket.pdf" in words_of(outside.get(link))
    assert b"".join(outside.get(f"{link}files/{file.pk}/")) == PDF
    with scope(company=cast.ridge):
        InvoiceFile.objects.all().delete()
    assert outside.get(f"{link}files/{file.pk}/").status_code == 404


# On its road --------------------------------------------------------------------------------------------------------


def test_released_paid_in_two_parts_here_and_void(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    invoice = release(client, cast, due_on=date(2026, 1, 1), issued_on=date(2025, 12, 1))
    assert (invoice.state, invoice.number) == (InvoiceState.RELEASED, "1001")
    page = words_of(client.get(f"{URL}{invoice.pk}/"))
    assert "Overdue" in page
    assert "Record it" in page

    refused = deed(client, invoice, "record", received_on="2026-03-02", amount="100.01")
    assert refused.status_code == 400
    assert deed(client, invoice, "record", received_on="2026-03-02", amount="nothing").status_code == 400
    for amount in ("40", "60.00"):
        assert deed(client, invoice, "record", received_on="2026-03-02", amount=amount).status_code == 302
    paid = read(cast, invoice)
    assert (paid.state, paid.outstanding) == (InvoiceState.PAID, Decimal("0.00"))
    payments = client.get(f"{URL}{invoice.pk}/").context["payments"]
    for part in payments:
        assert deed(client, invoice, "unrecord", payment=part.recorded_id).status_code == 302
    assert deed(client, invoice, "void").status_code == 302
    assert read(cast, invoice).state == InvoiceState.VOID
    with scope(company=cast.ridge):
        assert Activity.objects.filter(subject_id=str(invoice.pk), verb="released").exists()
    assert "Void" in words_of(client.get(f"{URL}{invoice.pk}/"))


def test_only_admins_release_and_nobody_edits_what_the_client_has(cast: Cast, sign_in: SignIn) -> None:
    invoice = draft(cast)
    assert deed(sign_in(cast.bob), invoice, "release").status_code == 403
    admin = sign_in(cast.alice)
    assert deed(admin, invoice, "release").status_code == 302
    assert admin.get(f"{URL}{invoice.pk}/edit/").status_code == 403
    assert deed(admin, invoice, "take-back").status_code == 302
    assert deed(admin, invoice, "remove").status_code == 302
    assert admin.get(f"{URL}{invoice.pk}/").status_code == 404


# The list -----------------------------------------------------------------------------------------------------------


def test_the_list_finds_adds_up_and_exports(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    assert "No invoices yet" in words_of(client.get(URL))
    late = release(client, cast, amount="300.00", issued_on=date(2025, 1, 1), due_on=date(2025, 2, 1))
    release(client, cast, amount="50.00", client_name="Ben Oak")
    draft(cast, amount="7.00")
    assert deed(client, late, "record", received_on="2026-03-02", amount="100").status_code == 302

    page = client.get(URL)
    summary = page.context["found"].summary
    assert (summary.invoiced, summary.collected, summary.outstanding, summary.overdue) == tuple(
        map(Decimal, ("350.00", "100.00", "250.00", "200.00"))
    )
    assert [row.total for row in client.get(f"{URL}?q=oak").context["found"].invoices] == [Decimal("50.00")]
    assert client.get(f"{URL}?status=overdue").context["found"].count == 1
    assert client.get(f"{URL}?sort=nonsense").status_code == 400
    tab = client.get(f"/c/ridge/projects/{cast.ridge_house.pk}/invoices/?sort=-total")
    assert [column.key for column in tab.context["columns"]].count("project") == 0
    assert tab.context["found"].invoices[0].pk == late.pk
    assert client.post(f"{URL}columns/", {"column": ["paid"]}).status_code == 302
    assert [column.key for column in client.get(URL).context["columns"]] == ["number", "client", "paid"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{URL}invoices.csv").content.decode("utf-8-sig"))))
    assert [(row["Amount"], row["Balance"], row["State"]) for row in rows][-1] == (
        "300.00",
        "200.00",
        "Overdue",
    )


# The client's link --------------------------------------------------------------------------------------------------


def test_the_link_shows_the_invoice_from_its_release_on_and_nothing_inside(
    cast: Cast, sign_in: SignIn, visitor: Client
) -> None:
    client = sign_in(cast.alice)
    invoice = draft(cast, internal_notes="Squeeze them", markup_percent=Decimal(10), memo="Thank you")
    link = f"/i/{invoice.share_key}/"
    assert visitor.get(link).status_code == 404
    assert visitor.get("/i/no-such-key/").status_code == 404
    assert deed(client, invoice, "release").status_code == 302

    page = visitor.get(link)
    words = words_of(page)
    assert "110.00" in words
    assert "Thank you" in words
    assert "Squeeze" not in words
    assert "100.00" not in words
    assert "10.00" not in words.replace("110.00", "")
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow, noarchive")
    assert "no-store" in page["Cache-Control"]
    pdf = visitor.get(f"{link}invoice.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf["Content-Disposition"] == 'attachment; filename="Invoice-1001.pdf"'
    assert client.get(f"{URL}{invoice.pk}/invoice.pdf").content[:5] == b"%PDF-"
    assert client.get(f"{URL}{invoice.pk}/print/").status_code == 200

    assert deed(client, invoice, "mail-link").status_code == 302
    [letter] = mail.outbox
    assert letter.to == ["ada@quill.example"]
    assert f"http://testserver{link}" in str(letter.body)
    assert "USD 110.00" in str(letter.body)
    assert deed(client, invoice, "renew-link").status_code == 302
    assert visitor.get(link).status_code == 404
    now = f"/i/{read(cast, invoice).share_key}/"
    assert deed(client, invoice, "void").status_code == 302
    assert "Void" in words_of(visitor.get(now))
