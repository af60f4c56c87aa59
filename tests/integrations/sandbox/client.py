"""A plain client of the stand-in, for its own tests: nothing of the product is used here."""

from __future__ import annotations

import json
from typing import Any

import requests

Document = dict[str, Any]


class Company:
    """One company of a running server: its API with a token, and the control API."""

    def __init__(self, url: str, realm: str) -> None:
        self.url = url
        self.realm = realm
        self.api = f"{url}/v3/company/{realm}"
        self.http = requests.Session()
        self.http.headers.update({"Accept": "application/json"})
        self.tokens: Document = {}
        self.sign_in()

    def sign_in(self, client_id: str = "test-app") -> None:
        self.tokens = self.control("POST", "tokens", {"client_id": client_id})
        self.http.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def control(self, method: str, path: str, payload: Any = None, **query: Any) -> Any:
        response = self.send_control(method, path, payload, **query)
        assert response.status_code == 200, response.text
        return response.json()

    def send_control(self, method: str, path: str, payload: Any = None, **query: Any) -> requests.Response:
        return requests.request(
            method,
            f"{self.url}/_sandbox/{path}",
            json=payload,
            params={"realm": self.realm, **query},
            timeout=20,
        )

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.http.get(f"{self.api}/{path}", params=query, timeout=20)

    def post(self, path: str, payload: Any, **query: Any) -> requests.Response:
        return self.http.post(f"{self.api}/{path}", json=payload, params=query, timeout=20)

    def create(self, entity: str, **fields: Any) -> Document:
        return self.write(entity, fields)

    def write(self, entity: str, payload: Document, **query: Any) -> Document:
        response = self.post(entity.lower(), payload, **query)
        assert response.status_code == 200, response.text
        document: Document = response.json()[entity]
        return document

    def change(self, entity: str, document: Document, **fields: Any) -> Document:
        """A sparse update of a document just read."""
        return self.write(entity, {**identity(document), "sparse": True, **fields})

    def read(self, entity: str, document_id: str) -> Document:
        document: Document = self.get(f"{entity.lower()}/{document_id}").json()[entity]
        return document

    def query(self, statement: str) -> Document:
        response = self.get("query", query=statement)
        assert response.status_code == 200, response.text
        found: Document = response.json()["QueryResponse"]
        return found

    def rows(self, statement: str) -> list[Document]:
        found = self.query(statement)
        return next((value for value in found.values() if isinstance(value, list)), [])

    def switch(self, **values: Any) -> None:
        self.control("POST", "switches", values)

    # Books to test with

    def vendor(self, name: str = "Acme Lumber") -> Document:
        return self.create("Vendor", DisplayName=name)

    def customer(self, name: str = "Smith House", **fields: Any) -> Document:
        return self.create("Customer", DisplayName=name, **fields)

    def item(self, name: str = "Framing", **fields: Any) -> Document:
        both = {"IncomeAccountRef": {"value": "10"}, "ExpenseAccountRef": {"value": "14"}}
        return self.create("Item", **{"Name": name, "Type": "Service", **both, **fields})

    def bill(self, vendor: Document, *lines: Document, **fields: Any) -> Document:
        wanted = list(lines) or [account_line(100)]
        return self.create("Bill", VendorRef={"value": vendor["Id"]}, Line=wanted, **fields)

    def invoice(self, customer: Document, *lines: Document, **fields: Any) -> Document:
        return self.create("Invoice", CustomerRef={"value": customer["Id"]}, Line=list(lines), **fields)


def identity(document: Document) -> Document:
    kept = ("Id", "SyncToken", "VendorRef", "PaymentType")
    return {name: document[name] for name in kept if name in document}


def account_line(amount: float, account: str = "20", **detail: Any) -> Document:
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}, **detail},
    }


def item_line(amount: float, item: Document, **detail: Any) -> Document:
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item["Id"]}, **detail},
    }


def sales_line(amount: float, item: Document, **detail: Any) -> Document:
    return {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, **detail},
    }


def refs(document: Document) -> Document:
    return {"value": document["Id"]}


def fault_code(response: requests.Response) -> str:
    """The code of envelope A."""
    body = json.loads(response.text)
    return str(body["Fault"]["Error"][0]["code"])


def refused(response: requests.Response) -> tuple[int, str]:
    return response.status_code, fault_code(response)
