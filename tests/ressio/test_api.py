"""The API's base: tokens, companies, errors, and the resources of `ressio`."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from ressio.models import Activity, ApiToken, CostCode, Project, TeamMember
from ressio.people import throttle
from ressio.people.api_tokens import create_api_token, revoke_api_token
from ressio.scoping import scope
from tests.support.cast import PASSWORD, Cast, SignIn

BASE = "/api/v1/companies/ridge"
OpenApi = Callable[[TeamMember], Client]


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def api() -> OpenApi:
    """A program with a token of that member."""

    def open_client(member: TeamMember) -> Client:
        with scope(company=member.company):
            _, secret = create_api_token(member=member, name="Test")
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return open_client


def sign_in_for_token(**more: str) -> tuple[int, dict[str, object]]:
    values = {"email": "bob@ridge.example", "password": PASSWORD, "company": "ridge", **more}
    answer = Client().post("/api/v1/sign-in", values, content_type="application/json")
    return answer.status_code, answer.json()


def test_signing_in_gives_a_token_that_works(cast: Cast) -> None:
    status, body = sign_in_for_token()

    answer = Client(headers={"Authorization": f"Bearer {body['token']}"}).get("/api/v1/me")

    assert status == 201
    assert answer.json() == {
        "email": "bob@ridge.example",
        "name": "Bob",
        "companies": [
            {
                "slug": "ridge",
                "name": "Ridge Builders",
                "currency": "USD",
                "time_zone": "America/New_York",
                "role": "team_member",
            }
        ],
    }


@pytest.mark.parametrize(
    "wrong",
    [{"password": "wrong"}, {"email": "nobody@ridge.example"}, {"company": "summit"}, {"company": "no-such"}],
)
def test_every_wrong_combination_gets_the_same_answer(cast: Cast, wrong: dict[str, str]) -> None:
    assert sign_in_for_token(**wrong) == (401, {"detail": "E-mail, password and company do not match."})


def test_guessing_is_stopped(cast: Cast) -> None:
    for _ in range(throttle.ACCOUNT_LIMIT):
        sign_in_for_token(password="wrong")

    assert sign_in_for_token()[0] == 429


def test_the_secret_is_not_stored(cast: Cast) -> None:
    _, body = sign_in_for_token()

    with scope(company=cast.ridge):
        (token,) = ApiToken.objects.all()
    assert str(body["token"]) not in str(vars(token))


def test_a_token_opens_its_own_company_only(cast: Cast, api: OpenApi) -> None:
    with scope(company=cast.summit):
        TeamMember.objects.create(company=cast.summit, user=cast.alice.user, name="Alice", role="admin")
    alice = api(cast.alice)

    assert [
        alice.get(f"/api/v1/companies/{slug}").status_code for slug in ("ridge", "summit", "no-such")
    ] == [
        200,
        404,
        404,
    ]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer wrong", "Bearer a b", "Bearer \xff", "Token x", "Basic YTpi"]
)
def test_a_wrong_header_is_401(cast: Cast, header: str) -> None:
    answer = Client(headers={"Authorization": header}).get(BASE)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_revoked_token_is_401(cast: Cast, api: OpenApi) -> None:
    alice = api(cast.alice)
    with scope(company=cast.ridge):
        revoke_api_token(token=ApiToken.objects.get(), now=datetime.now(UTC))

    assert alice.get(BASE).status_code == 401


def test_a_token_dies_with_the_membership_or_the_account(cast: Cast, api: OpenApi) -> None:
    bob, fred = api(cast.bob), api(cast.fred)
    with scope(company=cast.ridge):
        TeamMember.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert cast.fred.user is not None
    cast.fred.user.is_active = False
    cast.fred.user.save()

    assert [client.get(BASE).status_code for client in (bob, fred)] == [401, 401]


def test_use_is_noted(cast: Cast, api: OpenApi) -> None:
    api(cast.alice).get(BASE)

    with scope(company=cast.ridge):
        assert ApiToken.objects.get().last_used_at is not None


def test_a_browser_session_works_too(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.alice).get(BASE).json() == {
        "slug": "ridge",
        "name": "Ridge Builders",
        "currency": "USD",
        "time_zone": "America/New_York",
    }


def test_a_project_is_created_changed_and_recorded(cast: Cast, api: OpenApi) -> None:
    alice = api(cast.alice)

    created = alice.post(f"{BASE}/projects", {"name": "Barn two"}, content_type="application/json")
    url = f"{BASE}/projects/{created.json()['id']}"
    changed = alice.patch(url, {"is_archived": True}, content_type="application/json")

    with scope(company=cast.ridge):
        verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
        project = Project.objects.get(name="Barn two")
    assert (created.status_code, changed.status_code, project.is_archived) == (201, 200, True)
    assert changed.json() == alice.get(url).json()
    assert verbs == ["created the API token", "created the project", "changed the project"]


def test_lists_come_in_pieces_and_filtered(cast: Cast, api: OpenApi) -> None:
    alice = api(cast.alice)

    piece = alice.get(f"{BASE}/projects?limit=1").json()
    found = alice.get(f"{BASE}/projects?search=HOUSE").json()

    assert (piece["count"], [row["name"] for row in piece["results"]]) == (2, ["Ridge Barn"])
    assert piece["next"] == f"http://testserver{BASE}/projects?limit=1&offset=1"
    assert [row["name"] for row in found["results"]] == ["Ridge House"]


def test_others_list_the_projects_they_are_assigned_to(cast: Cast, api: OpenApi) -> None:
    assert [row["name"] for row in api(cast.fred).get(f"{BASE}/projects").json()["results"]] == [
        "Ridge House"
    ]


@pytest.mark.parametrize(
    ("path", "values", "errors"),
    [
        ("projects", {}, {"name": ["This field is required."]}),
        ("projects", {"name": "ridge HOUSE"}, {"name": ["There is a project named ridge HOUSE already."]}),
        (
            "projects",
            {"name": "X", "cost_structure": "free"},
            {"cost_structure": ['"free" is not a valid choice.']},
        ),
        (
            "cost-codes",
            {"name": "0500 framing"},
            {"name": ["There is a cost code named 0500 framing already."]},
        ),
        ("vendors", {"name": "lumber yard"}, {"name": ["There is a vendor named lumber yard already."]}),
    ],
)
def test_refused_input_names_its_fields(
    cast: Cast, api: OpenApi, path: str, values: dict[str, str], errors: dict[str, list[str]]
) -> None:
    answer = api(cast.alice).post(f"{BASE}/{path}", values, content_type="application/json")

    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "The input was refused.", "errors": errors},
    )


def test_a_cost_code_is_changed_and_deactivated(cast: Cast, api: OpenApi) -> None:
    url = f"{BASE}/cost-codes/{cast.framing.pk}"

    api(cast.alice).patch(url, {"sku": "F-1", "is_active": False}, content_type="application/json")

    with scope(company=cast.ridge):
        code = CostCode.objects.get(pk=cast.framing.pk)
    assert (code.sku, code.is_active, code.category) == ("F-1", False, "Structure")


def test_the_last_admin_stays(cast: Cast, api: OpenApi) -> None:
    answer = api(cast.alice).patch(
        f"{BASE}/team-members/{cast.alice.pk}", {"role": "field"}, content_type="application/json"
    )

    assert list(answer.json()["errors"]) == ["role"]


def test_a_role_is_changed_without_touching_the_rest(cast: Cast, api: OpenApi) -> None:
    answer = api(cast.alice).patch(
        f"{BASE}/team-members/{cast.bob.pk}",
        {"can_edit_own_time": True, "email": "x@y.example", "is_active": False},
        content_type="application/json",
    )

    body = answer.json()
    assert {name: body[name] for name in ("role", "email", "is_active", "can_edit_own_time")} == {
        "role": "team_member",
        "email": "bob@ridge.example",
        "is_active": True,
        "can_edit_own_time": True,
    }


def test_an_id_that_is_no_number_is_404(cast: Cast, api: OpenApi) -> None:
    answer = api(cast.alice).get(f"{BASE}/projects/abc")

    assert answer.status_code == 404


def test_broken_json_is_refused_politely(cast: Cast, api: OpenApi) -> None:
    answer = api(cast.alice).post(f"{BASE}/projects", b"{", content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


def test_the_token_page_shows_a_secret_once_and_revokes(cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in(cast.bob)
    url = "/c/ridge/me/api-tokens/"

    bob.post(url, {"name": "Spreadsheet"})
    first, second = bob.get(url).context["new_secret"], bob.get(url).context["new_secret"]
    program = Client(headers={"Authorization": f"Bearer {first}"})
    before = program.get(BASE).status_code
    with scope(company=cast.ridge):
        bob.post(f"{url}{ApiToken.objects.get().pk}/revoke/")

    assert (second, before, program.get(BASE).status_code) == ("", 200, 401)
