"""A person's trip to Intuit's consent page and back, as a browser makes it."""

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import requests
from django.test import Client
from django.urls import reverse

from ressio.models import Company
from tests.support.sandbox import Realm


def set_out(client: Client, company: Company) -> str:
    """Presses Connect; gives the address at Intuit."""
    response = client.post(reverse("quickbooks-connect", args=[company.slug]))
    assert response.status_code == 302
    return str(response.headers["Location"])


def consent(realm: Realm, authorize_url: str, *, decision: str = "connect") -> str:
    """Presses the button of the consent page; gives the address that Intuit sends the browser to."""
    parts = urlsplit(authorize_url)
    form = dict(parse_qsl(parts.query)) | {"decision": decision, "realm": realm.id}
    response = requests.post(
        f"{realm.sandbox.base_url}{parts.path}", data=form, allow_redirects=False, timeout=30
    )
    assert response.status_code == 302, response.text
    return response.headers["Location"]


def come_back(client: Client, callback_url: str, **changed: str) -> Any:
    """Follows the address back into Ressio; `changed` replaces parameters of it."""
    parts = urlsplit(callback_url)
    query = urlencode(dict(parse_qsl(parts.query)) | changed)
    return client.get(f"{parts.path}?{query}")


def connect_through_intuit(client: Client, company: Company, realm: Realm, **changed: str) -> Any:
    return come_back(client, consent(realm, set_out(client, company)), **changed)


def read_query(url: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
