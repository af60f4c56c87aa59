"""Files: upload, links that expire, download, notes, links to transactions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from tests.integrations.sandbox.client import Company, identity, refused

BYTES = b"%PDF-1.4\r\n\r\n--boundary\r\n\x00\xff\n"


def upload(company: Company, name: str = "scan.pdf", content: bytes = BYTES, **metadata: Any) -> Any:
    meta = json.dumps({"FileName": name, **metadata})
    files: Any = {
        "file_metadata_0": (None, meta, "application/json"),
        "file_content_0": (name, content, "application/pdf"),
    }
    return company.http.post(f"{company.api}/upload", files=files, timeout=20).json()


def attachable(answer: Any) -> Any:
    return answer["AttachableResponse"][0]["Attachable"]


def test_file_comes_back_byte_for_byte_without_a_token(company: Company) -> None:
    bill = company.bill(company.vendor())
    ref = {"EntityRef": {"type": "Bill", "value": bill["Id"]}, "IncludeOnSend": False}

    stored = attachable(upload(company, AttachableRef=[ref], Note="from the yard"))

    assert (stored["Size"], stored["ContentType"]) == (len(BYTES), "application/pdf")
    assert stored["AttachableRef"] == [ref]
    assert len(stored["Id"]) == 19
    assert stored["FileAccessUri"] == f"/v3/company/{company.realm}/download/{stored['Id']}"
    assert requests.get(stored["TempDownloadUri"], timeout=20).content == BYTES


def test_download_answers_the_address_of_the_file_as_plain_text(company: Company) -> None:
    stored = attachable(upload(company))

    answer = company.get(f"download/{stored['Id']}")

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert requests.get(answer.text, timeout=20).content == BYTES
    assert refused(company.get("download/123")) == (400, "610")


def test_links_last_fifteen_minutes_and_cannot_be_altered(company: Company) -> None:
    stored = attachable(upload(company))
    link = stored["TempDownloadUri"]

    altered = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert requests.get(altered, timeout=20).status_code == 403

    company.control("POST", "clock", {"minutes": 16})
    company.sign_in()
    assert requests.get(link, timeout=20).status_code == 403
    fresh = company.read("Attachable", stored["Id"])["TempDownloadUri"]
    assert requests.get(fresh, timeout=20).status_code == 200


def test_content_in_base64_and_without_metadata(company: Company) -> None:
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="file_content_01"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"hello")
        + b"\r\n--XX--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}

    stored = attachable(
        company.http.post(f"{company.api}/upload", data=body, headers=headers, timeout=20).json()
    )

    assert (stored["FileName"], stored["ContentType"], stored["Size"]) == ("a.txt", "text/plain", 5)


def test_several_files_each_with_its_own_result(company: Company) -> None:
    files: Any = {
        "file_content_1": ("a.pdf", BYTES, "application/pdf"),
        "file_content_2": ("a.exe", BYTES, "application/octet-stream"),
        "file_metadata_3": (None, json.dumps({"FileName": "lonely.pdf"}), "application/json"),
    }

    answers = company.http.post(f"{company.api}/upload", files=files, timeout=20).json()["AttachableResponse"]

    assert answers[0]["Attachable"]["FileName"] == "a.pdf"
    assert [answer["Fault"]["Error"][0]["code"] for answer in answers[1:]] == ["6041", "2020"]


def test_image_types(company: Company) -> None:
    stored = attachable(upload(company, "photo.jpg", ContentType="image/jpg"))

    assert stored["ContentType"] == "image/jpeg"
    assert stored["ThumbnailTempDownloadUri"].startswith("http")


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{}", "application/json", "1050"),
        (b"--XX--\r\n", "multipart/form-data; boundary=XX", "2020"),
        (b"--XX\r\nContent-Disposition: form-data; name=\"file_metadata_0\"\r\n\r\nno json\r\n--XX--\r\n",
         "multipart/form-data; boundary=XX", "6040"),
    ],
)  # fmt: skip
def test_wrong_uploads(company: Company, body: bytes, content_type: str, code: str) -> None:
    headers = {"Content-Type": content_type}

    assert refused(company.http.post(f"{company.api}/upload", data=body, headers=headers, timeout=20)) == (
        400,
        code,
    )


def test_note_needs_no_file_and_something_is_needed(company: Company) -> None:
    note = company.create("Attachable", Note="Call the vendor")

    assert "FileAccessUri" not in note
    assert refused(company.post("attachable", {"Category": "Document"})) == (400, "6000")


def test_update_is_full_and_links_are_replaced(company: Company) -> None:
    vendor = company.vendor()
    first, second = company.bill(vendor), company.bill(vendor)
    stored = attachable(upload(company, Note="x", AttachableRef=[link_to(first)]))

    sent = {**identity(stored), "FileName": "scan.pdf", "AttachableRef": [link_to(second)]}
    updated = company.write("Attachable", sent)

    assert "Note" not in updated
    assert [ref["EntityRef"]["value"] for ref in updated["AttachableRef"]] == [second["Id"]]
    assert requests.get(updated["TempDownloadUri"], timeout=20).content == BYTES


def link_to(bill: dict[str, Any]) -> dict[str, Any]:
    return {"EntityRef": {"type": "Bill", "value": bill["Id"]}}


def test_deleting_a_bill_leaves_its_file_and_deleting_the_file_removes_it(company: Company) -> None:
    bill = company.bill(company.vendor())
    stored = attachable(upload(company, AttachableRef=[link_to(bill)]))
    company.post("bill", identity(bill), operation="delete")

    kept = company.read("Attachable", stored["Id"])
    answer = company.post("attachable", identity(kept), operation="delete").json()

    assert kept["AttachableRef"] == [link_to(bill)]
    assert answer["Attachable"] == {"status": "Deleted", "domain": "QBO", "Id": stored["Id"]}
    assert requests.get(stored["TempDownloadUri"], timeout=20).status_code == 403
