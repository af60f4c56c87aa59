"""`/healthz`: is this process able to work? For load balancers and container health checks."""

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask
from kombu import Connection
from kombu.exceptions import KombuError

logger = structlog.get_logger(__name__)

BROKER_TIMEOUT_SECONDS = 2


@require_safe
def show_health(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer, else 503. Says which one failed and never why: the log does."""
    report = build_health_report(now=timezone.now())
    return JsonResponse(report, status=200 if report["status"] == "ok" else 503)


def build_health_report(*, now: datetime) -> dict[str, Any]:
    parts = {"database": is_database_up(), "broker": is_broker_up()}
    words = {part: "ok" if up else "down" for part, up in parts.items()}
    age = measure_beat_age(now=now) if parts["database"] else None
    return {"status": "ok" if all(parts.values()) else "down", **words, "beat_age_seconds": age}


def is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("health_database_down")
        return False
    return True


def is_broker_up() -> bool:
    try:
        with open_broker() as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)
    except (KombuError, OSError):
        logger.exception("health_broker_down")
        return False
    return True


def open_broker() -> Connection:
    return Connection(
        settings.CELERY_BROKER_URL,
        connect_timeout=BROKER_TIMEOUT_SECONDS,
        transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
    )


def measure_beat_age(*, now: datetime) -> int | None:
    """Whole seconds since beat last sent anything; None before its first tick or without migrations.

    Information, not a verdict: a stopped beat makes things late, and a web process is not cured by a restart.
    """
    try:
        last = PeriodicTask.objects.filter(last_run_at__isnull=False).order_by("-last_run_at").first()
    except DatabaseError:
        return None
    return int((now - last.last_run_at).total_seconds()) if last and last.last_run_at else None
