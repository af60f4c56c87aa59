from typing import Any

import pytest
import structlog
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from config.logs import REDACTED, build_logging, redact_private
from ressio.models import Company


def redact(**event: Any) -> dict[str, Any]:
    return dict(redact_private(None, "info", event))


@pytest.mark.parametrize(
    "key",
    [
        "access_token",
        "refresh_token",
        "Authorization",
        "client_secret",
        "state",
        "email",
        "display_name",
        "amount",
    ],
)
def test_private_keys_are_hidden(key: str) -> None:
    assert redact(**{key: "anything"}) == {key: REDACTED}


def test_private_keys_are_hidden_inside_structures() -> None:
    event = redact(request_info={"headers": {"Authorization": "Bearer abc"}, "lines": [{"amount": 5}]})

    assert event == {
        "request_info": {"headers": {"Authorization": REDACTED}, "lines": [{"amount": REDACTED}]}
    }


def test_an_authorization_code_is_private_and_a_status_code_is_not() -> None:
    assert redact(code="AB117") == {"code": REDACTED}
    assert redact(code=200) == {"code": 200}


def test_what_joins_the_lines_stays_readable() -> None:
    event = {"request_id": "r-1", "intuit_tid": "1-abc", "task_name": "integrations.tasks.run_sync"}

    assert redact(**event) == event


def test_secrets_inside_text_are_cut_out() -> None:
    text = "GET /callback/?code=AB117&state=xyz&realmId=1 failed, sent Bearer eyJhbGciOiJkaXIifQ"

    assert redact(event=text) == {
        "event": f"GET /callback/?code={REDACTED}&state={REDACTED}&realmId=1 failed, sent Bearer {REDACTED}"
    }


def test_oauth_libraries_never_log_at_debug() -> None:
    loggers = build_logging("json", level="DEBUG")["loggers"]

    assert {name: loggers[name]["level"] for name in ("requests_oauthlib", "oauthlib", "urllib3")} == {
        "requests_oauthlib": "WARNING",
        "oauthlib": "WARNING",
        "urllib3": "WARNING",
    }


@pytest.mark.django_db
def test_the_access_log_has_the_path_and_never_the_query_string(client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get("/healthz?code=secret-code&state=secret-state")

    requests = [line["request"] for line in lines if line["event"].startswith("request_")]
    assert requests == ["GET /healthz", "GET /healthz"]


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("invitation-link", {"token": "pR7_aX-0kQmT3vYw9LzB2nC5dF8gH1jK4sU6iO"}),
        ("shared-invoice", {"key": "kQmT3vYw9LzB2nC5dF8gH1jK4sU6iO-_"}),
        ("reset-password-link", {"uidb64": "MTI", "token": "cwz1k2-0123456789abcdef0123456789abcdef"}),
    ],
)
def test_links_that_open_an_account_are_hidden(name: str, kwargs: dict[str, str]) -> None:
    """Who reads the log must not be able to walk in."""
    path = reverse(name, kwargs=kwargs)

    event = redact(request=f"GET {path}", event=f"Method Not Allowed (POST): {path}")

    for text in event.values():
        assert list(kwargs.values())[-1] not in text
        assert text.endswith(f"/{REDACTED}/")


def test_addresses_of_pages_stay_readable() -> None:
    paths = ["/invitations/accept/", "/reset-password/choose/", "/c/ridge-builders-of-the-northern-hills/"]

    assert [redact(request=f"GET {path}")["request"] for path in paths] == [f"GET {path}" for path in paths]


@pytest.mark.django_db
def test_row_that_a_database_refused_is_not_quoted() -> None:
    with pytest.raises(IntegrityError) as caught:
        Company.objects.create(name="Marker & Sons\n\nof Ridge", slug="marker", time_zone=None)  # type: ignore[misc]
    chained = "\n\nThe above exception was the direct cause of the following exception:\n\nLater"
    written = {"exception": f"IntegrityError: {caught.value}{chained}"}

    text = redact(**written)["exception"]

    assert "Marker" not in text
    assert "of Ridge" not in text
    assert text.endswith(chained)
