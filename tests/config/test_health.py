from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from pytest_django import Settings

from config import health

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_working_process_says_ok(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "beat_age_seconds": None}


def test_the_age_of_the_last_tick_is_told() -> None:
    minute = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.MINUTES)
    for name, age in (("older", 90), ("newest", 40)):
        last_run_at = NOW - timedelta(seconds=age)
        PeriodicTask.objects.create(name=name, task="any", interval=minute, last_run_at=last_run_at)
    PeriodicTask.objects.create(name="never run", task="any", interval=minute)

    assert health.build_health_report(now=NOW)["beat_age_seconds"] == 40


@pytest.mark.slow
def test_a_dead_broker_is_named_with_503_and_nothing_more(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "ok", "broker": "down", "beat_age_seconds": None}


def test_a_dead_database_is_named_with_503_and_nothing_more(client: Client) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("connection refused by db.example")

    with connection.execute_wrapper(refuse):
        response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "down", "broker": "ok", "beat_age_seconds": None}


def test_it_answers_over_plain_http_inside_the_network(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/admin/").status_code == 301


def test_it_changes_nothing(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
