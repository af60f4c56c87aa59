"""Files through the API: the same verbs and the same refusals as on the pages."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from ressio.files.keeping import add_file
from ressio.models import Activity, FileOrigin, ProjectFile, TeamMember
from ressio.scoping import scope
from tests.support.api import Answer, Program, read
from tests.support.cast import Cast
from tests.support.file_samples import PDF, SAMPLES


@pytest.fixture
def files(cast: Cast) -> Iterator[str]:
    """The path of Ridge House's files below the company; everything happens in Ridge's scope."""
    with scope(company=cast.ridge):
        yield f"projects/{cast.ridge_house.pk}/files"


def keep(cast: Cast, name: str, **values: Any) -> ProjectFile:
    values = {"actor": None, "now": timezone.now(), **values}
    return add_file(project=cast.ridge_house, upload=BytesIO(PDF), name=name, **values)


def pull(cast: Cast, name: str) -> ProjectFile:
    values = {"origin": FileOrigin.QUICKBOOKS, "is_read_only": True, "is_client_visible": True}
    return keep(cast, name, subject_kind="test-bill", subject_id="7", subject_label="B-7", **values)


def send(program: Program, path: str, sent_name: str, content: bytes, **values: Any) -> Answer:
    upload = SimpleUploadedFile(sent_name, content, "text/html")
    return read(program.client.post(f"{program.base}/{path}", {"file": upload, **values}, format="multipart"))


def names(program: Program, path: str, **query: Any) -> list[str]:
    return [file["name"] for file in program.list_all(path, **query)]


def test_a_file_is_sent_described_and_fetched(cast: Cast, files: str) -> None:
    fred = Program(cast.fred)

    sent = send(fred, files, "../Plan.PDF", PDF)
    path = f"{files}/{sent.body['id']}"
    fetched = fred.client.get(f"{fred.base}/{path}/download", HTTP_ACCEPT="application/pdf")

    assert (sent.status, sent.body) == (
        201,
        {
            "id": sent.body["id"],
            "name": "Plan.PDF",
            "content_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
            "origin": "ressio",
            "subject_kind": "project",
            "subject_id": "",
            "subject_label": "",
            "is_read_only": False,
            "is_client_visible": False,
            "uploaded_by": "Fred",
            "created_at": sent.body["created_at"],
        },
    )
    assert fred.get(path).body == sent.body == fred.get(files).body["results"][0]
    assert fetched.getvalue() == PDF
    assert (fetched["Content-Disposition"], fetched["Content-Type"]) == (
        'attachment; filename="Plan.PDF"',
        "application/pdf",
    )


@pytest.mark.parametrize(
    ("name", "content", "values", "errors"),
    [
        ("setup.exe", b"MZ", {}, {"file"}),
        ("roof.jpg", SAMPLES["png"], {}, {"file"}),
        ("empty.pdf", b"", {}, {"file"}),
        ("plan.pdf", PDF, {"name": "plan.txt"}, {"file"}),
        ("plan.pdf", PDF, {"name": "a\0b.pdf"}, {"name"}),
        ("plan.pdf", PDF, {"is_client_visible": "perhaps"}, {"is_client_visible"}),
    ],
)
def test_what_is_refused_has_changed_nothing(
    cast: Cast, files: str, name: str, content: bytes, values: dict[str, str], errors: set[str]
) -> None:
    answer = send(Program(cast.bob), files, name, content, **values)

    assert (answer.status, set(answer.body["errors"])) == (400, errors)
    assert ProjectFile.objects.count() == 0


def test_sending_no_form_is_refused(cast: Cast, files: str) -> None:
    bob = Program(cast.bob)

    assert bob.post(files, file="plan.pdf").status == 415
    assert read(bob.client.post(f"{bob.base}/{files}", {}, format="multipart")).body["errors"] == {
        "file": ["No file was submitted."]
    }


def test_the_list_is_filtered(cast: Cast, files: str) -> None:
    keep(cast, "plan.pdf")
    pull(cast, "bill.pdf")
    alice = Program(cast.alice)

    found = [
        names(alice, files, **query)
        for query in (
            {},
            {"search": "PLAN"},
            {"search": "b-7"},
            {"origin": "quickbooks"},
            {"subject_kind": "test-bill", "subject_id": "7"},
            {"subject_kind": "test-bill", "subject_id": "8"},
            {"is_client_visible": "false"},
            {"limit": 1},
        )
    ]

    both, plan, bill = ["bill.pdf", "plan.pdf"], ["plan.pdf"], ["bill.pdf"]
    assert found == [both, plan, bill, bill, bill, [], plan, both]
    assert alice.get(files, origin="elsewhere").status == 400


def test_field_finds_no_files_of_bills(cast: Cast, files: str) -> None:
    bill = pull(cast, "bill.pdf")
    fred = Program(cast.fred)

    assert names(fred, files) == []
    assert [fred.get(f"{files}/{bill.pk}{way}").status for way in ("", "/download")] == [404, 404]
    assert send(fred, files, "plan.pdf", PDF, is_client_visible="true").status == 403


def test_what_the_client_sees_is_changed_by_admins_and_team_members(cast: Cast, files: str) -> None:
    plan = keep(cast, "plan.pdf")
    bob, fred = Program(cast.bob), Program(cast.fred)

    answers = [
        program.patch(f"{files}/{plan.pk}", is_client_visible=True).status for program in (fred, bob, bob)
    ]

    plan.refresh_from_db()
    assert (answers, plan.is_client_visible) == ([403, 200, 200], True)
    assert Activity.objects.filter(verb="showed to the client the file").count() == 1
    assert bob.patch(f"{files}/{plan.pk}").status == 400


def test_files_are_removed_by_who_may(cast: Cast, files: str) -> None:
    plan, own, bill = keep(cast, "plan.pdf"), keep(cast, "own.pdf", actor=cast.fred.user), pull(cast, "b.pdf")

    def remove(member: TeamMember, file: ProjectFile) -> int:
        return Program(member).delete(f"{files}/{file.pk}").status

    assert [remove(cast.fred, plan), remove(cast.fred, own), remove(cast.bob, plan)] == [403, 204, 204]
    assert [remove(cast.alice, bill), remove(cast.alice, plan)] == [409, 404]
    assert list(ProjectFile.objects.all()) == [bill]


def test_a_file_that_is_too_large_is_refused_in_the_usual_shape(
    cast: Cast, files: str, settings: Settings
) -> None:
    settings.LARGEST_REQUEST, settings.LARGEST_UPLOAD = 500, 2000
    bob = Program(cast.bob)

    fits, too_large = send(bob, files, "a.pdf", PDF + b" " * 1000), None
    too_large = bob.client.post(f"{bob.base}/{files}", {"file": BytesIO(b" " * 3000)}, format="multipart")

    assert fits.status == 201
    assert (too_large.status_code, set(too_large.json())) == (413, {"detail"})


def test_a_form_of_somebody_unknown_is_not_read(cast: Cast, files: str) -> None:
    stranger = Program(cast.bob)
    stranger.client.credentials()

    answer = stranger.client.post(f"{stranger.base}/{files}", {"file": BytesIO(PDF)}, format="multipart")

    assert answer.status_code == 401
    assert not hasattr(answer.wsgi_request, "_files")


def test_a_browser_that_is_signed_in_may_send_one_with_the_forms_token(cast: Cast, files: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert cast.bob.user is not None
    browser.force_login(cast.bob.user)
    token = browser.get("/c/ridge/me/").context["csrf_token"]

    status = [
        browser.post(
            f"/api/v1/companies/ridge/{files}", {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=headers
        ).status_code
        for headers in ({}, {"X-CSRFToken": str(token)})
    ]

    assert status == [403, 201]
