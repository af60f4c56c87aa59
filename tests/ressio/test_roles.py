"""Roles and grants (R1–R3), and that a company keeps an Admin."""

from datetime import UTC, datetime

import pytest

from ressio.access import find_membership, memberships_of, projects_for
from ressio.models import Activity, ApiToken, Role, TeamMember, User
from ressio.people.api_tokens import create_api_token
from ressio.people.companies import start_company
from ressio.people.membership import (
    LastAdmin,
    change_member,
    deactivate_member,
    reactivate_member,
)
from ressio.scoping import scope
from tests.support.cast import Cast, SignIn, make_member

NOW = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def actor(cast: Cast) -> User:
    assert cast.alice.user is not None
    return cast.alice.user


def change(
    cast: Cast, member: TeamMember, role: str, *, bills: bool = False, time: bool = False
) -> TeamMember:
    with scope(company=cast.ridge):
        change_member(
            member=member,
            actor=actor(cast),
            name=member.name,
            role=role,
            can_create_bills=bills,
            can_edit_own_time=time,
        )
        return TeamMember.objects.get(pk=member.pk)


@pytest.mark.parametrize("role", [Role.TEAM_MEMBER, Role.FIELD])
def test_the_last_admin_cannot_be_demoted(cast: Cast, role: str) -> None:
    with pytest.raises(LastAdmin):
        change(cast, cast.alice, role)


def test_the_last_admin_cannot_be_deactivated(cast: Cast) -> None:
    with scope(company=cast.ridge), pytest.raises(LastAdmin):
        deactivate_member(member=cast.alice, actor=actor(cast), now=NOW)


def test_an_admin_who_cannot_sign_in_does_not_count(cast: Cast) -> None:
    with scope(company=cast.ridge):
        TeamMember.objects.create(company=cast.ridge, name="Invited", role=Role.ADMIN)
        gone = make_member(cast.ridge, "Gone", Role.ADMIN)
        assert gone.user is not None
        User.objects.filter(pk=gone.user.pk).update(is_active=False)

    with pytest.raises(LastAdmin):
        change(cast, cast.alice, Role.FIELD)


def test_with_a_second_admin_the_first_may_go(cast: Cast) -> None:
    change(cast, cast.bob, Role.ADMIN)

    assert change(cast, cast.alice, Role.FIELD).role == Role.FIELD


def test_the_second_of_two_demotions_is_refused_although_its_object_is_old(cast: Cast) -> None:
    second = change(cast, cast.bob, Role.ADMIN)
    change(cast, cast.alice, Role.FIELD)

    with pytest.raises(LastAdmin):
        change(cast, second, Role.FIELD)


def test_the_page_says_why(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).post(
        f"/c/ridge/settings/team/{cast.alice.pk}/", {"name": "Alice", "role": "field"}
    )

    assert page.context["form"].errors["role"] == [
        "This is the company's last Admin. Make somebody else an Admin first."
    ]


@pytest.mark.parametrize(
    ("role", "kept"),
    [(Role.ADMIN, (False, False)), (Role.TEAM_MEMBER, (True, True)), (Role.FIELD, (False, True))],
)
def test_grants_that_a_role_cannot_have_are_dropped(cast: Cast, role: str, kept: tuple[bool, bool]) -> None:
    bob = change(cast, cast.bob, role, bills=True, time=True)

    assert (bob.can_create_bills, bob.can_edit_own_time) == kept


def test_a_change_is_recorded_with_before_and_after(cast: Cast) -> None:
    change(cast, cast.bob, Role.FIELD)

    with scope(company=cast.ridge):
        (activity,) = Activity.objects.all()
    assert (activity.actor, activity.verb, activity.subject_label, activity.changes) == (
        actor(cast),
        "changed the team member",
        "Bob",
        {"role": ["team_member", "field"]},
    )


def test_deactivating_takes_sign_in_and_tokens_away(cast: Cast, sign_in: SignIn) -> None:
    bob = sign_in(cast.bob)
    with scope(company=cast.ridge):
        token, _ = create_api_token(member=cast.bob, name="Report")
        deactivate_member(member=cast.bob, actor=actor(cast), now=NOW)

        assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW
    assert bob.get("/c/ridge/projects/").status_code == 404


def test_reactivating_gives_the_sign_in_back(cast: Cast) -> None:
    assert cast.bob.user is not None
    with scope(company=cast.ridge):
        deactivate_member(member=cast.bob, actor=actor(cast), now=NOW)
        gone = find_membership(user=cast.bob.user, slug="ridge")
        reactivate_member(member=cast.bob, actor=actor(cast))

    assert (gone, find_membership(user=cast.bob.user, slug="ridge")) == (None, cast.bob)


def test_which_projects_each_role_sees(cast: Cast) -> None:
    with scope(company=cast.ridge):
        seen = {
            member.name: [project.name for project in projects_for(member).order_by("name")]
            for member in (cast.alice, cast.bob, cast.fred)
        }

    assert seen == {"Alice": ["Ridge Barn", "Ridge House"], "Bob": ["Ridge House"], "Fred": ["Ridge House"]}


def test_a_person_of_two_companies_chooses(cast: Cast, sign_in: SignIn) -> None:
    start_company(user=actor(cast), name="Alice Alone")

    page = sign_in(cast.alice).get("/")

    assert [place.company.name for place in page.context["places"]] == ["Alice Alone", "Ridge Builders"]
    assert [place.company.slug for place in memberships_of(actor(cast))] == ["alice-alone", "ridge"]
