"""The record of what was asked: counted once, kept for a month, joined with our own log."""

from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from django.utils import timezone
from pytest_django import Settings

from integrations.gateway import Gateway
from integrations.gateway.exchanges import count_usage, prune_exchanges
from integrations.models import ApiUsage, Connection, Exchange, RunKind, RunTrigger, SyncRun
from ressio.scoping import scope
from tests.support.cast import Cast
from tests.support.quickbooks import make_connection
from tests.support.workers import run_threads


def test_an_exchange_carries_the_request_id_and_the_run(connection: Connection) -> None:
    with scope(company=connection.company_id):
        run = SyncRun.objects.create(
            company_id=connection.company_id,
            connection=connection,
            kind=RunKind.LISTS,
            trigger=RunTrigger.BUTTON,
        )
    with structlog.contextvars.bound_contextvars(request_id="request-1"):
        gateway = Gateway(connection, run=run)

    gateway.count("Vendor")

    with scope(company=connection.company_id):
        exchange = Exchange.objects.get()
    assert (exchange.request_id, exchange.run_id) == ("request-1", run.pk)
    assert (exchange.operation, exchange.entity, exchange.status) == ("query", "Vendor", 200)
    assert exchange.intuit_tid
    assert exchange.milliseconds < 60_000


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 31, 20, 0, tzinfo=UTC) + timedelta(hours=4), date(2026, 4, 1)),
    ],
)
def test_usage_is_counted_by_calendar_month(cast: Cast, now: datetime, month: date) -> None:
    connection = make_connection(cast.ridge, realm_id="1")
    with scope(company=cast.ridge):
        count_usage(connection, now=now, is_metered=True)
        count_usage(connection, now=now, is_metered=False)

        usage = ApiUsage.objects.get()

    assert (usage.month, usage.requests, usage.metered) == (month, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_no_request_is_lost_from_the_count(connection: Connection) -> None:
    def ask() -> None:
        for _ in range(5):
            Gateway(connection).count("Vendor")

    run_threads(6, ask)

    with scope(company=connection.company_id):
        usage = ApiUsage.objects.get()
        assert (usage.requests, usage.metered, Exchange.objects.count()) == (30, 30, 30)


def test_exchanges_are_forgotten_after_thirty_days_and_counts_are_not(cast: Cast, settings: Settings) -> None:
    now = timezone.now()
    for company in (cast.ridge, cast.summit):
        connection = make_connection(company, realm_id=company.slug)
        with scope(company=company):
            count_usage(connection, now=now, is_metered=True)
            for days in (29, 31, 45):
                Exchange.objects.create(
                    company=company, connection=connection, operation="query", at=now - timedelta(days=days)
                )

    assert prune_exchanges(now=now) == 4

    for company in (cast.ridge, cast.summit):
        with scope(company=company):
            assert (Exchange.objects.count(), ApiUsage.objects.count()) == (1, 1)
