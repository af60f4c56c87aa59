"""Ressio as it is, with shorter waits: nobody wants to sit through minutes for each dead worker."""

import os

from config.settings import *  # what is tested is the product, with its own settings
from config.settings import DATABASES, USES_SQLITE


class NoMigrations:
    """Of no app at all: Django then makes the tables straight from the models."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if os.environ.get("FAULTS_MIGRATE") != "yes":
    # As `make test-fast` does: the other tests apply them.
    MIGRATION_MODULES = NoMigrations()
if USES_SQLITE:
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

# A dead worker is noticed after the first, and sent again after both; they stay longer than any request takes here.
QBO_WRITE_LEASE = 1.5
QBO_SYNC_LEASE = 4.0
QBO_WRITE_SETTLES = 0.7
QBO_WRITE_TRY_AGAIN = 0.5
QBO_THROTTLE_PAUSE = 0.3
QBO_RETRY_WAIT = 0.05
QBO_CONNECT_TIMEOUT = 5.0
QBO_READ_TIMEOUT = 10.0
QBO_TOKEN_TIMEOUT = 2.0
QBO_REFRESH_LEASE = 3.0
# The stand-in has no limits of its own here. Places in flight of dead workers are free again only after time-outs.
QBO_LIMIT_PER_SECOND = QBO_LIMIT_PER_MINUTE = QBO_LIMIT_BATCHES_PER_MINUTE = QBO_LIMIT_IN_FLIGHT = 100_000
