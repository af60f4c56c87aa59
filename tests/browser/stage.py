"""What stands on the stage of the browser tests: the demo builder, its books, and how people act in a browser."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Page, expect

from budgets.demo import DEMO_PASSWORD, PEOPLE
from integrations.linking.desks import DESKS
from integrations.linking.pairing import link_many
from integrations.linking.projects import link_project
from integrations.linking.review import Sides, review
from integrations.models import Connection, QuickBooksCustomer, RunKind, RunTrigger
from integrations.sync import perform_sync, request_sync
from ressio.models import Company, Project, TeamMember
from ressio.scoping import scope
from tests.support.quickbooks import connect
from tests.support.sandbox import Realm

# For a machine that is busy with other things; on an idle one nothing takes a tenth of it.
PATIENCE_MS = 60_000
ADMIN = PEOPLE["Dana Whitlock"][0]
LOT_14, MAPLE = "Lot 14 New Build", "Maple Street Remodel"


@dataclass(frozen=True)
class Demo:
    """Connected, synced and linked; read related rows inside `scope(company=…)`."""

    company: Company
    books: Realm
    connection: Connection
    lot_14: Project

    def url(self, name: str, **ids: object) -> str:
        return reverse(name, kwargs={"company": self.company.slug, **ids})

    @property
    def budget_url(self) -> str:
        return self.url("project-budget", project_id=self.lot_14.pk)


def connect_demo(company: Company, books: Realm) -> Demo:
    """What the story does in the browser, done by its verbs for tests of what comes after."""
    with scope(company=company):
        admin = TeamMember.objects.get(email=ADMIN).user
        connection = connect(books, company, user=admin)
        sync_now(connection)
        accept_suggestions(connection)
        for name in (LOT_14, MAPLE):
            project = Project.objects.get(name=name)
            customer = QuickBooksCustomer.objects.get(connection=connection, name=name)
            link_project(project=project, customer=customer, actor=admin, now=timezone.now())
        sync_now(connection)  # so that the log holds what these links leave out
        connection.refresh_from_db()
        return Demo(company, books, connection, Project.objects.get(name=LOT_14))


def sync_now(connection: Connection) -> None:
    run = request_sync(
        connection=connection, kind=RunKind.ALL, trigger=RunTrigger.COMMAND, now=timezone.now()
    )
    perform_sync(run.pk)
    run.refresh_from_db()
    assert run.error == ""


def accept_suggestions(connection: Connection) -> None:
    """The near-equal names of all three lists, as an admin ticks them."""
    for desk in DESKS.values():
        found = review(Sides(desk, connection))
        pairs = [(entry.thing, entry.suggested) for entry in found.suggested]
        link_many(desk.pairing, pairs=pairs, actor=None, now=timezone.now())


# In the browser -------------------------------------------------------------------------------------------


def sign_in(page: Page, email: str = ADMIN, password: str = DEMO_PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Projects")).to_be_visible()


def listen_for_complaints(page: Page) -> list[str]:
    """Grows with every script error, refused resource and breach of the page policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.extend(read_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def read_complaint(message: ConsoleMessage) -> list[str]:
    return [f"{message.location['url']}: {message.text}"] if message.type == "error" else []
