"""Starting a company: on the site and from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ressio.models import Company, Role, TeamMember, User
from ressio.people.companies import start_company
from ressio.scoping import scopes_disabled
from tests.support.cast import PASSWORD, Cast, SignIn

NEW = {
    "company_name": "Oak & Elm",
    "currency": "CAD",
    "time_zone": "America/Toronto",
    "name": "Olga Oak",
    "email": "Olga@oak.example",
    "password": PASSWORD,
}


def admins(slug: str) -> list[tuple[str, str]]:
    with scopes_disabled():
        return list(
            TeamMember.objects.filter(company__slug=slug, role=Role.ADMIN).values_list("name", "user__email")
        )


@pytest.mark.django_db
def test_a_new_person_starts_a_company_and_is_in(visitor: Client) -> None:
    answer = visitor.post("/start-company/", NEW, follow=True)

    company = Company.objects.get()
    assert answer.redirect_chain == [("/c/oak-elm/projects/", 302)]
    assert (company.name, company.currency, company.time_zone) == ("Oak & Elm", "CAD", "America/Toronto")
    assert admins("oak-elm") == [("Olga Oak", "olga@oak.example")]


def test_somebody_with_an_account_starts_another(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.bob).post(
        "/start-company/", {"name": "Bob's own", "currency": "USD", "time_zone": "America/Denver"}
    )

    assert admins("bobs-own") == [("Bob", "bob@ridge.example")]


def test_an_account_is_never_taken_over(cast: Cast, visitor: Client) -> None:
    visitor.post("/start-company/", {**NEW, "email": "ALICE@ridge.example"})

    assert [company.slug for company in Company.objects.order_by("slug")] == ["ridge", "summit"]


@pytest.mark.parametrize(
    ("name", "slug"), [("Ridge", "ridge-2"), ("Admin", "admin-2"), ("!!!", "company"), ("Ä" * 200, "a" * 50)]
)
def test_an_address_is_always_free_and_short(cast: Cast, name: str, slug: str) -> None:
    assert cast.alice.user is not None

    assert start_company(user=cast.alice.user, name=name).company.slug == slug


def test_general_settings_are_changed(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.alice).post(
        "/c/ridge/settings/general/",
        {
            "name": "Ridge & Co",
            "currency": "CAD",
            "time_zone": "America/Toronto",
            "address": "1 Mill Lane\r\nToronto",
            "phone": "555-0142",
        },
    )

    company = Company.objects.get(slug="ridge")
    assert (company.address, company.phone) == ("1 Mill Lane\nToronto", "555-0142")
    assert (company.name, company.currency, company.time_zone) == ("Ridge & Co", "CAD", "America/Toronto")


@pytest.mark.parametrize("time_zone", ["Mars/Base", "", "../../etc/passwd"])
def test_a_time_zone_that_is_none_is_refused(cast: Cast, sign_in: SignIn, time_zone: str) -> None:
    page = sign_in(cast.alice).post(
        "/c/ridge/settings/general/", {"name": "Ridge", "currency": "USD", "time_zone": time_zone}
    )

    assert list(page.context["form"].errors) == ["time_zone"]


def run_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_company", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_makes_company_and_admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESSIO_PASSWORD", PASSWORD)

    said = run_command("Pine Works", "Paul@pine.example", "--person", "Paul Pine")

    assert said == "Pine Works is at /c/pine-works/; paul@pine.example is its Admin.\n"
    assert admins("pine-works") == [("Paul Pine", "paul@pine.example")]
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "password"), [("paul@pine.example", "short"), ("no-address", PASSWORD)])
def test_the_command_refuses_what_the_site_would(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    monkeypatch.setenv("RESSIO_PASSWORD", password)

    with pytest.raises(CommandError):
        run_command("Pine Works", email)
    assert Company.objects.count() == 0
