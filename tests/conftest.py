"""What every test can lean on. Rules that hold for all tests live in `pyproject.toml`."""

import gc
from collections.abc import Iterator

import pytest
from django.contrib.auth.management import create_permissions
from django.db.models.signals import post_migrate
from django.template import Engine
from hypothesis import settings as hypothesis_settings

from tests.support.sandbox import Realm, Sandbox, run_sandbox
from tests.support.templates import LoudUndefined


def pytest_collection_finish() -> None:
    """Modules stay until the end: whoever looks for garbage need not look through them, nor as often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


pytest_plugins = ["tests.support.cast"]

# No timing in tests: a busy machine must not fail a property.
hypothesis_settings.register_profile("ressio", deadline=None)
hypothesis_settings.load_profile("ressio")


@pytest.fixture(autouse=True, scope="session")
def undefined_template_variables_fail() -> Iterator[None]:
    """`{{ misspelt }}` renders as nothing in production, and nobody notices; here it fails the test."""
    engine = Engine.get_default()
    before, engine.string_if_invalid = engine.string_if_invalid, LoudUndefined("%s")
    yield
    engine.string_if_invalid = before


@pytest.fixture(autouse=True, scope="session")
def permission_rows_are_not_made_anew() -> Iterator[None]:
    """Django writes them after each test that commits, hundreds of rows that no rule of ours reads."""
    uid = "django.contrib.auth.management.create_permissions"
    post_migrate.disconnect(dispatch_uid=uid)
    yield
    post_migrate.connect(create_permissions, dispatch_uid=uid)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A running stand-in for QuickBooks Online, one for each test process; `realm` has books to write in."""
    with run_sandbox() as running:
        yield running


@pytest.fixture
def realm(sandbox: Sandbox) -> Iterator[Realm]:
    """Empty books of its own for each test, so that tests share a server and nothing else."""
    books = sandbox.open_company()
    yield books
    books.close()
