"""Every address of the site, asked by every kind of person, against `tests/support/access_table.py`.

A route that is not in the table fails here, and so does a line of the table without a route.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache as django_cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ressio.models import Activity, User
from ressio.scoping import scopes_disabled
from tests.support.access_table import IN, ROUTES, SIGN_IN, make_foreign, make_kwargs
from tests.support.cast import Cast, SignIn
from tests.support.client import CheckingClient
from tests.support.routes import Route, collect_routes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
REFUSALS = {401, 403, 404, 405}
# They know nobody by a cookie, so no other site can use one.
READS_NO_SESSION = {"api-sign-in"}
AT_ONCE = 16


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    """The API's request limits are for people, not for this walk."""
    django_cache.clear()


def test_every_route_is_in_the_table_and_every_line_has_a_route() -> None:
    assert set(ROUTES) == set(collect_routes())


def ask(client: Client, route: Route, method: str, kwargs: dict[str, Any]) -> Any:
    """Changes nothing: whatever the request did is rolled back."""
    content_type = "application/json" if route.is_api else "application/x-www-form-urlencoded"
    with transaction.atomic():
        response = client.generic(
            method, route.url(kwargs), data=b"{}" if route.is_api else b"", content_type=content_type
        )
        read_to_the_end(response)
        transaction.set_rollback(True)
    return response


def read_to_the_end(response: Any) -> None:
    """A file stays open until somebody has read it."""
    if response.streaming:
        list(response)


def name_outcome(response: HttpResponse) -> str | int:
    if response.status_code == 302 and response["Location"].startswith("/sign-in/?next="):
        return SIGN_IN
    if response.status_code in REFUSALS or response.status_code >= 500:
        return response.status_code
    return IN


def is_kept_out_of_caches(response: HttpResponse) -> bool:
    words = {word.strip() for word in response.get("Cache-Control", "").split(",")}
    return {"no-store", "no-cache"} <= words and "private" not in words


KINDS = ("signed_out", "outsider", "admin", "member", "field")


class People:
    """Signs in only whom a test asks for: most tests need the Admin alone."""

    def __init__(self, cast: Cast, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.members = {
            "outsider": cast.charlie,
            "admin": cast.alice,
            "member": cast.bob,
            "field": cast.fred,
        }
        self.clients: dict[str, Client] = {"signed_out": CheckingClient()}

    def come_in(self, *kinds: str) -> None:
        """Before anything is undone: a session would be undone with it."""
        for kind in kinds:
            self[kind]

    def __getitem__(self, kind: str) -> Client:
        if kind not in self.clients:
            self.clients[kind] = self.sign_in(self.members[kind])
        return self.clients[kind]


@pytest.fixture
def people(cast: Cast, sign_in: SignIn) -> People:
    return People(cast, sign_in)


def list_askers(cast: Cast, route: Route, people: People) -> Iterator[tuple[str, Client, dict[str, Any]]]:
    """Kind of person, their client, and what stands in the address for them."""
    kwargs = make_kwargs(cast, set(route.names))
    for kind in KINDS:
        yield kind, people[kind], kwargs
    if "project_id" in route.names:
        elsewhere = {**kwargs, "project_id": cast.ridge_barn.pk}
        yield "stranger_member", people["member"], elsewhere
        yield "stranger_field", people["field"], elsewhere


@contextmanager
def undone() -> Iterator[None]:
    """What one route's samples and questions wrote is not there for the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_groups(keys: Iterable[str]) -> Any:
    """A cast for each route would take longer than all its questions; what is found names the route."""
    ordered = sorted(keys)
    groups = [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
    return pytest.mark.parametrize("keys", groups, ids=[f"{group[0]}…{group[-1]}" for group in groups])


@pytest.mark.pure
@in_groups(ROUTES)
def test_each_kind_of_person_gets_what_the_table_says(cast: Cast, people: People, keys: list[str]) -> None:
    people.come_in(*KINDS)
    found, expected = {}, {}
    for key in keys:
        with undone():
            for kind, method, response in ask_everybody(cast, people, key):
                found[key, kind, method] = name_outcome(response)
                expected[key, kind, method] = getattr(ROUTES[key][method], kind)
                assert is_kept_out_of_caches(response), f"{method} {key} may be cached"

    assert found == expected


def ask_everybody(cast: Cast, people: People, key: str) -> Iterator[tuple[str, str, Any]]:
    route = collect_routes()[key]
    for kind, client, kwargs in list_askers(cast, route, people):
        for method in ROUTES[key]:
            cookies = {name: morsel.value for name, morsel in client.cookies.items()}
            response = ask(client, route, method, kwargs)
            client.cookies = SimpleCookie(cookies)  # a sign-out was rolled back: its cookie comes back too
            yield kind, method, response


@pytest.mark.pure
@in_groups(ROUTES)
def test_other_methods_are_refused(cast: Cast, people: People, keys: list[str]) -> None:
    people.come_in("admin")
    found = {}
    for key in keys:
        route = collect_routes()[key]
        with undone():
            kwargs = make_kwargs(cast, set(route.names))
            for method in [method for method in METHODS if method not in ROUTES[key]]:
                found[key, method] = ask(people["admin"], route, method, kwargs).status_code

    assert found == dict.fromkeys(found, 405)


@pytest.mark.pure
@in_groups(key for key, rows in ROUTES.items() if UNSAFE & set(rows) and key not in READS_NO_SESSION)
def test_a_change_without_the_forms_token_is_refused(cast: Cast, keys: list[str]) -> None:
    """Cross-site request forgery: a signed-in browser sent here by another site."""
    assert cast.alice.user is not None
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.alice.user)
    found = {}
    for key in keys:
        route = collect_routes()[key]
        with undone():
            kwargs = make_kwargs(cast, set(route.names))
            for method in [method for method in ROUTES[key] if method in UNSAFE]:
                found[key, method] = ask(browser, route, method, kwargs).status_code

    assert found == dict.fromkeys(found, 403)


@pytest.mark.pure
@in_groups(key for key, rows in ROUTES.items() if "GET" in rows)
def test_looking_changes_nothing(cast: Cast, people: People, keys: list[str]) -> None:
    people.come_in("admin")
    found = {}
    for key in keys:
        route = collect_routes()[key]
        with undone(), scopes_disabled():
            url = route.url(make_kwargs(cast, set(route.names)))
            before = Activity.objects.count()
            read_to_the_end(people["admin"].get(url))
            found[key] = Activity.objects.count() - before

    assert found == dict.fromkeys(keys, 0)


@pytest.mark.pure
@in_groups(ROUTES)
def test_an_id_of_another_company_is_not_found(cast: Cast, people: People, keys: list[str]) -> None:
    """Ridge's Admin puts each of Summit's ids into Ridge's addresses."""
    people.come_in("admin")
    found = {}
    for key in keys:
        route = collect_routes()[key]
        with undone():
            kwargs = make_kwargs(cast, set(route.names))
            foreign = {name: make_foreign(cast, name) for name in sorted(route.names)}
            for name in [name for name, value in foreign.items() if value is not None]:
                for method in ROUTES[key]:
                    put_in = {**kwargs, name: foreign[name]}
                    found[key, name, method] = ask(people["admin"], route, method, put_in).status_code

    assert found == dict.fromkeys(found, 404)


# The staff admin ----------------------------------------------------------------------------------------------------


def list_admin_urls(page: str) -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")
        for model in admin.site._registry
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_staff_admin_is_closed_to_people_of_companies(people: People, kind: str) -> None:
    urls = [reverse("admin:index"), *list_admin_urls("changelist"), *list_admin_urls("add")]

    locations = {url: people[kind].get(url).get("Location", "") for url in urls}

    assert locations == {url: f"/admin/login/?next={url}" for url in urls}


@pytest.mark.django_db
def test_staff_can_open_every_list_and_form(cast: Cast) -> None:
    client = Client()
    client.force_login(
        User.objects.create_superuser(email="staff@ressio.example", password="x", name="Staff")
    )

    lists = {url: client.get(url).status_code for url in list_admin_urls("changelist")}
    forms = {url: client.get(url).status_code for url in list_admin_urls("add")}

    assert lists == dict.fromkeys(lists, 200)
    assert set(forms.values()) <= {200, 403}  # 403: read-only
