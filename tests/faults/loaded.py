"""Loaded once by the fork server, before anything else: all of Ressio and of Celery, for every process forked later."""

from importlib import import_module

import django

BEFORE_THE_FIRST = (
    "celery.apps.beat",
    "celery.apps.worker",
    "django_celery_beat.schedulers",
    "config.celery",
)

django.setup()
for name in BEFORE_THE_FIRST:
    import_module(name)
import_module("config.celery").app.loader.import_default_modules()
