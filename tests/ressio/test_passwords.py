"""A forgotten password, and a changed one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import current_app
from django.core import mail
from django.test import Client

from ressio.models import User
from tests.support.cast import PASSWORD, Cast, SignIn

NEW = "another long secret"
NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tasks_run_at_once() -> Iterator[None]:
    """The worker's part, done in this process."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


def read_link() -> str:
    """The path of the link in the only letter."""
    (letter,) = mail.outbox
    found = re.search(r"http://testserver(\S+)", str(letter.body))
    assert found is not None
    return found[1]


def ask(client: Client, email: str = "alice@ridge.example") -> object:
    return client.post("/reset-password/", {"email": email}, follow=True)


def choose(client: Client, password: str = NEW) -> object:
    return client.post("/reset-password/choose/", {"new_password1": password, "new_password2": password})


@pytest.mark.django_db
def test_the_answer_does_not_tell_whether_the_account_exists(cast: Cast) -> None:
    known, unknown = Client(), Client()

    pages = [
        re.sub(
            r'value="[^"]{64}"|X-CSRFToken[^}]*',
            "",
            client.post("/reset-password/", {"email": email}, follow=True).content.decode(),
        )
        for client, email in [(known, "alice@ridge.example"), (unknown, "nobody@ridge.example")]
    ]

    assert pages[0] == pages[1]
    assert [letter.to for letter in mail.outbox] == [["alice@ridge.example"]]


def test_the_link_leads_to_a_page_without_the_token(cast: Cast, visitor: Client) -> None:
    ask(visitor)

    response = visitor.get(read_link())

    assert (response.status_code, response.headers["Location"], response.content) == (
        302,
        "/reset-password/choose/",
        b"",
    )


@pytest.mark.parametrize(
    "path", ["/reset-password/MQ/wrong/", "/reset-password/!!/x/", "/reset-password/OTk5OTk/x-y/"]
)
def test_a_wrong_link_also_answers_302_first(cast: Cast, visitor: Client, path: str) -> None:
    response = visitor.get(path)
    page = visitor.get(response.headers["Location"])

    assert (response.status_code, response.content, page.status_code) == (302, b"", 410)


def test_the_new_password_works_and_ends_every_session(cast: Cast, sign_in: SignIn, visitor: Client) -> None:
    elsewhere = sign_in(cast.alice)
    ask(visitor)
    visitor.get(read_link())

    choose(visitor)

    signed_in = visitor.post("/sign-in/", {"email": "alice@ridge.example", "password": NEW})
    assert signed_in.headers["Location"] == "/"
    assert elsewhere.get("/c/ridge/projects/").status_code == 302


def test_a_link_works_once(cast: Cast, visitor: Client) -> None:
    ask(visitor)
    link = read_link()
    visitor.get(link)
    choose(visitor)

    visitor.get(link)

    assert visitor.get("/reset-password/choose/").status_code == 410


def test_a_link_dies_after_two_hours(cast: Cast, visitor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        ask(visitor)
        clock.shift(timedelta(hours=2, minutes=1))
        visitor.get(read_link())
        response = visitor.get("/reset-password/choose/")

    assert response.status_code == 410


def test_letters_stop_after_four_without_a_word(cast: Cast, visitor: Client) -> None:
    answers = {str(ask(visitor).status_code) for _ in range(6)}  # type: ignore[attr-defined]

    assert answers == {"200"}
    assert len(mail.outbox) == 4


@pytest.mark.parametrize("password", ["short", "alice@ridge.example", "password1234", "123456789012345"])
def test_a_weak_password_is_refused(cast: Cast, visitor: Client, password: str) -> None:
    ask(visitor)
    visitor.get(read_link())

    choose(visitor, password)

    assert User.objects.get(email="alice@ridge.example").check_password(PASSWORD)


def test_changing_the_password_keeps_this_session_and_ends_the_others(cast: Cast, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(cast.bob), sign_in(cast.bob)

    here.post("/c/ridge/me/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})

    statuses = [client.get("/c/ridge/projects/").status_code for client in (here, elsewhere)]
    assert statuses == [200, 302]
