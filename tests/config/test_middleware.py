from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory, override_settings
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tests.support.cast import Cast, SignIn

START = datetime.fromisoformat("2026-03-02T08:00:00+00:00")

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client(client: Client) -> Client:
    client.force_login(get_user_model().objects.create(email="staff@ressio.example", is_staff=True))
    return client


def is_signed_in(client: Client) -> bool:
    """The admin shows its index to staff who are signed in and sends everybody else to the sign-in page."""
    return client.get("/admin/").status_code == 200


def test_a_sign_in_in_use_stays(staff_client: Client, settings: Settings) -> None:
    moments = [START + timedelta(hours=hour) for hour in range(0, 12, 2)]

    seen = []
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            seen.append(is_signed_in(staff_client))

    assert seen == [True] * len(moments)


def test_a_sign_in_without_use_ends(staff_client: Client, settings: Settings) -> None:
    with time_machine.travel(START, tick=False):
        assert is_signed_in(staff_client)

    with time_machine.travel(START + settings.SESSION_IDLE_LIMIT + timedelta(minutes=1), tick=False):
        assert not is_signed_in(staff_client)


def test_a_sign_in_ends_after_a_working_day_in_any_case(staff_client: Client, settings: Settings) -> None:
    step = settings.SESSION_IDLE_LIMIT - timedelta(minutes=1)
    moment = START
    while moment <= START + settings.SESSION_ABSOLUTE_LIMIT:
        with time_machine.travel(moment, tick=False):
            assert is_signed_in(staff_client)
        moment += step

    with time_machine.travel(moment, tick=False):
        assert not is_signed_in(staff_client)


def test_pages_are_never_kept(staff_client: Client) -> None:
    header = staff_client.get("/admin/")["Cache-Control"]

    assert header == "no-store, no-cache, must-revalidate"


def test_the_page_policy_allows_no_inline_code_and_no_other_site(client: Client) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in client.get("/healthz")["Content-Security-Policy"].split(";")
    )

    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self' http://127.0.0.1:9050 http://localhost:9050",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("get", "/c/ridge/settings/vendors/", {"q": "a\0b"}),
        ("get", "/c/ridge/settings/cost-codes/?q=a%00b", {}),
        ("get", "/invitations/a%00b/", {}),
        ("post", "/c/ridge/settings/vendors/new/", {"name": "a\0b"}),
        ("post", "/sign-in/", {"email": "alice@ridge.example", "password": ["secret", "a\0b"]}),
    ],
)
def test_nul_is_refused_before_a_database_could_choke_on_it(
    cast: Cast, sign_in: SignIn, method: str, path: str, data: dict[str, object]
) -> None:
    response = getattr(sign_in(cast.alice), method)(path, data)

    assert response.status_code == 400


@pytest.mark.parametrize(("proxies", "caller"), [(0, "10.0.0.9"), (1, "203.0.113.7")])
def test_api_counts_by_an_address_that_callers_cannot_choose(
    rf: RequestFactory, proxies: int, caller: str
) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, REMOTE_ADDR="10.0.0.9")

    with override_settings(REST_FRAMEWORK=settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}):
        assert BaseThrottle().get_ident(Request(request)) == caller


def test_without_a_proxy_no_forwarded_address_is_believed() -> None:
    assert settings.REST_FRAMEWORK["NUM_PROXIES"] == 0
