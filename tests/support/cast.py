"""The people of the tests: two companies that must never see each other, and every role.

Ridge: alice (Admin), bob (Team Member, assigned to `ridge_house` only), fred (Field, assigned to
`ridge_house`). Summit: charlie (Admin), the outsider. Both have a project, a cost code and a vendor, so
that a leak has something to leak.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.test import Client

from ressio.models import Company, CostCode, Project, ProjectAssignment, Role, TeamMember, User, Vendor
from ressio.scoping import scope
from tests.support.client import CheckingClient

PASSWORD = "a long enough secret"


@dataclass
class Cast:
    """Everything is saved; read related rows inside `scope(company=…)`."""

    ridge: Company
    summit: Company
    alice: TeamMember
    bob: TeamMember
    fred: TeamMember
    charlie: TeamMember
    ridge_house: Project
    ridge_barn: Project
    summit_tower: Project
    framing: CostCode
    summit_code: CostCode
    lumber_yard: Vendor
    summit_vendor: Vendor
    password: str = field(default=PASSWORD, repr=False)


def make_company(name: str) -> Company:
    return Company.objects.create(name=name, slug=name.split()[0].lower())


def make_member(company: Company, name: str, role: Role) -> TeamMember:
    user = User.objects.create_user(
        email=f"{name.lower()}@{company.slug}.example", password=PASSWORD, name=name
    )
    return TeamMember.objects.create(company=company, user=user, name=name, email=user.email, role=role)


def assign(project: Project, member: TeamMember) -> None:
    ProjectAssignment.objects.create(company=project.company, project=project, team_member=member)


@pytest.fixture
def cast(db: None) -> Cast:
    ridge, summit = make_company("Ridge Builders"), make_company("Summit Homes")
    with scope(company=ridge):
        alice, bob, fred = (
            make_member(ridge, name, role)
            for name, role in [("Alice", Role.ADMIN), ("Bob", Role.TEAM_MEMBER), ("Fred", Role.FIELD)]
        )
        house = Project.objects.create(
            company=ridge, name="Ridge House", number="R-1", client_name="Ada Quill"
        )
        barn = Project.objects.create(company=ridge, name="Ridge Barn", number="R-2")
        assign(house, bob)
        assign(house, fred)
        framing = CostCode.objects.create(company=ridge, name="0500 Framing", category="Structure")
        yard = Vendor.objects.create(company=ridge, name="Lumber Yard", email="desk@lumberyard.example")
    with scope(company=summit):
        charlie = make_member(summit, "Charlie", Role.ADMIN)
        tower = Project.objects.create(company=summit, name="Summit Tower")
        code = CostCode.objects.create(company=summit, name="0900 Summit Roofing", category="Envelope")
        vendor = Vendor.objects.create(company=summit, name="Summit Steel")
    return Cast(ridge, summit, alice, bob, fred, charlie, house, barn, tower, framing, code, yard, vendor)


SignIn = Callable[[TeamMember], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in(cast.alice)` gives a browser-like client in her session that checks every page it gets."""

    def open_session(member: TeamMember) -> Client:
        client = CheckingClient()
        assert member.user is not None
        client.force_login(member.user)
        return client

    return open_session


@pytest.fixture
def visitor() -> Client:
    """A client without a session."""
    return CheckingClient()
