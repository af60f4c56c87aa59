"""Without asking for JSON one gets XML, as from the real server."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import requests

from tests.integrations.sandbox.client import Company

SPACE = "{http://schema.intuit.com/finance/v3}"


def fetch(company: Company, path: str, **query: str) -> tuple[requests.Response, Xml.Element]:
    response = company.http.get(f"{company.api}/{path}", params=query, headers={"Accept": "*/*"}, timeout=20)
    return response, Xml.fromstring(response.text)  # noqa: S314  our own server


def test_a_document_in_xml(company: Company) -> None:
    bill = company.bill(company.vendor("O'Brien & <Sons>"))

    response, root = fetch(company, f"bill/{bill['Id']}")

    assert response.headers["Content-Type"] == "application/xml"
    assert root.tag == f"{SPACE}IntuitResponse"
    assert "T" in root.attrib["time"]
    found = root.find(f"{SPACE}Bill/{SPACE}VendorRef")
    assert found is not None
    assert (found.text, found.attrib["name"]) == (bill["VendorRef"]["value"], "O'Brien & <Sons>")
    assert root.findtext(f"{SPACE}Bill/{SPACE}TotalAmt") == "100"


def test_a_page_and_a_fault_in_xml(company: Company) -> None:
    company.vendor("One"), company.vendor("Two")

    _, page = fetch(company, "query", query="select * from Vendor")
    response, fault = fetch(company, "query", query="nonsense")

    answer = page.find(f"{SPACE}QueryResponse")
    assert answer is not None
    assert (answer.attrib, len(answer)) == ({"startPosition": "1", "maxResults": "2"}, 2)
    error = fault.find(f"{SPACE}Fault/{SPACE}Error")
    assert error is not None
    assert (response.status_code, error.attrib["code"]) == (400, "4000")


def test_download_stays_plain_text(company: Company) -> None:
    files = {"file_content_0": ("a.txt", b"x", "text/plain")}
    stored = company.http.post(f"{company.api}/upload", files=files, timeout=20).json()
    document_id = stored["AttachableResponse"][0]["Attachable"]["Id"]

    answer = company.http.get(f"{company.api}/download/{document_id}", headers={"Accept": "*/*"}, timeout=20)

    assert answer.text.startswith(f"{company.url}/files/")
