"""Projects: the list, the details, the team, archiving."""

import pytest

from ressio.models import Activity, Project, ProjectAssignment, TeamMember
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn


def names(cast: Cast, sign_in: SignIn, member: TeamMember, query: str = "") -> list[str]:
    page = sign_in(member).get(f"/c/ridge/projects/{query}")
    return [project.name for project in page.context["projects"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ridge Barn", "Ridge House"]),
        ("?sort=-name", ["Ridge House", "Ridge Barn"]),
        ("?sort=company__name", ["Ridge Barn", "Ridge House"]),
        ("?q=house", ["Ridge House"]),
        ("?q=QUILL+r-1", ["Ridge House"]),
        ("?q=house+barn", []),
        ("?q=%25", []),
        ("?q=%27%20OR%201%3D1", []),
        ("?state=archived", []),
    ],
)
def test_the_list_searches_and_sorts(cast: Cast, sign_in: SignIn, query: str, found: list[str]) -> None:
    assert names(cast, sign_in, cast.alice, query) == found


def test_others_see_the_projects_they_are_assigned_to(cast: Cast, sign_in: SignIn) -> None:
    assert names(cast, sign_in, cast.bob) == ["Ridge House"]


def test_an_archived_project_moves_to_its_own_list_and_back(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)

    alice.post(f"/c/ridge/projects/{cast.ridge_barn.pk}/archive/")
    active, archived = names(cast, sign_in, cast.alice), names(cast, sign_in, cast.alice, "?state=archived")
    alice.post(f"/c/ridge/projects/{cast.ridge_barn.pk}/restore/")

    assert (active, archived) == (["Ridge House"], ["Ridge Barn"])
    assert names(cast, sign_in, cast.alice) == ["Ridge Barn", "Ridge House"]


def test_a_new_project(cast: Cast, sign_in: SignIn) -> None:
    values = {
        "name": "O'Neil kitchen",
        "number": "26-02",
        "client_name": "Pat O'Neil",
        "address": "1 Oak Street",
        "cost_structure": "cost_plus",
    }

    answer = sign_in(cast.alice).post("/c/ridge/projects/new/", values)

    with scope(company=cast.ridge):
        project = Project.objects.get(name="O'Neil kitchen")
    assert answer.headers["Location"] == f"/c/ridge/projects/{project.pk}/"
    assert {name: getattr(project, name) for name in values} == values


def test_a_name_is_used_once_in_a_company_whatever_its_case(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).post(
        "/c/ridge/projects/new/", {"name": "ridge house", "cost_structure": "cost_plus"}
    )

    assert page.context["form"].errors["name"] == ["There is a project named ridge house already."]


def test_two_companies_may_use_the_same_name(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.charlie).post(
        "/c/summit/projects/new/", {"name": "Ridge House", "cost_structure": "cost_plus"}
    )

    assert answer.status_code == 302


def test_a_refused_change_leaves_the_heading_as_it_is(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).post(
        f"/c/ridge/projects/{cast.ridge_house.pk}/edit/",
        {"name": "Ridge Barn", "cost_structure": "cost_plus"},
    )

    assert page.context["project"].name == "Ridge House"
    assert page.context["form"].errors["name"] == ["There is a project named Ridge Barn already."]


def test_an_edit_is_recorded_and_an_empty_one_is_not(cast: Cast, sign_in: SignIn) -> None:
    alice, url = sign_in(cast.alice), f"/c/ridge/projects/{cast.ridge_barn.pk}/edit/"
    values = {"name": "Ridge Barn", "number": "R-9", "cost_structure": "fixed_price"}

    alice.post(url, values)
    alice.post(url, values)

    with scope(company=cast.ridge):
        changes = list(Activity.objects.values_list("verb", "changes"))
    assert changes == [("changed the project", {"number": ["R-2", "R-9"]})]


def test_the_team_is_exactly_what_is_ticked(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.alice).post(f"/c/ridge/projects/{cast.ridge_house.pk}/team/", {"members": [cast.fred.pk]})

    with scope(company=cast.ridge):
        team = list(
            ProjectAssignment.objects.filter(project=cast.ridge_house).values_list(
                "team_member__name", flat=True
            )
        )
        (activity,) = Activity.objects.all()
    assert team == ["Fred"]
    assert activity.changes == {"team": ["Bob, Fred", "Fred"]}


def test_somebody_of_another_company_cannot_be_put_on_the_team(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).post(
        f"/c/ridge/projects/{cast.ridge_house.pk}/team/", {"members": [cast.charlie.pk]}
    )

    assert "members" in page.context["form"].errors


MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("path", ["projects/", "projects/{id}/", "projects/{id}/edit/", "settings/activity/"])
def test_markup_in_names_is_only_text(cast: Cast, sign_in: SignIn, path: str) -> None:
    """The client that reads the pages fails on any script, handler or style that slipped in."""
    alice = sign_in(cast.alice)
    alice.post(
        f"/c/ridge/projects/{cast.ridge_house.pk}/edit/",
        {
            "name": MARKUP,
            "number": MARKUP[:40],
            "client_name": MARKUP,
            "address": MARKUP,
            "cost_structure": "cost_plus",
        },
    )

    page = alice.get(f"/c/ridge/{path.format(id=cast.ridge_house.pk)}?q=%3Cscript%3E&sort=%22%3E%3Cscript%3E")

    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_markup_in_a_search_is_only_text(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).get("/c/ridge/projects/", {"q": MARKUP})

    assert "&lt;script&gt;" in page.content.decode()
