"""The Files tab over HTTP: what is shown to whom, what comes back, and what is refused."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from ressio.files.keeping import add_file
from ressio.files.subjects import register_file_subject
from ressio.models import FileOrigin, ProjectFile, TeamMember
from ressio.scoping import scope
from ressio.views.file_rows import draw_files
from tests.support.cast import Cast, SignIn
from tests.support.file_samples import PDF, SAMPLES

LARGE = b"%PDF-1.7\n" + b"x" * (8 * 1024 * 1024)


@pytest.fixture
def house(cast: Cast) -> Iterator[str]:
    """The address of the files of Ridge House; everything happens in Ridge's scope."""
    with scope(company=cast.ridge):
        yield f"/c/ridge/projects/{cast.ridge_house.pk}/files/"


def keep(cast: Cast, name: str = "plan.pdf", content: bytes = PDF, **values: Any) -> ProjectFile:
    values.setdefault("actor", cast.alice.user)
    return add_file(
        project=cast.ridge_house, upload=BytesIO(content), name=name, now=timezone.now(), **values
    )


def pull(cast: Cast, name: str) -> ProjectFile:
    values: dict[str, Any] = {
        "origin": FileOrigin.QUICKBOOKS,
        "is_read_only": True,
        "is_client_visible": True,
    }
    return keep(cast, name, subject_kind="test-bill", subject_label="B-7", actor=None, **values)


def shown(page: Any) -> list[str]:
    return [row.file.name for row in page.context["files"]]


def read_status(response: Any) -> int:
    """A file stays open until somebody has read it."""
    list(response)
    return int(response.status_code)


def say(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# The list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["b receipt.pdf", "c roof.png", "a plan.pdf"]),
        ("?sort=name", ["a plan.pdf", "b receipt.pdf", "c roof.png"]),
        ("?sort=-size", ["b receipt.pdf", "a plan.pdf", "c roof.png"]),
        ("?sort=project__company", ["b receipt.pdf", "c roof.png", "a plan.pdf"]),
        ("?q=PLAN+pdf", ["a plan.pdf"]),
        ("?q=b-7", ["b receipt.pdf"]),
        ("?q=%25", []),
        ("?origin=quickbooks", ["b receipt.pdf"]),
        ("?origin=ressio", ["c roof.png", "a plan.pdf"]),
        ("?origin=nonsense&page=99", ["b receipt.pdf", "c roof.png", "a plan.pdf"]),
    ],
)
def test_the_list_searches_filters_and_sorts(
    cast: Cast, sign_in: SignIn, house: str, query: str, found: list[str]
) -> None:
    keep(cast, "a plan.pdf")
    keep(cast, "c roof.png", SAMPLES["png"])
    pull(cast, "b receipt.pdf")

    assert shown(sign_in(cast.alice).get(house + query)) == found


def test_a_row_says_where_the_file_belongs_and_who_added_it(cast: Cast, sign_in: SignIn, house: str) -> None:
    register_file_subject("test-linked", "Bill", lambda request, file: f"/c/ridge/bills/{file.subject_id}/")
    keep(cast, subject_kind="test-linked", subject_id="7", subject_label="B-7")

    html = sign_in(cast.bob).get(house).content.decode()
    words = re.sub(r"<[^>]+>", " ", html).split()

    assert words[words.index("plan.pdf") :][:6] == [
        "plan.pdf",
        "Bill",
        "B-7",
        "Ressio",
        str(len(PDF)),
        "bytes",
    ]
    assert "Alice" in words
    assert '<a href="/c/ridge/bills/7/">B-7</a>' in html


def test_many_files_take_no_more_queries_than_few(cast: Cast, sign_in: SignIn, house: str) -> None:
    alice = sign_in(cast.alice)
    alice.get(house)
    counts = []
    for more in (2, 5):
        for number in range(more):
            keep(cast, f"{more} {number}.pdf", actor=(cast.alice, cast.bob)[number % 2].user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            alice.get(house)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 14


def test_the_tab_is_there_for_everybody_on_the_project(cast: Cast, sign_in: SignIn, house: str) -> None:
    page = sign_in(cast.fred).get(house)

    assert f'<a href="{house}" aria-current="page">Files</a>' in " ".join(page.content.decode().split())
    assert "No files yet" in page.content.decode()


def test_field_gets_no_files_of_bills_by_any_way(cast: Cast, sign_in: SignIn, house: str) -> None:
    plan, bill = keep(cast), pull(cast, "bill.pdf")
    fred = sign_in(cast.fred)

    assert shown(fred.get(house)) == ["plan.pdf"]
    assert "supplier" not in fred.get(house).content.decode()
    status = {
        (file.name, way): read_status(fred.get(f"{house}{file.pk}/{way}/"))
        for file in (plan, bill)
        for way in ("download", "remove")
    }
    assert status == {
        ("plan.pdf", "download"): 200,
        ("plan.pdf", "remove"): 403,
        ("bill.pdf", "download"): 404,
        ("bill.pdf", "remove"): 404,
    }


# Sending ------------------------------------------------------------------------------------------------------


def send(client: Any, address: str, *uploads: tuple[str, bytes]) -> Any:
    files = [SimpleUploadedFile(name, content, "text/html") for name, content in uploads]
    return client.post(address, {"files": files}, follow=True)


def test_several_are_added_at_once_and_refused_ones_keep_nobody_out(
    cast: Cast, sign_in: SignIn, house: str
) -> None:
    page = send(
        sign_in(cast.fred), house, ("a.pdf", PDF), ("roof.jpg", SAMPLES["png"]), ("b.txt", SAMPLES["txt"])
    )

    assert shown(page) == ["b.txt", "a.pdf"]
    assert say(page) == [
        "“roof.jpg” is not a JPEG picture inside, although its name says so. Save it again in that form, "
        "or give it the ending that fits.",
        "2 files are added.",
    ]
    assert set(ProjectFile.objects.values_list("uploaded_by", "is_client_visible", "subject_kind")) == {
        (cast.fred.user_id, False, "project")
    }


def test_sending_nothing_says_so(cast: Cast, sign_in: SignIn, house: str) -> None:
    page = sign_in(cast.bob).post(house, follow=True)

    assert (say(page), ProjectFile.objects.count()) == (["Choose at least one file first."], 0)


def test_what_is_too_large_is_refused_before_it_is_read(
    cast: Cast, sign_in: SignIn, house: str, settings: Settings
) -> None:
    settings.LARGEST_REQUEST, settings.LARGEST_UPLOAD = 1000, 5000
    bob = sign_in(cast.bob)

    fits = send(bob, house, ("a.pdf", PDF + b"x" * 2000))
    too_much = send(bob, house, ("b.pdf", PDF + b"x" * 6000))
    elsewhere = bob.post(f"/c/ridge/projects/{cast.ridge_house.pk}/edit/", {"name": "x" * 2000})
    nobody = send(type(bob)(), house, ("c.pdf", PDF + b"x" * 2000))

    assert [page.status_code for page in (fits, too_much, elsewhere, nobody)] == [200, 413, 413, 413]
    assert "That is too much at once" in too_much.content.decode()
    assert list(ProjectFile.objects.values_list("name", flat=True)) == ["a.pdf"]


# Fetching -----------------------------------------------------------------------------------------------------


def test_a_large_file_comes_back_byte_for_byte_and_harmless(cast: Cast, sign_in: SignIn, house: str) -> None:
    bob = sign_in(cast.bob)
    send(bob, house, ("Plan «Süd».pdf", LARGE))
    file = ProjectFile.objects.get()

    response = bob.get(f"{house}{file.pk}/download/")

    assert response.streaming
    with CaptureQueriesContext(connection) as queries:
        assert response.getvalue() == LARGE
    assert len(queries) == 0
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(LARGE)),
        "Content-Disposition": "attachment; filename*=utf-8''Plan%20%C2%ABS%C3%BCd%C2%BB.pdf",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store, no-cache, must-revalidate",
    }
    assert {name: response[name] for name in wanted} == wanted


def test_a_name_cannot_break_out_of_its_header(cast: Cast, sign_in: SignIn, house: str) -> None:
    file = keep(cast, 'a"; filename=evil.exe\r\nSet-Cookie: x=1.pdf')

    response = sign_in(cast.bob).get(f"{house}{file.pk}/download/")

    list(response)
    assert (
        response["Content-Disposition"] == 'attachment; filename="a_; filename=evil.exeSet-Cookie_ x=1.pdf"'
    )


def test_a_file_of_another_project_or_company_is_not_found(cast: Cast, sign_in: SignIn, house: str) -> None:
    file = keep(cast)
    barn = f"/c/ridge/projects/{cast.ridge_barn.pk}/files/{file.pk}/download/"
    summit = f"/c/summit/projects/{cast.summit_tower.pk}/files/{file.pk}/download/"

    found = [
        sign_in(member).get(address).status_code
        for member, address in [
            (cast.alice, barn),
            (cast.bob, barn),
            (cast.charlie, f"{house}{file.pk}/download/"),
            (cast.charlie, summit),
        ]
    ]

    assert found == [404, 404, 404, 404]


def test_content_that_the_storage_lost_is_not_there(cast: Cast, sign_in: SignIn, house: str) -> None:
    file = keep(cast)
    Path(file.content.path).unlink()

    assert sign_in(cast.bob).get(f"{house}{file.pk}/download/").status_code == 404


def test_no_address_serves_the_folder(cast: Cast, sign_in: SignIn, house: str) -> None:
    key = keep(cast).content.name
    guesses = [f"/{key}", f"/media/{key}", f"/static/{key}", f"/files/{key}", f"/static/../files/{key}"]

    assert [sign_in(cast.alice).get(path).status_code for path in guesses] == [404] * len(guesses)
    assert not Path(conf.STORAGES["files"]["OPTIONS"]["location"]).is_relative_to(conf.STATIC_ROOT)


# Showing and removing -----------------------------------------------------------------------------------------


def test_a_file_is_shown_to_the_client_and_hidden_again(cast: Cast, sign_in: SignIn, house: str) -> None:
    file = pull(cast, "bill.pdf")
    bob = sign_in(cast.bob)
    assert "visible to the client unless you hide them" in bob.get(house).content.decode()

    hidden = bob.post(f"{house}{file.pk}/visibility/?next={house}%3Fq%3Dbill", {"is_visible": "no"})
    page = bob.get(hidden["Location"])
    file.refresh_from_db()

    assert hidden["Location"] == f"{house}?q=bill"
    assert (say(page), file.is_client_visible) == (["The client no longer sees “bill.pdf”."], False)
    assert "visible to the client unless you hide them" not in page.content.decode()
    page = bob.post(f"{house}{file.pk}/visibility/", {"is_visible": "yes"}, follow=True)
    file.refresh_from_db()
    assert (say(page), file.is_client_visible) == (
        ["The client may now see “bill.pdf”. It may show what a supplier charges."],
        True,
    )


def test_removing_asks_first_and_works_without_script(cast: Cast, sign_in: SignIn, house: str) -> None:
    file = keep(cast)
    bob = sign_in(cast.bob)

    question = bob.get(f"{house}{file.pk}/remove/?next={house}%3Fq%3Dplan")
    done = bob.post(f"{house}{file.pk}/remove/", {"next": question.context["back"]}, follow=True)

    assert f"“plan.pdf” ({len(PDF)}\xa0bytes) is deleted for everybody" in question.content.decode()
    assert done.redirect_chain == [(f"{house}?q=plan", 302)]
    assert (say(done), ProjectFile.objects.count()) == (["“plan.pdf” is removed."], 0)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_file_of_quickbooks_is_not_removed(cast: Cast, sign_in: SignIn, house: str, method: str) -> None:
    file = pull(cast, "bill.pdf")

    page = getattr(sign_in(cast.alice), method)(f"{house}{file.pk}/remove/", follow=True)

    assert say(page) == ["“bill.pdf” comes from QuickBooks Online. Remove it there, and it goes here too."]
    assert ProjectFile.objects.count() == 1


def test_field_takes_back_its_own(cast: Cast, sign_in: SignIn, house: str) -> None:
    mine, theirs = keep(cast, actor=cast.fred.user), keep(cast)
    fred = sign_in(cast.fred)
    offered = [bool(row.remove_url) for row in fred.get(house).context["files"]]

    status = [fred.post(f"{house}{file.pk}/remove/").status_code for file in (mine, theirs)]

    assert (offered, status) == ([False, True], [302, 403])


# For pages of other rooms -------------------------------------------------------------------------------------


def draw(cast: Cast, member: TeamMember, **context: Any) -> str:
    request: Any = RequestFactory().get("/c/ridge/bills/7/")
    request.company, request.member, request.user = cast.ridge, member, member.user
    files = draw_files(request, ProjectFile.objects.all())
    html = render_to_string("ressio/components/files.html", {"files": files, **context}, request)
    return " ".join(html.split())


def test_the_component_lists_the_files_of_a_thing(cast: Cast, house: str) -> None:
    file = keep(cast)
    with_form = draw(cast, cast.bob, upload_url="/c/ridge/bills/7/files/", files_title="Files of B-7")
    for_field = draw(cast, cast.fred)

    assert '<h2 id="files-title">Files of B-7</h2>' in with_form
    assert f'<a href="{house}{file.pk}/download/">plan.pdf</a>' in with_form
    assert 'action="/c/ridge/bills/7/files/" enctype="multipart/form-data"' in with_form
    assert "next=%2Fc%2Fridge%2Fbills%2F7%2F" in with_form
    assert ["<form" in for_field, "Remove" in for_field] == [False, False]
