"""Signing in and out: throttled, silent about who exists, and never sent off the site."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from ressio.models import Attempt, User
from ressio.people import throttle
from tests.support.cast import PASSWORD, Cast, SignIn
from tests.support.workers import run_threads

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
WRONG = "E-mail and password do not match an account."
TOO_MANY = "Too many attempts."


def post_sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def test_the_right_password_leads_to_the_only_company(cast: Cast, visitor: Client) -> None:
    response = visitor.post("/sign-in/", {"email": " ALICE@ridge.example", "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [("/", 302), ("/c/ridge/projects/", 302)]


def test_the_session_gets_a_new_id(cast: Cast, visitor: Client) -> None:
    visitor.get("/invitations/some-token/")
    before = visitor.cookies["sessionid"].value

    post_sign_in(visitor, "alice@ridge.example")

    assert visitor.cookies["sessionid"].value != before


@pytest.mark.parametrize("email", ["alice@ridge.example", "nobody@ridge.example"])
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    cast: Cast, visitor: Client, email: str
) -> None:
    response = visitor.post("/sign-in/", {"email": email, "password": "wrong"})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [WRONG]


def test_a_closed_account_looks_like_none(cast: Cast, visitor: Client) -> None:
    assert cast.alice.user is not None
    cast.alice.user.is_active = False
    cast.alice.user.save()

    response = visitor.post("/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD})

    assert response.context["form"].non_field_errors() == [WRONG]


@pytest.mark.parametrize("email", ["alice@ridge.example", "nobody@ridge.example"])
def test_an_account_is_blocked_after_eight_tries_from_anywhere(cast: Cast, email: str) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(throttle.ACCOUNT_LIMIT):
            Client(REMOTE_ADDR=f"10.0.0.{number}").post("/sign-in/", {"email": email, "password": "wrong"})
        blocked = Client(REMOTE_ADDR="10.0.1.1").post("/sign-in/", {"email": email, "password": PASSWORD})

    assert blocked.status_code == 429
    assert TOO_MANY in blocked.content.decode()
    assert "sessionid" not in blocked.cookies


def test_a_block_ends_by_itself(cast: Cast, visitor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(throttle.ACCOUNT_LIMIT + 3):
            post_sign_in(visitor, "alice@ridge.example", "wrong")
        clock.shift(throttle.WINDOW + timedelta(seconds=1))
        response = visitor.post("/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD})

    assert response.headers["Location"] == "/"


def test_an_address_is_blocked_although_it_varies_the_account(cast: Cast) -> None:
    guesser = Client(REMOTE_ADDR="10.9.9.9")
    with time_machine.travel(NOON, tick=False):
        for number in range(throttle.ADDRESS_LIMIT):
            guesser.post("/sign-in/", {"email": f"person{number}@ridge.example", "password": "wrong"})
        same = guesser.post("/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD})
        other = Client(REMOTE_ADDR="10.9.9.8").post(
            "/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD}
        )

    assert (same.status_code, other.status_code) == (429, 302)


def test_success_forgives_the_account_but_not_the_address(cast: Cast, visitor: Client) -> None:
    post_sign_in(visitor, "alice@ridge.example", "wrong")
    post_sign_in(visitor, "alice@ridge.example")

    assert Attempt.objects.count() == 2  # both counted for the address; none left for the account


def test_attempts_hold_neither_e_mail_nor_address(cast: Cast, visitor: Client) -> None:
    post_sign_in(visitor, "alice@ridge.example", "wrong")

    stored = " ".join(Attempt.objects.values_list("key_hash", flat=True))
    assert "alice" not in stored
    assert "127.0.0.1" not in stored


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        r"/\evil.example",
        r"\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "///evil.example",
        "http:evil.example",
        "/\t/evil.example",
    ],
)
def test_next_never_leaves_the_site(cast: Cast, visitor: Client, wanted: str) -> None:
    by_form = visitor.post(
        "/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD, "next": wanted}
    )
    by_address = visitor.get("/sign-in/", {"next": wanted})  # signed in by now

    assert (by_form.headers["Location"], by_address.headers["Location"]) == ("/", "/")


def test_next_leads_back_to_the_page_that_was_wanted(cast: Cast, visitor: Client) -> None:
    asked = visitor.get("/c/ridge/settings/activity/?q=oak")
    page = visitor.get(asked.headers["Location"])
    response = visitor.post(
        "/sign-in/", {"email": "alice@ridge.example", "password": PASSWORD, "next": page.context["next"]}
    )

    assert response.headers["Location"] == "/c/ridge/settings/activity/?q=oak"


def test_a_fragment_asked_for_without_a_session_sends_the_whole_page_to_sign_in(
    cast: Cast, visitor: Client
) -> None:
    response = visitor.get("/c/ridge/projects/", headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"].startswith("/sign-in/")


def test_signing_out_ends_the_session_on_the_server(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    old_cookie = client.cookies["sessionid"].value

    client.post("/sign-out/")
    client.cookies["sessionid"] = old_cookie

    assert client.get("/c/ridge/projects/").headers["Location"].startswith("/sign-in/")


def test_a_strange_host_is_refused(visitor: Client) -> None:
    assert visitor.get("/sign-in/", headers={"Host": "evil.example"}).status_code == 400


def test_the_staff_admin_has_no_sign_in_of_its_own(cast: Cast, visitor: Client, sign_in: SignIn) -> None:
    """It would let passwords be guessed without end."""
    asked = visitor.get("/admin/", follow=True)
    refused = sign_in(cast.alice).get("/admin/", follow=True)

    assert asked.redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    assert (refused.status_code, visitor.post("/admin/login/", {"username": "a"}).status_code) == (403, 405)


def test_staff_come_back_to_the_admin(visitor: Client, db: None) -> None:
    User.objects.create_superuser(email="staff@ressio.example", password=PASSWORD, name="Staff")

    answer = visitor.post(
        "/sign-in/", {"email": "staff@ressio.example", "password": PASSWORD, "next": "/admin/"}
    )

    assert answer.headers["Location"] == "/admin/"
    assert visitor.get("/admin/ressio/company/").status_code == 200


def test_tries_at_the_same_moment_all_count(transactional_db: None) -> None:
    gate, now = threading.Barrier(16), timezone.now()

    def attempt() -> bool:
        gate.wait(20)
        try:
            throttle.count_sign_in_attempt(email="alice@ridge.example", address="10.0.0.9", now=now)
        except throttle.TooManyAttempts:
            return False
        return True

    assert sum(run_threads(16, attempt)) <= throttle.ACCOUNT_LIMIT
