"""Ask for a sync from a terminal or a cron job, and follow it if told to."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.connecting import current_connection
from integrations.models import RunKind, RunStatus, RunTrigger, SyncRun
from integrations.sync import CannotSync, describe_request, request_sync
from ressio.models import Company, Project
from ressio.scoping import scope

POLL_SECONDS = 0.5
# After that somebody should know that there may be no worker.
PATIENCE_SECONDS = 10


class Command(BaseCommand):
    help = "Sync a company with QuickBooks Online: enqueues the run; with --wait follows it to its end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG", help="as in the address: /c/SLUG/")
        parser.add_argument("--kind", choices=RunKind.values, default=RunKind.ALL)
        parser.add_argument("--project", type=int, metavar="ID", help="for which project it is asked")
        parser.add_argument(
            "--full", action="store_true", help="read everything again, not only what changed"
        )
        parser.add_argument("--wait", action="store_true", help="follow the run; exit with 1 when it failed")
        parser.add_argument(
            "--timeout", type=int, default=3600, metavar="SECONDS", help="how long to follow it"
        )
        parser.add_argument("--json", action="store_true", help="print the run as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(f"There is no company {options['company']}.")
        with scope(company=company):
            run = self._request(company, options)
            if options["wait"]:
                self._follow(run, options)
            self._print(run, options)
            if run.status == RunStatus.FAILED:
                raise CommandError(f"The sync failed: {run.error}")

    def _request(self, company: Company, options: dict[str, Any]) -> SyncRun:
        connection = current_connection(company)
        if connection is None:
            raise CommandError("This company is not connected to QuickBooks Online.")
        try:
            run = request_sync(
                connection=connection,
                kind=options["kind"],
                trigger=RunTrigger.COMMAND,
                project=self._find_project(options["project"]),
                is_full=options["full"],
                now=timezone.now(),
            )
        except CannotSync as problem:
            raise CommandError(str(problem)) from problem
        self._say(describe_request(run), options)
        return run

    def _find_project(self, project_id: int | None) -> Project | None:
        if project_id is None:
            return None
        project = Project.objects.filter(pk=project_id).first()
        if project is None:
            raise CommandError(f"This company has no project {project_id}.")
        return project

    def _follow(self, run: SyncRun, options: dict[str, Any]) -> None:
        """The row is the truth; whichever worker carries it out, this reads it."""
        began = time.monotonic()
        warned = False
        while run.is_active:
            waited = time.monotonic() - began
            if waited > options["timeout"]:
                raise CommandError("The sync goes on, but this command has waited long enough.")
            if run.status == RunStatus.QUEUED and waited > PATIENCE_SECONDS and not warned:
                self.stderr.write("No worker has taken it up yet. Is one running?")
                warned = True
            time.sleep(POLL_SECONDS)
            run.refresh_from_db()

    def _say(self, words: str, options: dict[str, Any]) -> None:
        if not options["json"]:
            self.stdout.write(words)

    def _print(self, run: SyncRun, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(as_json(run)))
        elif run.status == RunStatus.SUCCEEDED:
            self.stdout.write(
                f"Done: {run.changed_count} new or changed, {run.deleted_count} deleted, "
                f"{run.request_count} requests."
            )


def as_json(run: SyncRun) -> dict[str, Any]:
    steps = run.steps.order_by("position")
    return {
        "id": run.pk,
        "kind": run.kind,
        "is_full": run.is_full,
        "joined": run.was_joined,
        "status": run.status,
        "changed": run.changed_count,
        "deleted": run.deleted_count,
        "requests": run.request_count,
        "error": run.error,
        "error_code": run.error_code,
        "note": run.note,
        "steps": [
            {
                "name": step.name,
                "status": step.status,
                "done": step.done,
                "total": step.total,
                "changed": step.changed,
                "deleted": step.deleted,
                "message": step.message,
            }
            for step in steps
        ],
    }
