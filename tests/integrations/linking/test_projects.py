"""Projects and QuickBooks customers: connecting, disconnecting, creating, sub-customers, project numbers."""

from collections.abc import Collection, Iterator
from decimal import Decimal

import pytest

from integrations import cost_figures
from integrations.cost_figures import Figures, UnknownProjectRef, register_cost_figures
from integrations.linking import (
    AlreadyLinked,
    LinkRefused,
    NameTaken,
    NotConnected,
    NotEligible,
    NotFound,
    create_project_from_customer,
    find_customer,
    link_project,
    map_project_ref,
    preview_sub_customers,
    preview_unlink,
    set_include_sub_customers,
    unlink_project,
    unmap_project_ref,
)
from integrations.models import Connection, ProjectLink, ProjectRefMapping
from ressio.models import Activity, Project, User
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import LATER, NOW, Books


class TenDollarsEach:
    """Stands for the room of costs: every customer has one line of ten dollars."""

    def counted(self, project: Project) -> Figures:
        return Figures(3, Decimal("30.00"))

    def of_customers(self, connection: Connection, customer_refs: Collection[str]) -> Figures:
        return Figures(len(customer_refs), 10 * Decimal(len(customer_refs)))

    def unknown_project_refs(self, connection: Connection) -> list[UnknownProjectRef]:
        return []


@pytest.fixture
def figures() -> Iterator[None]:
    before = cost_figures.cost_figures()
    register_cost_figures(TenDollarsEach())
    yield
    register_cost_figures(before)


def links() -> list[tuple[str, str]]:
    return sorted((str(link.project), link.customer_ref) for link in ProjectLink.objects.all())


def test_any_of_the_three_can_be_connected(cast: Cast, books: Books, alice: User) -> None:
    top = books.customer("71", "Quill")
    job = books.customer("72", "House", under=top)
    project = books.customer("73", "Kitchen", under=job, is_project=True)
    shed = Project.objects.create(company=cast.ridge, name="Shed")

    for ours, theirs in [(cast.ridge_house, top), (cast.ridge_barn, job), (shed, project)]:
        link_project(project=ours, customer=theirs, actor=alice, now=NOW)

    assert links() == [("Ridge Barn", "72"), ("Ridge House", "71"), ("Shed", "73")]


def test_a_customer_of_another_project_is_refused_by_name(cast: Cast, books: Books, alice: User) -> None:
    customer = books.customer("71", "Quill")
    link_project(project=cast.ridge_house, customer=customer, actor=alice, now=NOW)

    with pytest.raises(AlreadyLinked, match="“Quill” is already linked to the project “Ridge House”"):
        link_project(project=cast.ridge_barn, customer=customer, actor=alice, now=NOW)

    assert links() == [("Ridge House", "71")]


def test_a_connected_project_is_disconnected_before_it_changes(cast: Cast, books: Books, alice: User) -> None:
    link_project(project=cast.ridge_house, customer=books.customer("71", "Quill"), actor=alice, now=NOW)

    with pytest.raises(AlreadyLinked, match="“Ridge House” is connected to “Quill”"):
        link_project(project=cast.ridge_house, customer=books.customer("72", "Other"), actor=alice, now=NOW)

    assert links() == [("Ridge House", "71")]


def test_an_inactive_customer_may_be_connected_a_deleted_one_not(
    cast: Cast, books: Books, alice: User
) -> None:
    with pytest.raises(NotEligible):
        link_project(
            project=cast.ridge_house,
            customer=books.customer("71", "Gone", is_deleted=True),
            actor=alice,
            now=NOW,
        )
    link_project(
        project=cast.ridge_house,
        customer=books.customer("72", "Quill (deleted)", is_active=False),
        actor=alice,
        now=NOW,
    )

    assert links() == [("Ridge House", "72")]


def test_disconnecting_tells_first_what_leaves(cast: Cast, books: Books, alice: User, figures: None) -> None:
    link_project(project=cast.ridge_house, customer=books.customer("71", "Quill"), actor=alice, now=NOW)

    assert preview_unlink(cast.ridge_house) == Figures(3, Decimal("30.00"))
    assert links() == [("Ridge House", "71")]

    assert unlink_project(project=cast.ridge_house, connection=books.connection, actor=alice)
    assert links() == []


def test_sub_customers_are_counted_before_they_are_included(
    cast: Cast, books: Books, alice: User, figures: None
) -> None:
    top = books.customer("71", "Quill")
    house = books.customer("72", "House", under=top)
    books.customer("73", "Kitchen", under=house)
    link = link_project(project=cast.ridge_house, customer=top, actor=alice, now=NOW)
    link_project(project=cast.ridge_barn, customer=house, actor=alice, now=NOW)

    preview = preview_sub_customers(link)

    assert [row.full_name for row in preview.customers] == ["Quill:House:Kitchen"]
    assert preview.figures == Figures(1, Decimal("10"))


def test_including_sub_customers_is_recorded_once(cast: Cast, books: Books, alice: User) -> None:
    link = link_project(
        project=cast.ridge_house, customer=books.customer("71", "Quill"), actor=alice, now=NOW
    )
    assert not ProjectLink.objects.get().include_sub_customers

    set_include_sub_customers(link=link, include=True, actor=alice)
    set_include_sub_customers(link=link, include=True, actor=alice)

    assert ProjectLink.objects.get().include_sub_customers
    verbs = [activity.verb for activity in Activity.objects.order_by("pk")]
    assert verbs == ["linked the project", "changed the connection of"]


def test_a_project_is_made_from_a_customer(cast: Cast, books: Books, alice: User) -> None:
    kitchen = books.customer("72", "Kitchen", under=books.customer("71", "Quill"))

    project = create_project_from_customer(customer=kitchen, actor=alice, now=NOW)

    assert (project.name, project.client_name) == ("Kitchen", "Quill")
    assert links() == [("Kitchen", "72")]


def test_no_project_is_made_of_a_name_that_exists(cast: Cast, books: Books, alice: User) -> None:
    with pytest.raises(NameTaken) as refused:
        create_project_from_customer(customer=books.customer("71", "RIDGE HOUSE"), actor=alice, now=NOW)

    assert refused.value.existing == cast.ridge_house
    assert (Project.objects.count(), links()) == (2, [])


def test_no_project_is_made_of_a_customer_that_has_one(cast: Cast, books: Books, alice: User) -> None:
    customer = books.customer("71", "Quill")
    create_project_from_customer(customer=customer, actor=alice, now=NOW)

    with pytest.raises(AlreadyLinked, match="connected to the project “Quill”"):
        create_project_from_customer(customer=customer, actor=alice, now=LATER)

    assert Project.objects.count() == 3


def test_another_companys_projects_and_customers_are_refused(
    cast: Cast, books: Books, summit_books: Books, alice: User
) -> None:
    with scope(company=cast.summit):
        foreign = summit_books.customer("71", "Stranger")

    with pytest.raises(NotConnected):
        link_project(project=cast.ridge_house, customer=foreign, actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        link_project(project=cast.summit_tower, customer=books.customer("72", "Q"), actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        map_project_ref(
            connection=books.connection, project_ref="393363026", customer=foreign, actor=alice, now=NOW
        )
    with pytest.raises(NotFound):
        find_customer(books.connection, "71")

    assert links() == []
    assert list(ProjectRefMapping.objects.all()) == []


def test_a_project_number_is_mapped_changed_and_unmapped(cast: Cast, books: Books, alice: User) -> None:
    first, second = books.customer("71", "Quill"), books.customer("72", "House")
    map_project_ref(
        connection=books.connection, project_ref="393363026", customer=first, actor=alice, now=NOW
    )

    mapping = map_project_ref(
        connection=books.connection, project_ref="393363026", customer=second, actor=alice, now=LATER
    )

    stored = ProjectRefMapping.objects.get()
    assert (stored.project_ref, stored.customer_ref, stored.linked_by) == ("393363026", "72", alice)
    unmap_project_ref(mapping=mapping, actor=alice)
    assert list(ProjectRefMapping.objects.all()) == []
    verbs = [activity.verb for activity in Activity.objects.order_by("pk")]
    assert verbs == ["mapped the", "mapped the", "unmapped the"]


@pytest.mark.parametrize("project_ref", ["", "9" * 41, "<b>", "12 34"])
def test_what_is_no_project_number_is_refused(
    cast: Cast, books: Books, alice: User, project_ref: str
) -> None:
    with pytest.raises(LinkRefused):
        map_project_ref(
            connection=books.connection,
            project_ref=project_ref,
            customer=books.customer("71", "Quill"),
            actor=alice,
            now=NOW,
        )

    assert list(ProjectRefMapping.objects.all()) == []


def test_the_id_of_a_project_row_explains_itself(cast: Cast, books: Books, alice: User) -> None:
    books.customer("72", "Kitchen", is_project=True)

    with pytest.raises(LinkRefused, match="needs no mapping"):
        map_project_ref(
            connection=books.connection,
            project_ref="72",
            customer=books.customer("71", "Quill"),
            actor=alice,
            now=NOW,
        )
