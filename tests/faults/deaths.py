"""Where a worker dies: at an exact step of a push, by its own hand, once a warrant for that step lies in the folder.

The steps are seen from outside the product, in the statements that go to the database and in Celery's own signals.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.signals import before_task_publish
from django.db import connection
from django.db.backends.signals import connection_created

IN_THE_CLAIM = "in the claim"
CLAIMED = "after the claim, before the request"
ANSWERED = "after the answer, before the outcome"
IN_THE_OUTCOME = "in the outcome's transaction"
BEFORE_THE_BELL = "between the outcome and the bell"
STEPS = (IN_THE_CLAIM, CLAIMED, ANSWERED, IN_THE_OUTCOME, BEFORE_THE_BELL)


class Warrants:
    """A file for each; whoever renames it first is the one that dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def issue(self, step: str) -> None:
        self._path(step).touch()

    def withdraw(self, step: str) -> bool:
        """False when it was carried out."""
        try:
            self._path(step).unlink()
        except FileNotFoundError:
            return False
        return True

    def is_pending(self, step: str) -> bool:
        return self._path(step).exists()

    def carry_out(self, step: str) -> None:
        try:
            self._path(step).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def _path(self, step: str) -> Path:
        return self.folder / f"{step}.warrant"


class Watch:
    """Follows one worker through a push."""

    def __init__(self, warrants: Warrants) -> None:
        self.warrants = warrants
        self.has_claimed = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if sql.startswith('INSERT INTO "integrations_pushtry"'):
            self.warrants.carry_out(IN_THE_CLAIM)
            self.has_claimed = True
        elif sql.startswith('UPDATE "integrations_pushtry"'):
            self.warrants.carry_out(IN_THE_OUTCOME)
            self.has_claimed = False
        elif self.has_claimed and '"integrations_throttle"' in sql:
            self.warrants.carry_out(CLAIMED)
        elif self.has_claimed and sql.startswith('INSERT INTO "integrations_exchange"'):
            self.warrants.carry_out(ANSWERED)
        return execute(sql, params, many, context)


def install(folder: Path) -> None:
    warrants = Warrants(folder)
    watch = Watch(warrants)

    def follow(sender: object, connection: Any, **kwargs: Any) -> None:
        if watch not in connection.execute_wrappers:  # the same connection is opened again and again
            connection.execute_wrappers.append(watch)

    def refuse_bell(sender: object, **kwargs: Any) -> None:
        if "perform_push" in str(sender):
            warrants.carry_out(BEFORE_THE_BELL)

    connection_created.connect(follow, weak=False)
    before_task_publish.connect(refuse_bell, weak=False)
    assert connection.connection is None, "a connection from before would not be watched"
