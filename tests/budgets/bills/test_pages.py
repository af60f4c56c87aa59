"""The bills' pages as the people of a company see and use them, without QuickBooks."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from budgets.bills.approval import approve_bill, submit_bill
from budgets.bills.drafting import BillInput, LineInput, create_bill
from budgets.models import Bill, BillFile, BillState
from ressio.models import Activity, Project, TeamMember
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.file_samples import PDF

pytestmark = pytest.mark.django_db
URL = "/c/ridge/bills/"
FORM = {
    "number": "INV-7",
    "issued_on": "2026-03-02",
    "due_on": "2026-04-01",
    "description": "Lumber",
    "internal_notes": "Ask Joe",
    "lines-TOTAL_FORMS": "3",
    "lines-INITIAL_FORMS": "0",
    "lines-0-description": "Studs",
    "lines-0-quantity": "3",
    "lines-0-unit_price": "33.335",
    "lines-1-description": "Nails",
    "lines-1-amount": "$1,020.50",
    "lines-1-is_billable": "on",
}


def form_for(cast: Cast, **changes: Any) -> dict[str, Any]:
    ids = {
        "project": cast.ridge_house.pk,
        "vendor": cast.lumber_yard.pk,
        "lines-0-cost_code": cast.framing.pk,
        "lines-1-cost_code": cast.framing.pk,
    }
    return FORM | ids | changes


def enter(
    cast: Cast,
    number: str = "INV-1",
    amount: str = "100.00",
    project: Project | None = None,
    code: bool = True,
) -> Bill:
    with scope(company=cast.ridge):
        given = BillInput(
            vendor=cast.lumber_yard,
            number=number,
            issued_on=date(2026, 3, 2),
            lines=[
                LineInput(
                    cost_code=cast.framing if code else None, amount=Decimal(amount), description="Studs"
                )
            ],
        )
        return create_bill(
            project=project or cast.ridge_house, given=given, member=cast.alice, now=timezone.now()
        )


def approve(cast: Cast, bill: Bill) -> Bill:
    with scope(company=cast.ridge):
        return approve_bill(bill=bill, member=cast.alice, now=timezone.now())


def read(cast: Cast, bill: Bill) -> Bill:
    with scope(company=cast.ridge):
        found: Bill = Bill.objects.get(pk=bill.pk)
        return found


def grant(member: TeamMember) -> None:
    with scope(company=member.company):
        member.can_create_bills = True
        member.save()


def deed(client: Client, bill: Bill, name: str, **data: Any) -> Any:
    return client.post(f"{URL}{bill.pk}/do/{name}/", data)


# Entering ---------------------------------------------------------------------------------------------------------


def test_a_bill_is_entered_and_shown(cast: Cast, sign_in: SignIn) -> None:
    grant(cast.bob)
    client = sign_in(cast.bob)
    assert client.get(f"{URL}new/?project={cast.ridge_house.pk}").status_code == 200

    response = client.post(f"{URL}new/", form_for(cast))

    with scope(company=cast.ridge):
        bill = Bill.objects.get()
        lines = list(bill.lines.values_list("description", "quantity", "unit_price", "amount", "is_billable"))
    assert response["Location"] == f"{URL}{bill.pk}/"
    assert (bill.state, bill.number, bill.total) == (BillState.DRAFT, "INV-7", Decimal("1120.51"))
    assert (bill.issued_on, bill.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert (bill.description, bill.internal_notes) == ("Lumber", "Ask Joe")
    assert lines == [
        ("Studs", Decimal(3), Decimal("33.335"), Decimal("100.01"), False),
        ("Nails", None, None, Decimal("1020.50"), True),
    ]
    page = client.get(f"{URL}{bill.pk}/").content.decode()
    assert "Ask Joe" in page
    assert "1,120.51" in page


def test_the_vendors_file_comes_with_the_form(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice)
    said = []
    for number in ("", "INV-9"):
        form = form_for(cast, number=number, files=[SimpleUploadedFile("invoice.pdf", PDF)])
        answer = page.post(f"{URL}new/", form, follow=True)
        with scope(company=cast.ridge):
            names = list(BillFile.objects.values_list("bill__number", "file__name"))
        text = answer.content.decode()
        said.append(("Choose the files again" in text, "“invoice.pdf” is added." in text, names))

    assert said == [(True, False, []), (False, True, [("INV-9", "invoice.pdf")])]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"number": ""}, "number", "Enter the vendor's number of the bill."),
        ({"number": "x" * 21}, "number", "The number must be under 21 characters; this has 21."),
        ({"due_on": "2026-01-01"}, "due_on", "The bill is due before it was issued."),
        ({"issued_on": "yesterday"}, "issued_on", "Enter a valid date."),
        ({"vendor": ""}, "vendor", "This field is required."),
        (
            {"project": "999999"},
            "project",
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], field: str, sentence: str
) -> None:
    response = sign_in(cast.alice).post(f"{URL}new/", form_for(cast, **changes))

    assert response.status_code == 400
    assert response.context["form"].errors == {field: [sentence]}
    assert 'value="$1,020.50"' in response.content.decode()
    with scope(company=cast.ridge):
        assert not Bill.objects.exists()


@pytest.mark.parametrize(
    ("changes", "row", "sentence"),
    [
        (
            {"lines-0-unit_price": ""},
            0,
            "Line 1: give quantity and unit price together, or the amount alone.",
        ),
        ({"lines-1-amount": ""}, 1, "Line 2: the amount is missing."),
        ({"lines-1-amount": "lots"}, 1, "“lots” is not a number."),
        ({"lines-1-amount": "1.005"}, 1, "Line 2: an amount has at most two decimals."),
        ({"lines-0-amount": "5"}, 0, "Line 1: 3 × 33.335 is 100.01, not 5."),
    ],
)
def test_a_wrong_line_says_so_in_its_row(
    cast: Cast, sign_in: SignIn, changes: dict[str, str], row: int, sentence: str
) -> None:
    response = sign_in(cast.alice).post(f"{URL}new/", form_for(cast, **changes))

    assert response.status_code == 400
    errors = [form.errors for form in response.context["lines"].forms]
    assert [bool(each) for each in errors] == [number == row for number in range(3)]
    assert sentence in str(errors[row])


def test_more_lines_without_script_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.alice).post(f"{URL}new/", form_for(cast, more="1"))

    assert response.status_code == 200
    assert len(response.context["lines"].forms) == 8
    assert 'value="$1,020.50"' in response.content.decode()
    with scope(company=cast.ridge):
        assert not Bill.objects.exists()


def test_a_look_ahead_warns_before_anything_is_saved(cast: Cast, sign_in: SignIn) -> None:
    other = enter(cast, "inv 7")
    changes = {"look": "1", "lines-1-cost_code": ""}

    response = sign_in(cast.alice).post(f"{URL}new/", form_for(cast, **changes))

    ahead = response.context["ahead"]
    assert response.status_code == 200
    assert (ahead.duplicates, ahead.bare, ahead.default_code) == ([other], [2], None)
    assert f'href="{URL}{other.pk}/"' in response.content.decode()
    with scope(company=cast.ridge):
        assert Bill.objects.count() == 1


def test_a_draft_is_changed_and_untouched_lines_stay(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    client.post(f"{URL}new/", form_for(cast))
    with scope(company=cast.ridge):
        bill = Bill.objects.get()
    page = client.get(f"{URL}{bill.pk}/edit/")
    given = {"number": "INV-8", "project": cast.ridge_house.pk, "vendor": cast.lumber_yard.pk}
    given |= {"issued_on": "2026-03-02", "lines-TOTAL_FORMS": "5", "lines-INITIAL_FORMS": "2"}
    for form in page.context["lines"].initial_forms:
        for name, value in form.initial.items():
            given[form.add_prefix(name)] = value if value not in (None, False) else ""
    given["lines-1-DELETE"] = "on"

    response = client.post(f"{URL}{bill.pk}/edit/", given)

    assert response.status_code == 302
    bill = read(cast, bill)
    with scope(company=cast.ridge):
        lines = list(bill.lines.values_list("description", "amount"))
    assert (bill.number, bill.total) == ("INV-8", Decimal("100.01"))
    assert lines == [("Studs", Decimal("100.01"))]


# Rights -----------------------------------------------------------------------------------------------------------

DEEDS = (
    *("submit", "approve", "send-back", "take-back", "delete", "send", "retry", "skip", "link", "unlink"),
    *("move-date", "wait", "both-right", "decide", "copy"),
)


def test_who_was_not_granted_it_changes_nothing(cast: Cast, sign_in: SignIn) -> None:
    bill = enter(cast)
    bob, fred, charlie = sign_in(cast.bob), sign_in(cast.fred), sign_in(cast.charlie)
    data = {"issued_on": "2026-05-01", "document": "1", "seen": ""}
    with scope(company=cast.ridge):
        before = Activity.objects.count()

    found = {
        name: tuple(deed(client, bill, name, **data).status_code for client in (bob, fred, charlie))
        for name in DEEDS
    }

    # A Team Member is told what nobody could do with a draft; everything else is refused as not theirs.
    assert found == dict.fromkeys(DEEDS, (403, 403, 404)) | {"copy": (403, 403, 404)}
    assert bob.get(f"{URL}{bill.pk}/").status_code == 200
    assert read(cast, bill).state == BillState.DRAFT
    with scope(company=cast.ridge):
        assert Activity.objects.count() == before


def test_a_granted_member_submits_and_an_admin_approves(cast: Cast, sign_in: SignIn) -> None:
    grant(cast.bob)
    bill = enter(cast)
    bob, alice = sign_in(cast.bob), sign_in(cast.alice)

    assert deed(bob, bill, "submit").status_code == 302
    assert deed(bob, bill, "approve").status_code == 403
    assert read(cast, bill).state == BillState.AWAITING
    assert deed(alice, bill, "send-back", note="Wrong job").status_code == 302
    assert "Wrong job" in bob.get(f"{URL}{bill.pk}/").content.decode()
    deed(bob, bill, "submit")
    own = bob.get(f"{URL}{bill.pk}/").content.decode()
    assert ("Withdraw" in own, "Send back" in own) == (True, False)
    assert deed(bob, bill, "send-back").status_code == 302
    assert read(cast, bill).state == BillState.DRAFT
    deed(bob, bill, "submit")
    assert deed(alice, bill, "approve").status_code == 302
    assert read(cast, bill).state == BillState.APPROVED
    budget = alice.get(f"/c/ridge/projects/{cast.ridge_house.pk}/budget/")
    assert budget.context["costs"].counted.amount == Decimal("100.00")
    assert "0500 Framing" in budget.content.decode()
    assert deed(alice, bill, "take-back").status_code == 302
    assert read(cast, bill).state == BillState.DRAFT
    assert deed(alice, bill, "delete").status_code == 302
    with scope(company=cast.ridge):
        assert not Bill.objects.exists()


def test_what_cannot_be_done_now_says_why(cast: Cast, sign_in: SignIn) -> None:
    bill = enter(cast, code=False)
    alice = sign_in(cast.alice)

    refusals = {
        name: deed(alice, bill, name, **data)
        for name, data in {
            "approve": {},
            "send-back": {},
            "take-back": {},
            "send": {},
            "retry": {},
            "skip": {},
            "link": {"document": "1"},
            "unlink": {},
            "move-date": {"issued_on": "soon"},
            "wait": {},
            "both-right": {},
            "decide": {"seen": ""},
        }.items()
    }

    assert {name: response.status_code for name, response in refusals.items()} == dict.fromkeys(refusals, 400)
    assert "no default billing cost code" in refusals["approve"].context["refusal"]
    assert deed(alice, bill, "no-such-thing").status_code == 404
    assert read(cast, bill).state == BillState.DRAFT


def test_a_duplicate_is_approved_only_with_the_tick(cast: Cast, sign_in: SignIn) -> None:
    approve(cast, enter(cast, "A-1"))
    second, alice = enter(cast, "a1"), sign_in(cast.alice)

    assert "both_are_right" in alice.get(f"{URL}{second.pk}/").content.decode()
    assert deed(alice, second, "approve").status_code == 400
    assert deed(alice, second, "approve", both_are_right="yes").status_code == 302
    assert read(cast, second).state == BillState.APPROVED


def test_a_bill_of_another_project_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    barn = enter(cast, project=cast.ridge_barn)
    bob = sign_in(cast.bob)

    assert [bob.get(f"{URL}{barn.pk}/{rest}").status_code for rest in ("", "edit/", "preview/")] == [404] * 3
    assert deed(bob, barn, "submit").status_code == 404
    assert [row.bill for row in bob.get(URL).context["found"].rows] == []
    assert [row.bill for row in sign_in(cast.alice).get(URL).context["found"].rows] == [barn]


# The list -----------------------------------------------------------------------------------------------------------


def test_the_list_filters_sorts_and_adds_up(cast: Cast, sign_in: SignIn) -> None:
    one, two, three = enter(cast, "A-1", "10.00"), enter(cast, "B-2", "30.00"), enter(cast, "C-3", "20.00")
    with scope(company=cast.ridge):
        submit_bill(bill=two, member=cast.alice, now=timezone.now())
    approve(cast, three)
    client = sign_in(cast.alice)

    def numbers(query: str) -> list[str]:
        response = client.get(f"{URL}?{query}")
        assert response.status_code == 200
        return [row.bill.number for row in response.context["found"].rows]

    assert numbers("sort=total") == ["A-1", "C-3", "B-2"]
    assert numbers("sort=-status") == ["C-3", "B-2", "A-1"]
    assert numbers("q=c3") == ["C-3"]
    assert numbers("q=30.00") == ["B-2"]
    assert numbers("q=lumber&sort=number") == ["A-1", "B-2", "C-3"]
    assert numbers("status=awaiting") == ["B-2"]
    assert numbers("status=attention") == []
    assert len(numbers("status=not_in_quickbooks")) == 3
    assert len(numbers(f"vendor={cast.lumber_yard.pk}&project={cast.ridge_house.pk}")) == 3
    assert numbers(f"project={cast.ridge_barn.pk}") == []
    for key in ("vendor", "project", "issued", "due", "paid", "open", "origin", "sending", "files"):
        assert len(numbers(f"sort={key}")) == 3
    totals = client.get(f"{URL}?q=lumber").context["found"].totals
    assert (totals.bills, totals.total, totals.paid, totals.open) == (3, Decimal(60), Decimal(0), Decimal(60))
    tab = client.get(f"/c/ridge/projects/{cast.ridge_house.pk}/bills/")
    assert {row.bill for row in tab.context["found"].rows} == {one, two, three}


@pytest.mark.parametrize("query", ["status=x", "sort=x", "page=0", "vendor=x", "project=999999"])
def test_a_filter_that_makes_no_sense_is_refused(cast: Cast, sign_in: SignIn, query: str) -> None:
    client = sign_in(cast.alice)

    assert [client.get(f"{URL}{page}?{query}").status_code for page in ("", "bills.csv")] == [400, 400]


def test_columns_are_kept_for_the_person(cast: Cast, sign_in: SignIn) -> None:
    enter(cast)
    alice, bob = sign_in(cast.alice), sign_in(cast.bob)

    answer = alice.post(
        f"{URL}columns/", {"column": ["total", "nonsense"], "next": "https://elsewhere.example/"}
    )

    assert answer["Location"] == URL
    assert [column.key for column in alice.get(URL).context["columns"]] == ["vendor", "number", "total"]
    assert len(bob.get(URL).context["columns"]) == 10


def test_the_export_has_every_bill_that_matches(cast: Cast, sign_in: SignIn) -> None:
    enter(cast, "A-1", "10.00")
    enter(cast, "=B-2", "30.00")

    answer = sign_in(cast.alice).get(f"{URL}bills.csv?sort=total")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Number"], row["Total"], row["Status"]) for row in rows] == [
        ("A-1", "10.00", "Draft"),
        ("'=B-2", "30.00", "Draft"),
    ]


def test_the_preview_shows_what_it_does_to_the_budget(cast: Cast, sign_in: SignIn) -> None:
    bill = enter(cast)

    page = sign_in(cast.alice).get(f"{URL}{bill.pk}/preview/")

    [effect] = page.context["preview"].effects
    assert (effect.cost_code, effect.now, effect.this_bill, effect.after) == (
        cast.framing,
        Decimal(0),
        Decimal(100),
        Decimal(100),
    )
    assert page.context["preview"].text == ""


def test_the_budget_of_a_project_that_is_not_linked_counts_its_bills(cast: Cast, sign_in: SignIn) -> None:
    bill = approve(cast, enter(cast))
    client, budget = sign_in(cast.alice), f"/c/ridge/projects/{cast.ridge_house.pk}/budget/"

    page = client.get(budget)

    assert page.context["costs"].counted.amount == Decimal("100.00")
    assert "Ties out: difference 0.00" in page.content.decode()
    assert f'href="{URL}{bill.pk}/"' in client.get(f"{budget}actuals/").content.decode()
    assert client.get(f"{budget}tie-out/").context["check"].is_clean


def test_of_another_projects_duplicate_a_member_learns_that_it_exists(cast: Cast, sign_in: SignIn) -> None:
    grant(cast.bob)
    enter(cast, "INV-7", "4321.00", project=cast.ridge_barn)

    page = sign_in(cast.bob).post(f"{URL}new/", form_for(cast, look="1")).content.decode()

    assert "It is of a project you are not assigned to." in page
    assert "4,321.00" not in page
    assert "Ridge Barn" not in page
