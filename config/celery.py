"""The Celery application. Tasks carry wake-ups only; the rows in the database are the queue of record."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.core.exceptions import ImproperlyConfigured
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ressio")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Carries `request_id` from the web request into the task: one id for both and for Intuit's `intuit_tid`.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_django_logging(**kwargs: Any) -> None:
    """Having a receiver is enough: Celery then leaves the logging that Django has set up alone."""


@worker_init.connect
@beat_init.connect
def check_before_start(**kwargs: Any) -> None:
    """A worker or beat with unsafe settings must not come up; see `config.checks`."""
    from config.checks import refuse_unsafe_start  # needs the app registry, which is ready only by now

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as problem:
        raise SystemExit(str(problem)) from None  # Celery logs and forgets any other exception of a receiver
