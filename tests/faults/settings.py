"""Ressio as it is, with shorter waits: nobody wants to sit through minutes for each dead worker."""

import os

from config.settings import *  # what is tested is the product, with its own settings
from config.settings import DATABASES, USES_SQLITE

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOCKED_OUT_OF_HISTORY = os.environ.get("FAULTS_MIGRATE") != "yes"
if LOCKED_OUT_OF_HISTORY:
    # Tables straight from the models, as `make test-fast` does: `make test` proves the migrations elsewhere.
    MIGRATION_MODULES = dict.fromkeys(
        ("ressio", "integrations", "budgets", "invoicing", "timeclock", "django_celery_beat", "config")
    )
if USES_SQLITE:
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

# A dead worker is noticed after the first, and sent again after both; they stay longer than any request takes here.
QBO_WRITE_LEASE = 2.0
QBO_WRITE_SETTLES = 1.0
QBO_WRITE_TRY_AGAIN = 1.0
QBO_THROTTLE_PAUSE = 0.3
QBO_RETRY_WAIT = 0.05
QBO_CONNECT_TIMEOUT = 5.0
QBO_READ_TIMEOUT = 10.0
QBO_TOKEN_TIMEOUT = 2.0
QBO_REFRESH_LEASE = 3.0
# The stand-in has no limits of its own here. Places in flight of dead workers are free again only after time-outs.
QBO_LIMIT_PER_SECOND = QBO_LIMIT_PER_MINUTE = QBO_LIMIT_BATCHES_PER_MINUTE = QBO_LIMIT_IN_FLIGHT = 100_000
