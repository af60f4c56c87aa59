"""Single answers of the token endpoints that no server of ours would give."""

from collections.abc import Callable

import pytest
import responses
from django.utils import timezone

from integrations.gateway.exchanges import Outcome
from integrations.gateway.faults import QuickBooksError
from integrations.gateway.oauth import TokenPair, exchange_code, refresh_pair, revoke_token
from integrations.models import Connection
from tests.integrations.gateway.conftest import INTUIT

pytestmark = pytest.mark.pure

TOKEN_URL = f"{INTUIT}/oauth2/v1/tokens/bearer"
REVOKE_URL = f"{INTUIT}/v2/oauth2/tokens/revoke"
ELSEWHERE = "http://elsewhere.test/token"
PAIR = {"access_token": "new", "refresh_token": "newer", "expires_in": 3600, "token_type": "bearer"}


def refresh() -> TokenPair:
    return refresh_pair(refresh_token="old", now=timezone.now(), outcome=Outcome("refresh"))


def exchange() -> TokenPair:
    return exchange_code(code="code", now=timezone.now(), outcome=Outcome("exchange"))


def revoke() -> None:
    revoke_token(token="old", outcome=Outcome("revoke"))


@pytest.mark.parametrize("ask", [refresh, exchange])
def test_pair_counts_whatever_scopes_come_with_it(
    canned: Connection, http: responses.RequestsMock, ask: Callable[[], object]
) -> None:
    http.post(TOKEN_URL, json=PAIR | {"scope": "openid com.intuit.quickbooks.accounting"})

    pair = ask()

    assert isinstance(pair, TokenPair)
    assert (pair.access_token, pair.refresh_token) == ("new", "newer")


@pytest.mark.parametrize("ask", [refresh, exchange, revoke])
@pytest.mark.parametrize("status", [302, 307, 308])
def test_secrets_follow_no_redirect(canned: Connection, ask: Callable[[], object], status: int) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as http:
        for url in (TOKEN_URL, REVOKE_URL):
            http.post(url, status=status, headers={"Location": ELSEWHERE})
        for method in ("GET", "POST"):
            http.add(method, ELSEWHERE, json=PAIR)

        with pytest.raises(QuickBooksError):
            ask()

        assert [call.request.url for call in http.calls if call.request.url == ELSEWHERE] == []
        assert len(http.calls) == 1
