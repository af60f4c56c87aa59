"""The tests' own tables come straight from the models; here the migrations make them, on the database in use."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from config.env import BASE_DIR

NAME = "ressio_migrated"


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """Its address."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    address = urlsplit(os.environ["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{NAME}{worker}"')
    yield urlunsplit(address._replace(path=f"/{NAME}{worker}"))
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{NAME}{worker}"')


EVERYTHING = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from ressio.scoping import scopes_disabled
call_command("migrate", verbosity=0)
with scopes_disabled():
    for model in apps.get_models():
        if model._meta.managed:
            list(model._base_manager.all()[:1])
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_migrations_make_every_table_with_every_column(empty_database: str) -> None:
    environment = {**os.environ, "DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", EVERYTHING]

    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
