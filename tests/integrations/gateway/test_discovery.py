"""Whose addresses are used: the document's, the operator's, or those built in (Q55)."""

from collections.abc import Iterator

import pytest
import responses
from pytest_django import Settings

from integrations.gateway.discovery import SignInUrls, find_sign_in_urls, forget_documents

pytestmark = pytest.mark.pure

DOCUMENT_URL = "https://developer.api.intuit.com/.well-known/openid_configuration"
BUILT_IN = SignInUrls("https://a.intuit.com/1", "https://b.intuit.com/2", "https://c.intuit.com/3")
DISCOVERED = SignInUrls("https://x.intuit.com/1", "https://y.intuit.com/2", "https://z.intuit.com/3")


@pytest.fixture(autouse=True)
def at_intuit(settings: Settings) -> Iterator[None]:
    settings.QBO_ENVIRONMENT = "production"
    settings.QBO_DISCOVERY_URL = DOCUMENT_URL
    settings.QBO_AUTHORIZE_URL, settings.QBO_TOKEN_URL = BUILT_IN.authorize, BUILT_IN.token
    settings.QBO_REVOKE_URL = BUILT_IN.revoke
    settings.QBO_URLS_SET_BY_HAND = frozenset()
    forget_documents()
    yield
    forget_documents()


def publish(urls: SignInUrls) -> None:
    document = {
        "authorization_endpoint": urls.authorize,
        "token_endpoint": urls.token,
        "revocation_endpoint": urls.revoke,
    }
    responses.get(DOCUMENT_URL, json=document)


@responses.activate
def test_the_document_decides_and_is_asked_once() -> None:
    publish(DISCOVERED)

    assert [find_sign_in_urls() for _ in range(3)] == [DISCOVERED] * 3
    assert len(responses.calls) == 1


@responses.activate
def test_it_is_asked_again_when_it_has_aged(settings: Settings) -> None:
    settings.QBO_DISCOVERY_CACHE = 0
    publish(BUILT_IN)
    publish(DISCOVERED)

    assert [find_sign_in_urls(), find_sign_in_urls()] == [BUILT_IN, DISCOVERED]


@responses.activate
def test_what_the_operator_has_set_wins(settings: Settings) -> None:
    settings.QBO_URLS_SET_BY_HAND = frozenset({"QBO_TOKEN_URL"})
    publish(DISCOVERED)

    assert find_sign_in_urls() == SignInUrls(DISCOVERED.authorize, BUILT_IN.token, DISCOVERED.revoke)


@responses.activate
@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"token_endpoint": 7}'])
def test_without_a_readable_document_the_built_in_ones_are_used(body: str) -> None:
    responses.get(DOCUMENT_URL, body=body)

    assert find_sign_in_urls() == BUILT_IN


@responses.activate
def test_a_document_that_is_down_is_not_asked_again_at_once() -> None:
    responses.get(DOCUMENT_URL, status=503)

    assert [find_sign_in_urls() for _ in range(3)] == [BUILT_IN] * 3
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/token",
        "http://oauth.platform.intuit.com/token",
        "https://intuit.com.evil.example/token",
        "https://evilintuit.com/token",
        "javascript:alert(1)",
    ],
)
def test_secrets_never_go_to_another_host_than_intuits(url: str) -> None:
    publish(SignInUrls(url, url, url))

    assert find_sign_in_urls() == BUILT_IN


def test_without_a_discovery_address_nothing_is_asked(settings: Settings) -> None:
    settings.QBO_DISCOVERY_URL = ""

    assert find_sign_in_urls() == BUILT_IN
