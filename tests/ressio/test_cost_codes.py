"""Cost codes: by hand, in bulk, and out again."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from ressio.models import CostCode
from ressio.scoping import scope
from ressio.starter_codes import STARTER_CODES
from tests.support.cast import Cast, SignIn

LIST = "/c/ridge/settings/cost-codes/"


def stored(cast: Cast) -> list[tuple[str, str, str, str]]:
    with scope(company=cast.ridge):
        return list(CostCode.objects.order_by("name").values_list("name", "category", "description", "sku"))


def paste(cast: Cast, sign_in: SignIn, text: str) -> HttpResponse:
    return sign_in(cast.alice).post(f"{LIST}add-many/", {"pasted": text})  # type: ignore[return-value]


FRAMING = ("0500 Framing", "Structure", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "1000 Site,Earth,Digging,S1\n2000 Roof,,,\n",
        "1000 Site\tEarth\tDigging\tS1\n\n2000 Roof",
        "SKU;Name;Description;Category\nS1;1000 Site;Digging;Earth\n;2000 Roof;;",
        '"1000 Site","Earth","Digging",S1\r\n"2000 Roof"',
    ],
)
def test_pasted_rows_are_added(cast: Cast, sign_in: SignIn, text: str) -> None:
    paste(cast, sign_in, text)

    assert stored(cast) == [FRAMING, ("1000 Site", "Earth", "Digging", "S1"), ("2000 Roof", "", "", "")]


def test_bad_rows_are_named_and_nothing_is_half_imported(cast: Cast, sign_in: SignIn) -> None:
    page = paste(cast, sign_in, f"1000 Site\n,Earth\n0500 FRAMING\n2000 Roof\n2000 roof\n{'x' * 121}")

    assert [str(error) for error in page.context["line_errors"]] == [  # type: ignore[attr-defined]
        "Line 2: the name is missing.",
        "Line 3: there is a cost code with this name already.",
        "Line 5: the same name stands in line 4 already.",
        "Line 6: the name is longer than 120 characters.",
    ]
    assert stored(cast) == [FRAMING]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Name,Category\nCafé tiles,Inside\n".encode("utf-8-sig"), ["Café tiles"]),
        ("Name,Category\nCafé tiles,Inside\n".encode("cp1252"), ["Café tiles"]),
    ],
)
def test_an_uploaded_file_is_read(cast: Cast, sign_in: SignIn, content: bytes, names: list[str]) -> None:
    upload = SimpleUploadedFile("codes.csv", content)

    sign_in(cast.alice).post(f"{LIST}add-many/", {"upload": upload})

    assert [row[0] for row in stored(cast)] == ["0500 Framing", *names]


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (
            SimpleUploadedFile("a.xlsx", b"PK\0\0"),
            "This is not a CSV file. Save the sheet as CSV and try again.",
        ),
        (SimpleUploadedFile("a.csv", b"x" * (1024 * 1024 + 1)), "The file is larger than 1 MB."),
    ],
)
def test_a_file_that_is_no_csv_is_refused(
    cast: Cast, sign_in: SignIn, upload: SimpleUploadedFile, why: str
) -> None:
    page = sign_in(cast.alice).post(f"{LIST}add-many/", {"upload": upload})

    assert page.context["form"].errors["upload"] == [why]


def test_what_is_exported_can_be_imported_elsewhere(cast: Cast, sign_in: SignIn) -> None:
    paste(cast, sign_in, 'name,category,description,sku\n"=1+1, really",+plus,"two\nlines",@at\n')

    exported = sign_in(cast.alice).get(f"{LIST}export/").content.decode("utf-8-sig")
    sign_in(cast.charlie).post("/c/summit/settings/cost-codes/add-many/", {"pasted": exported})

    with scope(company=cast.summit):
        copied = list(
            CostCode.objects.exclude(name="0900 Summit Roofing")
            .order_by("name")
            .values_list("name", "category", "description", "sku")
        )
    assert copied == stored(cast)


def test_an_export_holds_no_formula(cast: Cast, sign_in: SignIn) -> None:
    paste(cast, sign_in, "name\n=HYPERLINK(1)\n")

    answer = sign_in(cast.alice).get(f"{LIST}export/")

    cells = [row[0] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]
    assert cells == ["Name", "0500 Framing", "'=HYPERLINK(1)"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cost-codes.csv"'


def test_the_starter_set_leaves_what_is_there_alone(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    with scope(company=cast.ridge):
        CostCode.objects.filter(pk=cast.framing.pk).update(name=STARTER_CODES[0][1].upper())

    alice.post(f"{LIST}starter-set/")
    alice.post(f"{LIST}starter-set/")

    assert len(stored(cast)) == len(STARTER_CODES)


def test_a_deactivated_code_is_listed_apart(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    lists = {}

    alice.post(f"{LIST}{cast.framing.pk}/deactivate/")
    for state in ("active", "inactive", "all"):
        lists[state] = [code.name for code in alice.get(LIST, {"state": state}).context["codes"]]
    alice.post(f"{LIST}{cast.framing.pk}/reactivate/")

    assert lists == {"active": [], "inactive": ["0500 Framing"], "all": ["0500 Framing"]}
    assert [code.name for code in alice.get(LIST).context["codes"]] == ["0500 Framing"]


def test_the_list_filters_and_sorts(cast: Cast, sign_in: SignIn) -> None:
    paste(cast, sign_in, "1000 Site,Earth\n2000 Roof,Structure\n")
    alice = sign_in(cast.alice)

    found = {
        query: [code.name for code in alice.get(f"{LIST}?{query}").context["codes"]]
        for query in ("sort=-name", "category=Structure", "q=earth", "sort=category")
    }

    assert found == {
        "sort=-name": ["2000 Roof", "1000 Site", "0500 Framing"],
        "category=Structure": ["0500 Framing", "2000 Roof"],
        "q=earth": ["1000 Site"],
        "sort=category": ["1000 Site", "0500 Framing", "2000 Roof"],
    }


def test_adding_and_editing_by_hand(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)

    alice.post(f"{LIST}new/", {"name": "1000 Site", "category": "Earth"})
    taken = alice.post(f"{LIST}new/", {"name": "1000 SITE"})
    alice.post(f"{LIST}{cast.framing.pk}/", {"name": "0510 Framing", "sku": "F"})

    assert taken.context["form"].errors["name"] == ["There is a cost code named 1000 SITE already."]
    assert stored(cast) == [("0510 Framing", "", "", "F"), ("1000 Site", "Earth", "", "")]


def test_the_starter_set_names_are_distinct_and_fit() -> None:
    names = [name.lower() for _, name, _ in STARTER_CODES]

    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 120
