"""The web shell: navigation, slots, numbers and dates, error pages, and the client that reads pages."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_scopes import ScopeError

from ressio import navigation, panels
from ressio.http import CompanyRequest
from ressio.middleware import CompanyMiddleware
from ressio.models import CostCode, Project
from ressio.panels import Action, Column, Section
from tests.support.cast import Cast, SignIn
from tests.support.client import find_problems


def render(source: str, **values: Any) -> str:
    return Template("{% load ressio_ui %}" + source).render(Context(values))


NONE = '<span class="nothing"><span aria-hidden="true">—</span><span class="sr-only">none</span></span>'


@pytest.mark.parametrize(
    ("amount", "html"),
    [
        (Decimal("1234567.5"), '<span class="money">1,234,567.50</span>'),
        (Decimal("0.00"), '<span class="money">0.00</span>'),
        (Decimal("-0.01"), '<span class="money money-minus">−0.01</span>'),
        (Decimal("-1200"), '<span class="money money-minus">−1,200.00</span>'),
        (None, NONE),
    ],
)
def test_money(amount: Decimal | None, html: str) -> None:
    assert render("{% money amount %}", amount=amount) == html


def test_money_with_its_currency() -> None:
    assert render('{% money amount "CAD" %}', amount=Decimal(5)) == '<span class="money">CAD 5.00</span>'


def test_a_plain_date_is_never_shifted_and_a_moment_is_brought_home() -> None:
    moment = datetime(2026, 3, 12, 2, 30, tzinfo=UTC)
    with timezone.override("America/New_York"):
        html = render(
            "{% date day %} {% date moment %} {% moment moment %}", day=date(2026, 3, 12), moment=moment
        )

    assert html == (
        '<time datetime="2026-03-12">12 Mar 2026</time> <time datetime="2026-03-11">11 Mar 2026</time> '
        '<time datetime="2026-03-11T22:30:00-04:00">11 Mar 2026, 22:30</time>'
    )


@pytest.mark.parametrize(
    ("seconds", "shown"), [(5400, "1.50"), (0, "0.00"), (60, "0.02"), (36_000_000, "10,000.00")]
)
def test_hours(seconds: int, shown: str) -> None:
    assert render("{% hours seconds %}", seconds=seconds) == f'<span class="hours">{shown}</span>'


def test_words_in_a_chip_are_only_text() -> None:
    html = render('{% status_chip words "ok" %}', words="<b>")

    assert html == '<span class="chip chip-ok">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/c/ridge/projects/", ("projects", "")),
        ("/c/ridge/settings/team/invite/", ("settings", "team_members")),
        ("/c/ridge/settings/general/", ("settings", "general")),
        ("/c/ridge/me/", ("", "")),
    ],
)
def test_the_address_says_where_one_is(cast: Cast, path: str, current: tuple[str, str]) -> None:
    places = navigation.list_nav_places(cast.alice, path), navigation.list_settings_places(cast.alice, path)

    assert tuple(next((place.key for place in group if place.is_current), "") for group in places) == current


def test_others_are_not_shown_settings(cast: Cast) -> None:
    shown = {
        member.name: [place.key for place in navigation.list_nav_places(member, "/")]
        for member in (cast.alice, cast.bob, cast.fred)
    }

    assert (shown["Alice"][0], shown["Alice"][-1]) == ("projects", "settings")
    assert "settings" not in shown["Bob"] + shown["Fred"]


@pytest.fixture
def slots() -> Iterator[None]:
    """Empty slots, and as they were afterwards."""
    registries: list[dict[str, Any]] = [panels._columns, panels._actions, panels._sections]
    before = [dict(registry) for registry in registries]
    banners = list(panels._banners)
    for registry in registries:
        registry.clear()
    panels._banners.clear()
    yield
    for registry, kept in zip(registries, before, strict=True):
        registry.clear()
        registry.update(kept)
    panels._banners[:] = banners


def test_slots_are_drawn_where_they_belong(cast: Cast, sign_in: SignIn, slots: None) -> None:
    asked: list[int] = []

    def draw_cells(request: CompanyRequest, rows: Sequence[CostCode]) -> dict[int, SafeString]:
        asked.append(len(rows))
        return {row.pk: mark_safe("<em>linked</em>") for row in rows}

    def draw_section(request: CompanyRequest, project: Project) -> SafeString:
        return mark_safe(f"<p>about {project.pk}</p>")

    panels.register_column("cost_codes", Column("link", "Linked to", draw_cells))
    panels.register_action("cost_codes", Action("Bring in", "settings-general"))
    panels.register_section("project_overview", Section("about", draw_section))
    panels.register_banner(lambda request: mark_safe('<div class="banner">Reconnect</div>'))
    alice = sign_in(cast.alice)

    codes = alice.get("/c/ridge/settings/cost-codes/").content.decode()
    overview = alice.get(f"/c/ridge/projects/{cast.ridge_house.pk}/").content.decode()

    assert asked == [1]
    assert codes.count("<em>linked</em>") == 1
    assert 'href="/c/ridge/settings/general/">Bring in</a>' in codes
    assert f"<p>about {cast.ridge_house.pk}</p>" in overview
    assert [page.count('<div class="banner">Reconnect</div>') for page in (codes, overview)] == [1, 1]


def test_an_action_may_be_hidden_from_a_member(cast: Cast, slots: None) -> None:
    panels.register_action("vendors", Action("Bring in", "settings-general"))

    assert [len(panels.draw_actions("vendors", member)) for member in (cast.alice, cast.bob)] == [1, 0]


def test_a_query_outside_a_company_fails(cast: Cast) -> None:
    with pytest.raises(ScopeError):
        list(Project.objects.all())


def test_the_scope_ends_with_the_request(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.alice).get("/c/ridge/projects/")

    with pytest.raises(ScopeError):
        Project.objects.count()


def test_a_company_that_is_not_mine_looks_like_none(cast: Cast, sign_in: SignIn) -> None:
    charlie = sign_in(cast.charlie)

    mine, none = (charlie.get(f"/c/{slug}/projects/") for slug in ("ridge", "no-such"))

    assert (mine.status_code, mine.content) == (none.status_code, none.content) == (404, none.content)


ERRORS = [
    ("/nope/", 404, "There is nothing here"),
    ("/c/ridge/settings/general/", 403, "You may not open this page"),
]


@pytest.mark.parametrize(("path", "status", "title"), ERRORS)
def test_error_pages_are_ours_and_say_whom_to_ask(
    cast: Cast, sign_in: SignIn, path: str, status: int, title: str
) -> None:
    page = sign_in(cast.bob).get(path)

    assert page.status_code == status
    assert title in page.content.decode()
    assert settings.SUPPORT_EMAIL in page.content.decode()


def test_a_crash_shows_our_page_and_nothing_of_the_inside(cast: Cast, sign_in: SignIn, slots: None) -> None:
    def crash(request: CompanyRequest) -> str:
        raise RuntimeError("secret inside")

    panels.register_banner(crash)
    client = sign_in(cast.alice)
    client.raise_request_exception = False

    page = client.get("/c/ridge/projects/")

    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()
    assert settings.SUPPORT_EMAIL in page.content.decode()
    assert "secret inside" not in page.content.decode()


def test_a_stale_form_is_explained(cast: Cast) -> None:
    page = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "a@b.example", "password": "x"})

    assert page.status_code == 403
    assert "The form was too old" in page.content.decode()


def test_every_page_carries_the_support_contact_and_a_strict_policy(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.fred).get("/c/ridge/projects/")

    policy = page.headers["Content-Security-Policy"]
    assert f"mailto:{settings.SUPPORT_EMAIL}" in page.content.decode()
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_search_swaps_the_same_list_that_a_full_page_shows(cast: Cast, sign_in: SignIn) -> None:
    alice, url = sign_in(cast.alice), "/c/ridge/projects/?q=house"

    fragment = alice.get(url, headers={"HX-Request": "true"}).content.decode()

    assert cut_list(fragment) == cut_list(alice.get(url).content.decode())


def cut_list(html: str) -> str:
    return html.split('<div id="project-list">', 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize(
    "html",
    [
        '<a onclick="x()">a</a>',
        "<script>x()</script>",
        '<p style="color:red">a</p>',
        "<style>p{}</style>",
        '<a href="javascript:x()">a</a>',
        '<input name="a">',
        '<label for="b">B</label><select id="c"></select>',
        "<p>{{ leftover }}</p>",
        "<p>{% leftover %}</p>",
        '<p id="a"></p><p id="a"></p>',
        '<div hx-on:click="x()"></div>',
    ],
)
def test_the_checking_client_sees_what_must_not_be(html: str) -> None:
    assert len(find_problems(html)) == 1


@pytest.mark.parametrize(
    "html",
    [
        '<script src="/a.js"></script>',
        '<label>A <input name="a"></label>',
        '<label for="b">B</label><input id="b">',
        '<input type="search" aria-label="Search">',
        '<input type="hidden" name="a"><button>Go</button>',
    ],
)
def test_the_checking_client_lets_good_pages_pass(html: str) -> None:
    assert find_problems(html) == []


def test_the_middleware_is_last_so_that_nothing_runs_between_it_and_the_view() -> None:
    assert settings.MIDDLEWARE[-1] == f"{CompanyMiddleware.__module__}.{CompanyMiddleware.__name__}"
