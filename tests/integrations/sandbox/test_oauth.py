"""Connecting, tokens, rotation, expiry, races, revocation, and what the API says to a bad token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.integrations.sandbox.client import Company

CALLBACK = "http://localhost:8000/callback?from=intuit"
SCOPE = "com.intuit.quickbooks.accounting"
AUTH = ("app", "secret")


def authorize(company: Company, decision: str = "connect", **changed: str) -> dict[str, list[str]]:
    """Press a button on the consent page; what the browser is sent back with."""
    form = {
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": "s1",
        "realm": company.realm,
        "decision": decision,
        **changed,
    }
    answer = requests.post(f"{company.url}/connect/oauth2", data=form, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def token(company: Company, auth: Any = AUTH, **form: str) -> requests.Response:
    return requests.post(f"{company.url}/oauth2/v1/tokens/bearer", data=form, auth=auth, timeout=20)


def connect(company: Company) -> Any:
    code = authorize(company)["code"][0]
    return token(company, grant_type="authorization_code", code=code, redirect_uri=CALLBACK).json()


def refresh(company: Company, value: str) -> requests.Response:
    return token(company, grant_type="refresh_token", refresh_token=value)


def outcome(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def call(company: Company, access: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
    return requests.get(f"{company.api}/preferences", headers=headers, timeout=20)


def test_consent_page_names_the_app_and_offers_the_companies(company: Company) -> None:
    asked = {
        "client_id": "<app>",
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": CALLBACK,
        "state": "s",
    }

    page = requests.get(f"{company.url}/connect/oauth2", params=asked, timeout=20).text

    assert "&lt;app&gt;" in page
    assert f'value="{company.realm}"' in page
    assert "Connect" in page
    assert "Cancel" in page


@pytest.mark.parametrize("left_out", ["client_id", "redirect_uri", "response_type"])
def test_incomplete_requests_get_a_page_not_a_redirect(company: Company, left_out: str) -> None:
    asked = {"client_id": "app", "response_type": "code", "scope": SCOPE, "redirect_uri": CALLBACK}
    del asked[left_out]

    assert requests.get(f"{company.url}/connect/oauth2", params=asked, timeout=20).status_code == 400


def test_callback_carries_code_state_and_realm(company: Company) -> None:
    back = authorize(company)

    assert back.keys() == {"from", "code", "state", "realmId"}
    assert (back["state"], back["realmId"]) == (["s1"], [company.realm])


def test_realm_comes_only_with_a_scope_that_has_one(company: Company) -> None:
    assert "realmId" not in authorize(company, scope="openid")


def test_cancel_and_unknown_scope_come_back_as_errors(company: Company) -> None:
    asked = {
        "client_id": "app",
        "response_type": "code",
        "scope": "nonsense",
        "redirect_uri": CALLBACK,
        "state": "s",
    }
    answer = requests.get(f"{company.url}/connect/oauth2", params=asked, allow_redirects=False, timeout=20)

    assert authorize(company, "cancel")["error"] == ["access_denied"]
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_scope"]


def test_code_is_exchanged_once(company: Company) -> None:
    code = authorize(company)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    first = token(company, **form)

    assert first.json().keys() == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "x_refresh_token_expires_in",
    }
    assert (first.json()["expires_in"], first.json()["x_refresh_token_expires_in"]) == (3600, 8726400)
    assert call(company, first.json()["access_token"]).status_code == 200
    assert outcome(token(company, **form)) == (400, "invalid_grant")


def test_code_fits_its_redirect_client_and_time(company: Company) -> None:
    def exchange(redirect: str = CALLBACK, auth: tuple[str, str] = AUTH, minutes: int = 0) -> tuple[int, str]:
        code = authorize(company)["code"][0]
        if minutes:
            company.control("POST", "clock", {"minutes": minutes})
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        return outcome(token(company, auth, **form))

    assert exchange(redirect="http://localhost/else") == (400, "invalid_grant")
    assert exchange(auth=("other-app", "secret")) == (400, "invalid_grant")
    assert exchange(minutes=6) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("auth", "form", "expected"),
    [
        (("app", "wrong"), {"grant_type": "refresh_token", "refresh_token": "x"}, (401, "invalid_client")),
        (None, {"grant_type": "refresh_token", "refresh_token": "x"}, (401, "invalid_client")),
        (AUTH, {}, (400, "invalid_request")),
        (AUTH, {"grant_type": "refresh_token"}, (400, "invalid_request")),
        (AUTH, {"grant_type": "password"}, (400, "unsupported_grant_type")),
        (AUTH, {"grant_type": "refresh_token", "refresh_token": "x"}, (400, "invalid_grant")),
    ],
)
def test_wrong_token_requests(
    company: Company, auth: tuple[str, str] | None, form: dict[str, str], expected: tuple[int, str]
) -> None:
    connect(company)

    assert outcome(token(company, auth, **form)) == expected


def test_client_may_say_who_it_is_in_the_form(company: Company) -> None:
    tokens = connect(company)
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    assert token(company, None, client_id="app", client_secret="secret", **form).status_code == 200


def test_refresh_value_stays_for_a_day_then_changes(company: Company) -> None:
    first = connect(company)
    same = refresh(company, first["refresh_token"]).json()
    company.control("POST", "clock", {"hours": 25})
    changed = refresh(company, first["refresh_token"]).json()

    assert same["refresh_token"] == first["refresh_token"]
    assert same["access_token"] != first["access_token"]
    assert changed["refresh_token"] != first["refresh_token"]
    assert outcome(refresh(company, first["refresh_token"])) == (400, "invalid_grant")
    assert refresh(company, changed["refresh_token"]).status_code == 200


def test_earlier_access_tokens_live_on_after_a_refresh(company: Company) -> None:
    first = connect(company)
    refresh(company, first["refresh_token"])

    assert call(company, first["access_token"]).status_code == 200


def test_old_value_in_grace_when_switched(company: Company) -> None:
    company.switch(refresh_rotation="each", old_refresh_value="grace_24h")
    first = connect(company)
    second = refresh(company, first["refresh_token"]).json()

    again = refresh(company, first["refresh_token"]).json()
    assert again["refresh_token"] == second["refresh_token"]

    company.control("POST", "clock", {"hours": 25})
    assert outcome(refresh(company, first["refresh_token"])) == (400, "invalid_grant")


def test_two_refreshes_at_once_one_wins(company: Company) -> None:
    company.switch(refresh_rotation="each")
    value = connect(company)["refresh_token"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(company, value), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert refresh(company, winner["refresh_token"]).status_code == 200


def test_reuse_can_cost_the_winner_its_token(company: Company) -> None:
    company.switch(refresh_rotation="each", reuse_revokes_winner=True)
    value = connect(company)["refresh_token"]
    winner = refresh(company, value).json()

    assert outcome(refresh(company, value)) == (400, "invalid_grant")

    assert outcome(refresh(company, winner["refresh_token"])) == (400, "invalid_grant")
    assert call(company, winner["access_token"]).status_code == 401


def test_refresh_window_and_hard_cap(company: Company) -> None:
    tokens = connect(company)
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    capped = requests.post(
        f"{company.url}/oauth2/v1/tokens/bearer", data=form, auth=AUTH, headers=headers, timeout=20
    ).json()
    assert 157_679_900 < capped["x_refresh_token_hard_expires_in"] <= 157_680_000

    value = tokens["refresh_token"]
    for _ in range(5 * 365 // 100):
        company.control("POST", "clock", {"days": 100})
        value = refresh(company, value).json()["refresh_token"]
    company.control("POST", "clock", {"days": 100})
    assert outcome(refresh(company, value)) == (400, "invalid_grant")

    unused = connect(company)["refresh_token"]
    company.control("POST", "clock", {"days": 102})
    assert outcome(refresh(company, unused)) == (400, "invalid_grant")


def test_wrong_kind_of_token_and_another_apps_token(company: Company) -> None:
    tokens = connect(company)
    other = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    wrong_kind = refresh(company, tokens["access_token"])
    wrong_app = token(company, ("other-app", "secret"), **other)

    for answer in (wrong_kind, wrong_app):
        assert answer.json() == {
            "error": "invalid_grant",
            "error_description": "Incorrect Token type or clientID",
        }


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(company: Company, kind: str) -> None:
    tokens = connect(company)
    url = f"{company.url}/v2/oauth2/tokens/revoke"

    first = requests.post(url, json={"token": tokens[kind]}, auth=AUTH, timeout=20)

    assert (first.status_code, first.content) == (200, b"")
    assert requests.post(url, data={"token": tokens[kind]}, auth=AUTH, timeout=20).status_code == 400
    assert call(company, tokens["access_token"]).status_code == 401
    assert outcome(refresh(company, tokens["refresh_token"])) == (400, "invalid_grant")
    assert requests.post(url, json={"token": "x"}, auth=("app", "no"), timeout=20).status_code == 401


def gateway_code(response: requests.Response) -> tuple[int, str, str]:
    fault = response.json()["fault"]
    return response.status_code, fault["error"][0]["code"], fault["type"]


def test_api_refuses_bad_tokens_in_the_gateways_envelope(company: Company) -> None:
    tokens = connect(company)
    missing = requests.get(f"{company.api}/preferences", timeout=20)
    assert gateway_code(missing) == (401, "3202", "AUTHENTICATION")
    assert gateway_code(call(company, "nonsense")) == (401, "3200", "AUTHENTICATION")

    company.control("POST", "clock", {"minutes": 61})
    expired = call(company, tokens["access_token"])

    assert gateway_code(expired) == (401, "3200", "AUTHENTICATION")
    assert expired.json()["fault"]["error"][0]["detail"].startswith("Token expired")


def test_a_token_is_for_one_company(company: Company) -> None:
    other = Company(company.url, company.control("POST", "companies", {"company": "empty"})["realm"])
    tokens = connect(company)

    answer = call(other, tokens["access_token"])

    assert gateway_code(answer) == (403, "3100", "SERVICE")
    other.control("DELETE", f"companies/{other.realm}")


def test_control_expires_and_revokes(company: Company) -> None:
    tokens = connect(company)
    company.control("POST", "tokens", {"action": "expire_access"})
    assert call(company, tokens["access_token"]).status_code == 401
    renewed = refresh(company, tokens["refresh_token"]).json()
    assert call(company, renewed["access_token"]).status_code == 200

    company.control("POST", "tokens", {"action": "expire_refresh"})
    assert outcome(refresh(company, tokens["refresh_token"])) == (400, "invalid_grant")

    fresh = connect(company)
    company.control("POST", "tokens", {"action": "revoke"})
    assert (
        call(company, fresh["access_token"]).json()["fault"]["error"][0]["detail"].startswith("Token revoked")
    )
    assert outcome(refresh(company, fresh["refresh_token"])) == (400, "invalid_grant")


def test_both_discovery_documents_point_here(company: Company) -> None:
    for name in ("openid_configuration", "openid_sandbox_configuration/"):
        found = requests.get(f"{company.url}/.well-known/{name}", timeout=20).json()
        assert found["token_endpoint"] == f"{company.url}/oauth2/v1/tokens/bearer"
        assert found["revocation_endpoint"] == f"{company.url}/v2/oauth2/tokens/revoke"
        assert SCOPE not in found["scopes_supported"]


def test_fault_rules_reach_the_token_endpoint(company: Company) -> None:
    tokens = connect(company)
    requests.post(
        f"{company.url}/_sandbox/faults", json={"operation": "token", "action": "503", "times": 1}, timeout=20
    )

    assert refresh(company, tokens["refresh_token"]).status_code == 503
    assert refresh(company, tokens["refresh_token"]).status_code == 200
