"""The addresses that Intuit sends people to, and what members see when a sign-in has ended."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from integrations.models import Connection, ConnectionStatus
from ressio.models import Role, TeamMember
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn
from tests.support.quickbooks import make_connection

LAUNCH = "/quickbooks/launch/"
DISCONNECTED = "/quickbooks/disconnected/"


@pytest.fixture
def connected(cast: Cast) -> Connection:
    return make_connection(cast.ridge, realm_id="4620816365000001", refresh_token="refresh-one")


def set_status(connection: Connection, status: str, **values: object) -> None:
    with scope(company=connection.company_id):
        Connection.objects.filter(pk=connection.pk).update(status=status, **values)


def projects_of(cast: Cast) -> str:
    return reverse("projects", args=[cast.ridge.slug])


def settings_of(cast: Cast) -> str:
    return reverse("quickbooks", args=[cast.ridge.slug])


def land(client: Client) -> tuple[int, str]:
    response = client.get(LAUNCH)
    return response.status_code, response.headers.get("Location", "")


# Launch (Q38) -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [LAUNCH, DISCONNECTED])
def test_parameters_are_dropped_before_anything_is_shown(client: Client, cast: Cast, url: str) -> None:
    response = client.get(f"{url}?realmId=4620816365000001&code=x&next=//evil.example")

    assert (response.status_code, response.content) == (302, b"")
    assert response.headers["Location"] == url


def test_signed_out_it_leads_to_signing_in_and_back(client: Client, cast: Cast) -> None:
    assert land(client) == (302, f"/sign-in/?next={LAUNCH}")


def test_signed_in_and_connected_it_leads_into_the_app(
    cast: Cast, sign_in: SignIn, connected: Connection
) -> None:
    assert land(sign_in(cast.alice)) == (302, projects_of(cast))
    assert land(sign_in(cast.bob)) == (302, projects_of(cast))


@pytest.mark.parametrize(
    "status", ["", ConnectionStatus.DISCONNECTED, ConnectionStatus.RECONNECT_NEEDED, ConnectionStatus.PENDING]
)
def test_signed_in_and_not_connected_an_admin_is_led_to_connecting(
    cast: Cast, sign_in: SignIn, status: str
) -> None:
    if status:
        set_status(make_connection(cast.ridge, realm_id="1"), status)

    assert land(sign_in(cast.alice)) == (302, settings_of(cast))


def test_others_are_led_into_the_app_and_told_whom_to_ask(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.fred).get(LAUNCH, follow=True)

    assert response.redirect_chain == [(projects_of(cast), 302)]
    assert "An Admin of your company can connect it" in response.content.decode()


def test_with_several_companies_it_asks_which(cast: Cast, sign_in: SignIn, connected: Connection) -> None:
    with scope(company=cast.summit):
        TeamMember.objects.create(
            company=cast.summit,
            user=cast.alice.user,
            name="Alice",
            email="alice@summit.example",
            role=Role.ADMIN,
        )

    html = sign_in(cast.alice).get(LAUNCH).content.decode()

    assert f'href="{projects_of(cast)}"' in html
    assert f'href="{reverse("quickbooks", args=[cast.summit.slug])}"' in html


# Disconnected at Intuit (Q37) -------------------------------------------------------------------------------


def test_the_disconnected_page_needs_no_session_and_changes_nothing(
    client: Client, cast: Cast, connected: Connection
) -> None:
    response = client.get(f"{DISCONNECTED}?realmId=4620816365000001", follow=True)

    assert response.status_code == 200
    assert "can connect again at any time" in response.content.decode()
    with scope(company=cast.ridge):
        assert Connection.objects.get().status == ConnectionStatus.CONNECTED


# The banner (Q58) -------------------------------------------------------------------------------------------

ENDED = "QuickBooks needs a new sign-in for Ridge Builders."
RECONNECT = "Reconnect to QuickBooks"


def test_an_ended_sign_in_shows_on_every_page(cast: Cast, sign_in: SignIn, connected: Connection) -> None:
    set_status(connected, ConnectionStatus.RECONNECT_NEEDED)

    pages = {
        member.name: sign_in(member).get(projects_of(cast)).content.decode()
        for member in (cast.alice, cast.bob, cast.fred)
    }

    assert {name: ENDED in html for name, html in pages.items()} == {
        "Alice": True,
        "Bob": True,
        "Fred": False,
    }
    assert {name: RECONNECT in html for name, html in pages.items()} == {
        "Alice": True,
        "Bob": False,
        "Fred": False,
    }


def test_its_own_page_says_it_once_with_the_reason(
    cast: Cast, sign_in: SignIn, connected: Connection
) -> None:
    set_status(connected, ConnectionStatus.RECONNECT_NEEDED, status_reason="Intuit says so.")

    html = sign_in(cast.alice).get(settings_of(cast)).content.decode()

    assert (html.count(RECONNECT), html.count("Intuit says so."), ENDED in html) == (1, 1, False)


@pytest.mark.parametrize(("days", "warned"), [(29, True), (31, False)])
def test_admins_are_warned_before_a_sign_in_ends(
    cast: Cast, sign_in: SignIn, connected: Connection, days: int, warned: bool
) -> None:
    ends_at = timezone.now() + timedelta(days=days, hours=1)
    set_status(connected, ConnectionStatus.CONNECTED, sign_in_ends_at=ends_at)

    words = "The sign-in to QuickBooks for Ridge Builders ends on"
    seen = {
        member.name: words in sign_in(member).get(projects_of(cast)).content.decode()
        for member in (cast.alice, cast.bob)
    }

    assert seen == {"Alice": warned, "Bob": False}


def test_all_is_quiet_while_all_is_well(cast: Cast, sign_in: SignIn, connected: Connection) -> None:
    html = sign_in(cast.alice).get(projects_of(cast)).content.decode()

    assert "banner" not in html


# The page ---------------------------------------------------------------------------------------------------


def test_without_an_app_at_intuit_there_is_no_button_that_cannot_work(
    cast: Cast, sign_in: SignIn, settings: Settings
) -> None:
    settings.QBO_CLIENT_ID = ""
    client = sign_in(cast.alice)

    html = client.get(settings_of(cast)).content.decode()
    response = client.post(reverse("quickbooks-connect", args=[cast.ridge.slug]))

    assert "has not registered it with Intuit yet" in html
    assert "Connect to QuickBooks</button>" not in html
    assert response.headers["Location"] == settings_of(cast)


def test_the_card_tells_how_things_stand(cast: Cast, sign_in: SignIn, connected: Connection) -> None:
    now = timezone.now()
    set_status(
        connected,
        ConnectionStatus.CONNECTED,
        connected_by=cast.alice.user,
        sign_in_ends_at=now + timedelta(days=400, hours=1),
        edition="QuickBooks Online Plus",
        closing_date="2025-12-31",
    )

    text = " ".join(sign_in(cast.alice).get(settings_of(cast)).content.decode().split())

    for expected in ("Test Books", "Alice,", "in 400 days, by", "QuickBooks Online Plus", "31 Dec 2025"):
        assert expected in text
    assert "4620816365000001" not in text


def test_the_chart_marks_every_direction(cast: Cast, sign_in: SignIn) -> None:
    text = sign_in(cast.alice).get(settings_of(cast)).content.decode()

    assert [words in text for words in ("From QuickBooks", "To QuickBooks", "Both ways")] == [True] * 3
    assert "Only files on bills" in text
    assert "Journal entries and manual adjustments" in text
