"""The staff door: every page opens, no secret shows, and what can be changed goes through the verbs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from integrations.admin.pretty import indent_json
from integrations.models import (
    ApiUsage,
    ConnectAttempt,
    Connection,
    CostCodeLink,
    Document,
    EmployeeLink,
    Exchange,
    Feed,
    ProjectLink,
    ProjectRefMapping,
    ProjectSwitches,
    Push,
    PushBatch,
    PushTry,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksEmployee,
    QuickBooksItem,
    QuickBooksVendor,
    RunKind,
    RunTrigger,
    SyncChange,
    SyncIssue,
    SyncRun,
    SyncStep,
    Throttle,
    ThrottleLease,
    VendorLink,
)
from ressio.models import Activity, TeamMember, User
from ressio.scoping import scope
from tests.support.cast import Cast

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
MODELS = list(apps.get_app_config("integrations").get_models())
SECRETS = ("REALM-9130001", "ACCESS-SECRET", "REFRESH-SECRET")


@pytest.fixture
def rows(cast: Cast) -> dict[str, Any]:
    """One row of everything, so that every page has something to draw."""
    alice = cast.alice.user
    assert alice is not None
    with scope(company=cast.ridge):
        connection = Connection.objects.create(
            company=cast.ridge,
            realm_id=SECRETS[0],
            access_token=SECRETS[1],
            refresh_token=SECRETS[2],
            books_name="Ridge books",
        )
        ours: dict[str, Any] = {"company": cast.ridge, "connection": connection}
        run = SyncRun.objects.create(**ours, kind=RunKind.ALL, trigger=RunTrigger.BUTTON)
        throttle, _ = Throttle.objects.get_or_create(**ours)
        push = Push.objects.create(**ours, kind="k", subject_id="1", subject_label="Bill 1", entity="Bill")
        made = [
            connection,
            run,
            push,
            PushBatch.objects.create(**ours, size=2),
            PushTry.objects.create(
                company=cast.ridge, push=push, number=1, request_id=push.request_id, began_at=NOW
            ),
            throttle,
            SyncStep.objects.create(company=cast.ridge, run=run, position=1, name="Bills"),
            SyncChange.objects.create(
                company=cast.ridge, run=run, entity="Bill", quickbooks_id="1", action="added"
            ),
            SyncIssue.objects.create(
                **ours,
                reason="r",
                subject_type="item",
                subject_id="1",
                subject_label="x",
                title="t",
                way_out="w",
            ),
            ThrottleLease.objects.create(
                company=cast.ridge, throttle=throttle, arrived_by=NOW, expires_at=NOW
            ),
            Exchange.objects.create(**ours, operation="query", entity="Bill", status=200, intuit_tid="1-abc"),
            ApiUsage.objects.create(**ours, month=NOW.date().replace(day=1)),
            ConnectAttempt.objects.create(
                company=cast.ridge, user=alice, session_hash="SESSION-HASH", state_hash="STATE-HASH"
            ),
            Document.objects.create(
                **ours, entity="Bill", quickbooks_id="145", last_updated_at=NOW, body='{"TotalAmt":13.50}'
            ),
            Feed.objects.create(**ours, entity="Bill"),
            QuickBooksCustomer.objects.create(**ours, quickbooks_id="71", name="Quill", full_name="Quill"),
            QuickBooksItem.objects.create(
                **ours, quickbooks_id="11", name="Framing", full_name="Framing", item_type="Service"
            ),
            QuickBooksVendor.objects.create(**ours, quickbooks_id="31", name="Yard"),
            QuickBooksEmployee.objects.create(
                **ours, quickbooks_id="51", name="Fred", cost_rate=Decimal("31.5")
            ),
            QuickBooksAccount.objects.create(
                **ours, quickbooks_id="1", name="Income", full_name="Income", account_type="Income"
            ),
            ProjectLink.objects.create(**ours, project=cast.ridge_house, customer_ref="71"),
            CostCodeLink.objects.create(**ours, cost_code=cast.framing, item_ref="11"),
            VendorLink.objects.create(**ours, vendor=cast.lumber_yard, vendor_ref="31"),
            EmployeeLink.objects.create(**ours, team_member=cast.fred, employee_ref="51"),
            ProjectRefMapping.objects.create(**ours, project_ref="393", customer_ref="71"),
            ProjectSwitches.objects.create(company=cast.ridge, project=cast.ridge_house),
        ]
    return {str(row._meta.model_name): row for row in made}


@pytest.fixture
def staff(cast: Cast) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_superuser(email="staff@ressio.example", password="x", name="Staff")
    )
    return client


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:integrations_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_can_be_looked_at_and_no_secret_shows(
    staff: Client, rows: dict[str, Any], model: Any
) -> None:
    row = rows[model._meta.model_name]

    listed = staff.get(url(model, "changelist"))
    opened = staff.get(url(model, "change", row.pk))
    searched = staff.get(url(model, "changelist"), {"q": "1"})

    assert [response.status_code for response in (listed, opened, searched)] == [200, 200, 200]
    shown = listed.content.decode() + opened.content.decode()
    assert [secret for secret in (*SECRETS, "SESSION-HASH", "STATE-HASH") if secret in shown] == []
    assert Connection._meta.get_field("realm_hash").name not in shown


def test_all_models_are_registered() -> None:
    assert [model.__name__ for model in MODELS if model not in admin.site._registry] == []


@pytest.mark.parametrize("model", [ProjectSwitches])
def test_the_page_to_add_opens(staff: Client, rows: dict[str, Any], model: Any) -> None:
    assert staff.get(url(model, "add")).status_code == 200


def test_documents_are_shown_whole_and_cannot_be_changed(staff: Client, rows: dict[str, Any]) -> None:
    page = url(Document, "change", rows["document"].pk)

    assert "&quot;TotalAmt&quot;: 13.50" in staff.get(page).content.decode()
    assert staff.post(page, {"body": "{}"}).status_code == 403
    found = staff.get(url(Document, "changelist"), {"q": "145", "entity": "Bill"}).content.decode()
    assert "1 document" in found


def test_switches_are_changed_by_the_verb(staff: Client, cast: Cast, rows: dict[str, Any]) -> None:
    switches = rows["projectswitches"]

    response = staff.post(
        url(ProjectSwitches, "change", switches.pk),
        {"time_tracking": "on", "vendor_credits": "on", "labor_basis": "cost"},
    )

    assert response.status_code == 302
    with scope(company=cast.ridge):
        stored = ProjectSwitches.objects.get()
        assert (stored.time_tracking, stored.vendor_credits, stored.labor_basis) == (True, True, "cost")
        assert stored.time_tracking_since is not None
        activity = Activity.objects.get()
        assert activity.actor is not None
        assert (activity.actor.email, activity.subject_label) == ("staff@ressio.example", "Ridge House")


def test_switches_are_made_for_a_project_that_has_none(
    staff: Client, cast: Cast, rows: dict[str, Any]
) -> None:
    data = {"project": cast.ridge_barn.pk, "vendor_credits": "on", "labor_basis": ""}

    assert staff.post(url(ProjectSwitches, "add"), data).status_code == 302

    with scope(company=cast.ridge):
        assert ProjectSwitches.objects.get(project=cast.ridge_barn).vendor_credits


def test_taking_a_link_away_is_the_verb(staff: Client, cast: Cast, rows: dict[str, Any]) -> None:
    staff.post(url(CostCodeLink, "delete", rows["costcodelink"].pk), {"post": "yes"})
    staff.post(
        url(ProjectLink, "changelist"),
        {"action": "delete_selected", "_selected_action": rows["projectlink"].pk, "post": "yes"},
    )

    with scope(company=cast.ridge):
        assert (CostCodeLink.objects.count(), ProjectLink.objects.count()) == (0, 0)
        verbs = [activity.verb for activity in Activity.objects.order_by("pk")]
        assert verbs == ["unlinked the cost code", "unlinked the project"]


def test_nobody_else_gets_in(
    cast: Cast, rows: dict[str, Any], sign_in: Callable[[TeamMember], Client]
) -> None:
    assert sign_in(cast.alice).get(url(Connection, "changelist")).status_code == 302


def test_pretty_json_keeps_every_digit_and_every_sign() -> None:
    text = '{"a":[],"b":{},"c":[1.50,-2E+3,{"d":"x, \\"y\\": {z}"}],"e":null}'

    pretty = indent_json(text)

    assert json.loads(pretty) == json.loads(text)
    assert pretty.splitlines()[:5] == ["{", '  "a": [],', '  "b": {},', '  "c": [', "    1.50,"]
    assert "".join(pretty.split()) == "".join(text.split())


def test_the_kill_switch_is_an_action_for_staff_who_may_change_connections(
    staff: Client, cast: Cast, rows: dict[str, Any]
) -> None:
    chosen = {"_selected_action": [rows["connection"].pk]}
    looker = User.objects.create_user(email="look@ressio.example", password="x", name="Look", is_staff=True)
    may_look, _ = Permission.objects.get_or_create(
        codename="view_connection", content_type=ContentType.objects.get_for_model(Connection)
    )
    looker.user_permissions.add(may_look)
    only_looking = Client()
    only_looking.force_login(looker)

    def is_stopped() -> bool:
        with scope(company=cast.ridge):
            return Connection.objects.get().pushing_is_stopped

    only_looking.post(url(Connection, "changelist"), {**chosen, "action": "stop_pushing"})
    untouched = is_stopped()
    staff.post(url(Connection, "changelist"), {**chosen, "action": "stop_pushing"})
    stopped = is_stopped()
    staff.post(url(Connection, "changelist"), {**chosen, "action": "resume_pushing"})

    assert (untouched, stopped, is_stopped()) == (False, True, False)
