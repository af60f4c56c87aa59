"""Joining a company by a link: once, in time, by the right person."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from ressio.encryption import decrypt
from ressio.models import Invitation, Role, TeamMember, User
from ressio.people import inviting
from ressio.scoping import scope
from tests.support.cast import PASSWORD, Cast, SignIn

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
EMAIL = "dora@ridge.example"


def invite(cast: Cast, email: str = EMAIL, **more: object) -> inviting.Invited:
    assert cast.alice.user is not None
    with scope(company=cast.ridge):
        return inviting.invite_person(
            company=cast.ridge,
            actor=cast.alice.user,
            name="Dora",
            email=email,
            role=Role.TEAM_MEMBER,
            now=datetime.now(UTC),
            **more,  # type: ignore[arg-type]
        )


def open_link(client: Client, invited: inviting.Invited) -> int:
    client.get(f"/invitations/{invited.token}/")
    return client.get("/invitations/accept/").status_code


def members(cast: Cast, email: str = EMAIL) -> list[TeamMember]:
    with scope(company=cast.ridge):
        return list(TeamMember.objects.filter(email=email))


def test_an_admin_invites_and_sees_the_link_once(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)

    posted = alice.post(
        "/c/ridge/settings/team/invite/",
        {"name": "Dora", "email": EMAIL, "role": "team_member", "can_create_bills": "on"},
    )
    first, second = alice.get(posted.headers["Location"]), alice.get(posted.headers["Location"])

    link = first.context["link"]
    assert link.startswith("http://testserver/invitations/")
    assert second.context["link"] == ""
    assert [(letter.to, link in letter.body) for letter in mail.outbox] == [([EMAIL], True)]
    assert [(member.role, member.can_create_bills, member.user) for member in members(cast)] == [
        ("team_member", True, None)
    ]


def test_the_token_is_nowhere_in_the_database(cast: Cast, sign_in: SignIn) -> None:
    alice = sign_in(cast.alice)
    posted = alice.post("/c/ridge/settings/team/invite/", {"name": "Dora", "email": EMAIL, "role": "field"})
    kept = alice.session["invitation_link"]
    token = decrypt(kept).rstrip("/").rsplit("/", 1)[-1]

    with scope(company=cast.ridge):
        invitation = Invitation.objects.get(team_member__email=EMAIL)

    assert posted.status_code == 302
    assert token not in kept
    assert invitation.token_hash == inviting.hash_token(token) != token


def test_the_link_answers_302_without_the_token(cast: Cast, visitor: Client) -> None:
    invited = invite(cast)

    good, bad = (visitor.get(f"/invitations/{token}/") for token in (invited.token, "made-up"))

    assert [(answer.status_code, answer.headers["Location"], answer.content) for answer in (good, bad)] == [
        (302, "/invitations/accept/", b"")
    ] * 2


def test_a_new_person_joins_with_name_and_password(cast: Cast, visitor: Client) -> None:
    open_link(visitor, invite(cast))

    answer = visitor.post("/invitations/accept/", {"name": "Dora Dale", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain == [("/c/ridge/projects/", 302)]
    assert User.objects.get(email=EMAIL).check_password(PASSWORD)
    assert [member.user and member.user.name for member in members(cast)] == ["Dora Dale"]


def test_somebody_with_an_account_signs_in_and_joins(cast: Cast, visitor: Client) -> None:
    invited = invite(cast, "charlie@summit.example")
    visitor.get(f"/invitations/{invited.token}/")
    page = visitor.get("/invitations/accept/")
    visitor.post(
        "/sign-in/", {"email": "charlie@summit.example", "password": PASSWORD, "next": "/invitations/accept/"}
    )

    answer = visitor.post("/invitations/accept/", follow=True)

    assert page.context["step"] == "sign_in"
    assert answer.redirect_chain == [("/c/ridge/projects/", 302)]
    assert [member.user for member in members(cast, "charlie@summit.example")] == [cast.charlie.user]


def test_an_invitation_for_somebody_else_is_not_taken(cast: Cast, sign_in: SignIn) -> None:
    invited, charlie = invite(cast), sign_in(cast.charlie)
    open_link(charlie, invited)

    charlie.post("/invitations/accept/", {"name": "Charlie", "password": PASSWORD})

    assert [member.user for member in members(cast)] == [None]


def test_who_is_signed_in_as_somebody_else_can_go_on(cast: Cast, sign_in: SignIn) -> None:
    invited, charlie = invite(cast), sign_in(cast.charlie)
    open_link(charlie, invited)

    charlie.post("/invitations/sign-out/")

    assert charlie.get("/invitations/accept/").context["step"] == "new_person"


def test_a_link_works_once(cast: Cast) -> None:
    invited, first, second = invite(cast), Client(), Client()
    open_link(first, invited)
    first.post("/invitations/accept/", {"name": "Dora", "password": PASSWORD})

    assert open_link(second, invited) == 410


def test_a_link_dies_after_seven_days(cast: Cast, visitor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        invited = invite(cast)
        clock.shift(timedelta(days=7) - timedelta(seconds=1))
        before = open_link(visitor, invited)
        clock.shift(timedelta(seconds=1))
        after = open_link(visitor, invited)

    assert (before, after) == (200, 410)


@pytest.mark.parametrize("action", ["withdraw-link", "new-link", "deactivate"])
def test_an_old_link_stops_when_the_admin_acts(
    cast: Cast, sign_in: SignIn, visitor: Client, action: str
) -> None:
    invited = invite(cast)
    (dora,) = members(cast)

    sign_in(cast.alice).post(f"/c/ridge/settings/team/{dora.pk}/{action}/", {"email": EMAIL})

    assert open_link(visitor, invited) == 410


def test_a_renewed_link_works(cast: Cast, sign_in: SignIn, visitor: Client) -> None:
    invite(cast)
    (dora,) = members(cast)
    alice = sign_in(cast.alice)

    posted = alice.post(f"/c/ridge/settings/team/{dora.pk}/new-link/", {"email": EMAIL})
    link = alice.get(posted.headers["Location"]).context["link"]
    visitor.get(link.removeprefix("http://testserver"))

    assert visitor.get("/invitations/accept/").status_code == 200


def test_of_two_who_use_a_link_at_once_one_gets_in(cast: Cast) -> None:
    invited = invite(cast)
    user = User.objects.create_user(email=EMAIL, password=PASSWORD, name="Dora")
    both = [inviting.find_invitation(invited.invitation.token_hash, now=datetime.now(UTC)) for _ in range(2)]
    inviting.accept_invitation(invitation=both[0], user=user, now=datetime.now(UTC))

    with pytest.raises(inviting.InvitationOver):
        inviting.accept_invitation(invitation=both[1], user=user, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("BOB@ridge.example", "bob@ridge.example is already a team member: Bob, Team Member."),
        ("desk@lumberyard.example", "desk@lumberyard.example is the e-mail of the vendor Lumber Yard."),
    ],
)
def test_a_clash_says_what_it_is(cast: Cast, email: str, why: str) -> None:
    with pytest.raises(inviting.Clash, match=why.replace(".", r"\.")):
        invite(cast, email)


def test_inviting_twice_says_to_send_a_new_link(cast: Cast) -> None:
    invite(cast)

    with pytest.raises(inviting.Clash, match="who has not joined yet"):
        invite(cast)


def test_a_deactivated_member_is_to_be_reactivated(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.alice).post(f"/c/ridge/settings/team/{cast.bob.pk}/deactivate/")

    with pytest.raises(inviting.Clash, match="Reactivate them instead"):
        invite(cast, "bob@ridge.example")


def test_an_e_mail_of_another_company_is_no_clash(cast: Cast) -> None:
    invited = invite(cast, "charlie@summit.example")

    assert invited.invitation.company == cast.ridge
