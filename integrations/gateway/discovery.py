"""Where Intuit's sign-in lives: from its discovery document, with our settings as fallback.

An address that the operator has set by hand wins, so that a stand-in can be used without a document.
"""

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from django.conf import settings

from integrations.gateway.options import option

logger = structlog.get_logger(__name__)

TIMEOUT = (3.0, 5.0)
# A document that could not be fetched is tried again after this.
RETRY_AFTER = 300.0


@dataclass(frozen=True, slots=True)
class SignInUrls:
    authorize: str
    token: str
    revoke: str


# The whole host and nothing before it: parsers do not agree on where an odd host ends.
INTUIT_HOST = re.compile(r"(?:[a-z0-9-]+\.)+intuit\.com(?::\d+)?", re.IGNORECASE)

# Key in the document, setting that stands in for it.
SOURCES = {
    "authorize": ("authorization_endpoint", "QBO_AUTHORIZE_URL"),
    "token": ("token_endpoint", "QBO_TOKEN_URL"),
    "revoke": ("revocation_endpoint", "QBO_REVOKE_URL"),
}

# Document by address, and when to ask again. For each process: losing it costs one small request a day.
_documents: dict[str, tuple[float, dict[str, Any]]] = {}


def find_sign_in_urls() -> SignInUrls:
    document = get_document(settings.QBO_DISCOVERY_URL) if settings.QBO_DISCOVERY_URL else {}
    return SignInUrls(
        **{name: choose_url(document.get(key), setting) for name, (key, setting) in SOURCES.items()}
    )


def choose_url(discovered: Any, setting: str) -> str:
    by_hand = getattr(settings, "QBO_URLS_SET_BY_HAND", ())
    if setting not in by_hand and isinstance(discovered, str) and is_trusted(discovered):
        return discovered
    return str(getattr(settings, setting))


def is_trusted(url: str) -> bool:
    """Secrets go there, so with Intuit nothing but Intuit's own https hosts is taken from a document."""
    if is_stand_in():
        return True
    parts = urlsplit(url)
    return parts.scheme == "https" and INTUIT_HOST.fullmatch(parts.netloc) is not None


def is_stand_in() -> bool:
    return str(settings.QBO_ENVIRONMENT) == "stand-in"


def get_document(url: str) -> dict[str, Any]:
    until, document = _documents.get(url, (0.0, {}))
    if time.monotonic() >= until:
        fetched = fetch_document(url)
        lasts = option("QBO_DISCOVERY_CACHE") if fetched else RETRY_AFTER
        document = fetched or document
        _documents[url] = (time.monotonic() + lasts, document)
    return document


def fetch_document(url: str) -> dict[str, Any]:
    try:
        response = requests.get(url, timeout=TIMEOUT, headers={"Accept": "application/json"})
        response.raise_for_status()
        document = response.json()
    except (requests.RequestException, ValueError) as error:
        logger.warning("quickbooks_discovery_failed", reason=type(error).__name__)
        return {}
    return document if isinstance(document, dict) else {}


def forget_documents() -> None:
    _documents.clear()
