"""Files where people see them: on the bill, in the Applied Actuals window, in the Files tab, in Financials."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from budgets.bills.pulling import fetch_files
from budgets.models import Bill, BillAttachment, BillFile
from ressio.models import ProjectFile
from tests.budgets.bills.office import Office
from tests.budgets.bills.test_files_back import attach_there, bill_there, sync_and_fetch
from tests.budgets.bills.test_files_out import attach, files_there, send_files, switch
from tests.support.api import Answer, Program
from tests.support.api import read as read_answer
from tests.support.cast import SignIn
from tests.support.file_samples import PDF, PNG


@pytest.fixture
def page(office: Office, sign_in: SignIn) -> Client:
    return sign_in(office.admin)


def url_of(bill: Bill) -> str:
    return f"/c/ridge/bills/{bill.pk}/"


def read(page: Client, url: str) -> str:
    answer = page.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_file_is_added_sent_and_removed_on_the_bill(office: Office, page: Client) -> None:
    bill = office.settle()
    uploads = [SimpleUploadedFile("receipt.pdf", PDF), SimpleUploadedFile("tool.exe", b"MZ")]

    answer = page.post(f"{url_of(bill)}files/", {"files": uploads}, follow=True)

    said = answer.content.decode()
    assert ("“receipt.pdf” is added." in said, "is of a type that" in said) == (True, True)
    [bill_file] = BillFile.objects.all()
    remove_url = f"{url_of(bill)}files/{bill_file.pk}/remove/"
    assert remove_url in read(page, url_of(bill))
    assert send_files() == ["done"]
    shown = read(page, url_of(bill))
    assert ("· in QuickBooks </span>" in shown, remove_url in shown) == (True, False)
    assert "Remove it there first" in page.post(remove_url, follow=True).content.decode()
    office.realm.delete_document("Attachable", files_there(office)[0]["Id"])
    office.sync()
    assert "Remove this file?" in read(page, remove_url)
    assert "is removed." in page.post(remove_url, follow=True).content.decode()
    assert ProjectFile.objects.count() == 0


def test_a_pulled_file_is_shown_everywhere_and_can_be_hidden(office: Office, page: Client) -> None:
    switch(office, pull_bill_files=True)
    ref = bill_there(office)
    attach_there(office, ("Bill", ref))
    sync_and_fetch(office)
    file, bill = ProjectFile.objects.get(), Bill.objects.get()
    base = f"/c/ridge/projects/{office.project.pk}"
    download = f"{base}/files/{file.pk}/download/"

    assert b"".join(page.get(download).streaming_content) == PDF  # type: ignore[attr-defined]
    window = read(page, f"{base}/budget/actuals/?q=THEIRS")
    assert f'<a class="clip" href="{download}" title="invoice.pdf">' in window
    shown = read(page, url_of(bill))
    for said in (download, "from QuickBooks Online", "Visible to client", "from client"):
        assert said in shown
    assert 'type="file"' not in shown
    files = read(page, f"{base}/files/?origin=quickbooks")
    assert (download in files, url_of(bill) in files) == (True, True)

    page.post(f"{base}/files/{file.pk}/visibility/", {"is_visible": "no"})

    file.refresh_from_db()
    assert file.is_client_visible is False
    attach_there(office, ("Bill", ref), name="second.png", content=PNG)
    sync_and_fetch(office)
    assert "<summary>" in read(page, f"{base}/budget/actuals/?q=THEIRS")


def test_files_of_a_bill_that_waits_hang_on_its_lines(office: Office, page: Client) -> None:
    bill = office.enter()
    attach(office, bill)
    office.approve(bill)
    window = read(page, f"/c/ridge/projects/{office.project.pk}/budget/actuals/")
    assert 'title="scan.pdf"' in window


def test_a_file_that_is_held_says_why_and_is_sent_again(office: Office, page: Client) -> None:
    bill = office.settle()
    attach(office, bill)
    office.realm.fail_next("fault:6041", operation="upload")
    assert send_files() == ["held"]
    shown = read(page, url_of(bill))
    assert ("does not take files of this kind" in shown, "/retry/" in shown) == (True, True)

    page.post(f"{url_of(bill)}files/{BillFile.objects.get().pk}/retry/")

    assert send_files() == ["done"]
    assert "/retry/" not in read(page, url_of(bill))


def test_what_comes_and_what_cannot_is_told_on_the_bill(office: Office, page: Client) -> None:
    switch(office, pull_bill_files=True)
    ref = bill_there(office)
    attach_there(office, ("Bill", ref), name="odd.pdf", content=b"not a pdf")
    office.sync()
    bill = Bill.objects.get()
    assert "Attached in QuickBooks, being fetched." in read(page, url_of(bill))
    fetch_files(office.connection.pk)
    assert "is not a PDF inside" in read(page, url_of(bill))
    attachment = BillAttachment.objects.get()

    page.post(f"/c/ridge/bills/attachments/{attachment.pk}/again/")

    attachment.refresh_from_db()
    assert attachment.state == BillAttachment.State.WANTED


def test_earlier_files_are_counted_before_they_are_fetched(office: Office, page: Client) -> None:
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    BillAttachment.objects.update(made_at=timezone.now() - timedelta(hours=1))
    financials = f"/c/ridge/projects/{office.project.pk}/financials/"
    earlier = f"/c/ridge/projects/{office.project.pk}/bills/earlier-files/"
    assert earlier not in read(page, financials)
    turned_on = {"only": "pull_bill_files", "pull_bill_files": "on"}
    piece = page.post(f"{financials}switches/", turned_on, HTTP_HX_REQUEST="true").content.decode()
    assert ('hx-swap-oob="true"' in piece, "already there (1)" in piece) == (True, True)
    assert "Fetch files of bills already there (1)" in read(page, financials)
    assert "Fetch 1 file<" in read(page, earlier)
    assert page.post(earlier, {"expected": "2"}).status_code == 400

    answer = page.post(earlier, {"expected": "1"}, follow=True)

    assert "1 file on the way." in answer.content.decode()
    assert fetch_files(office.connection.pk) == 1
    assert ProjectFile.objects.get().name == "invoice.pdf"
    assert "Every file of this project" in read(page, earlier)


def test_a_program_attaches_lists_and_removes(office: Office) -> None:
    program, bill = Program(office.admin), office.enter()
    path = f"bills/{bill.pk}/files"

    def send(name: str, content: bytes = PDF, number: int = bill.pk) -> Answer:
        upload = SimpleUploadedFile(name, content)
        url = f"{program.base}/bills/{number}/files"
        return read_answer(program.client.post(url, {"file": upload}, format="multipart"))

    sent = send("scan.pdf")
    assert (sent.status, sent.body["file"]["name"], sent.body["project_id"]) == (
        201,
        "scan.pdf",
        office.project.pk,
    )
    assert program.list_all(path) == [sent.body] == [program.get(f"bill-files/{sent.body['id']}").body]
    assert (send("tool.exe", b"MZ").status, send("a.pdf", number=999).status) == (400, 404)
    assert program.delete(f"bill-files/{sent.body['id']}").status == 204
    assert program.list_all(path) == []
    send("scan.pdf")
    office.send(office.approve(bill))
    assert send_files() == ["done"]
    [there] = program.list_all(path)
    assert there["quickbooks_id"] == files_there(office)[0]["Id"]
    assert program.delete(f"bill-files/{there['id']}").status == 409
    office.realm.delete_document("Bill", office.fresh(bill).quickbooks_id)
    office.sync()
    assert send("late.pdf").status == 409


def test_a_program_fetches_earlier_files_as_counted(office: Office) -> None:
    program = Program(office.admin)
    path = f"projects/{office.project.pk}/bills/earlier-files"
    attach_there(office, ("Bill", bill_there(office)))
    office.sync()
    BillAttachment.objects.update(made_at=timezone.now() - timedelta(hours=1))
    assert program.post(path, expected=0).status == 409
    switch(office, pull_bill_files=True)
    assert program.get(path).body == {"files": 1}
    assert program.post(path, expected=2).status == 409

    answer = program.post(path, expected=1)

    assert (answer.status, answer.body, program.get(path).body) == (202, {"wanted": 1}, {"files": 0})
    assert fetch_files(office.connection.pk) == 1
    [found] = program.list_all(f"bills/{Bill.objects.get().pk}/files")
    assert (found["file"]["origin"], found["file"]["is_read_only"]) == ("quickbooks", True)
