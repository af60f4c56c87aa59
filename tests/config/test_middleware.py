from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

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
