"""Intuit's own OAuth client and the widely used python-quickbooks, unchanged, against the stand-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef, Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import AccountBasedExpenseLine, AccountBasedExpenseLineDetail
from quickbooks.objects.vendor import Vendor

from tests.integrations.sandbox.client import Company

CALLBACK = "http://localhost:8000/callback"


def press_connect(url: str, realm: str) -> dict[str, str]:
    """What a person does on the consent page: choose the company, press Connect."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    form = {**asked, "realm": realm, "decision": "connect"}
    page = urlsplit(url)
    answer = requests.post(
        f"{page.scheme}://{page.netloc}{page.path}", data=form, allow_redirects=False, timeout=20
    )
    found = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in found.items()}


@pytest.fixture
def auth_client(company: Company) -> AuthClient:
    discovery = f"{company.url}/.well-known/openid_sandbox_configuration"
    client = AuthClient("library-app", "library-secret", CALLBACK, discovery)
    back = press_connect(client.get_authorization_url([Scopes.ACCOUNTING], "state-1"), company.realm)
    assert back["state"] == "state-1"
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    return client


def test_intuits_client_connects_refreshes_and_revokes(company: Company, auth_client: AuthClient) -> None:
    assert auth_client.realm_id == company.realm
    before = auth_client.access_token

    auth_client.refresh()
    assert auth_client.access_token != before
    assert auth_client.get_user_info().json()["email"] == "books@example.com"

    assert auth_client.revoke(token=auth_client.refresh_token) is True
    with pytest.raises(AuthClientError):
        auth_client.refresh()


@pytest.fixture
def quickbooks(company: Company, auth_client: AuthClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{company.url}/v3")
    return QuickBooks(
        auth_client=auth_client,
        refresh_token=auth_client.refresh_token,
        company_id=company.realm,
        minorversion=75,
    )


def new_vendor(client: Any, name: str) -> Any:
    vendor = Vendor()
    vendor.DisplayName = name
    vendor.save(qb=client)
    return vendor


def new_bill(client: Any, vendor: Any, amount: float) -> Any:
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.DetailType = "AccountBasedExpenseLineDetail"
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    account = Ref()
    account.value = "20"
    line.AccountBasedExpenseLineDetail.AccountRef = account
    bill = Bill()
    bill.VendorRef = vendor.to_ref()
    bill.Line.append(line)
    return bill.save(qb=client)


def test_library_creates_reads_updates_queries_and_deletes(quickbooks: Any) -> None:
    vendor = new_vendor(quickbooks, "O'Brien & Sons")
    bill = new_bill(quickbooks, vendor, 12.5)

    bill.PrivateNote = "changed"
    bill = bill.save(qb=quickbooks)

    assert Bill.get(bill.Id, qb=quickbooks).PrivateNote == "changed"
    assert [found.Id for found in Vendor.filter(DisplayName="O'Brien & Sons", qb=quickbooks)] == [vendor.Id]
    assert Bill.count(qb=quickbooks) == 1
    assert Bill.all(qb=quickbooks)[0].TotalAmt == 12.5

    bill.delete(qb=quickbooks)
    assert Bill.all(qb=quickbooks) == []
    with pytest.raises(QuickbooksException, match="Object Not Found"):
        Bill.get(bill.Id, qb=quickbooks)


def test_library_batches_and_captures_changes(quickbooks: Any) -> None:
    customers = []
    for number in range(3):
        customer = Customer()
        customer.DisplayName = f"Customer {number}"
        customers.append(customer)

    results = batch_create(customers, qb=quickbooks)
    changes = change_data_capture([Customer, Vendor], "2100-01-01T00:00:00-08:00", qb=quickbooks)

    assert [customer.DisplayName for customer in results.successes] == [f"Customer {n}" for n in range(3)]
    assert results.faults == []
    assert not hasattr(changes, "Vendor")


def test_library_uploads_a_file(quickbooks: Any, tmp_path: Any) -> None:
    path = tmp_path / "scan.txt"
    path.write_bytes(b"hello")
    bill = new_bill(quickbooks, new_vendor(quickbooks, "Acme"), 5)
    attachment = Attachable()
    ref = AttachableRef()
    ref.EntityRef = bill.to_ref()
    attachment.AttachableRef.append(ref)
    attachment.FileName = "scan.txt"
    attachment._FilePath = str(path)
    attachment.ContentType = "text/plain"

    attachment.save(qb=quickbooks)

    stored = Attachable.get(attachment.Id, qb=quickbooks)
    assert requests.get(stored.TempDownloadUri, timeout=20).content == b"hello"


def test_library_reads_the_company(company: Company, quickbooks: Any) -> None:
    info = CompanyInfo.get(company.realm, qb=quickbooks)

    assert info.CompanyName == "Empty Company"


def test_library_raises_what_the_server_refuses(quickbooks: Any) -> None:
    new_vendor(quickbooks, "Acme")

    with pytest.raises(QuickbooksException, match="Duplicate Name Exists"):
        new_vendor(quickbooks, "ACME")
