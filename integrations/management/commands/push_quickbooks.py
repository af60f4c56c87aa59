"""Send to QuickBooks from a terminal or a cron job, in this process; or look at what would be sent."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrations.connecting import current_connection
from integrations.models import Connection, Push, PushState
from integrations.outbox.draining import Preview, on_the_way, preview_open, send_due
from ressio.models import Company
from ressio.scoping import scope

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Send what is due to QuickBooks Online, here and now, in batches where there are several."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG", help="as in the address: /c/SLUG/")
        parser.add_argument("--kind", default="", help="only this kind of thing, such as bill")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what each waiting thing would send and do to the budget, and what is held; send nothing",
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="until nothing is on its way; exit with 1 when something is held",
        )
        parser.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="how long to wait")

    def handle(self, *args: Any, **options: Any) -> None:
        company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(f"There is no company {options['company']}.")
        with scope(company=company):
            connection = self._find_connection(company)
            if options["dry_run"]:
                self._show(connection, options["kind"])
                return
            self._refuse_unusable(connection)
            send_due(connection, kind=options["kind"])
            if options["wait"]:
                self._wait(connection, options)
            self._report(connection, options)

    def _find_connection(self, company: Company) -> Connection:
        connection = current_connection(company)
        if connection is None:
            raise CommandError("This company is not connected to QuickBooks Online.")
        return connection

    def _refuse_unusable(self, connection: Connection) -> None:
        if not connection.is_usable:
            raise CommandError(f"QuickBooks Online: {connection.get_status_display().lower()}.")
        if connection.pushing_is_stopped:
            raise CommandError(
                "Sending to QuickBooks is stopped. An Admin resumes it in Settings → Integrations."
            )

    # Looking --------------------------------------------------------------------------------------------------

    def _show(self, connection: Connection, kind: str) -> None:
        previews = preview_open(connection, kind=kind)
        for preview in previews:
            self._show_one(preview)
        held = sum(preview.is_held for preview in previews)
        would_be = sum(not preview.document and not preview.is_held for preview in previews)
        self.stdout.write(
            f"{len(previews) - held} waiting, {would_be} of them would be held. {held} held already. Nothing was sent."
        )

    def _show_one(self, preview: Preview) -> None:
        push = preview.push
        self.stdout.write(f"{push.pk} {push.kind} {push.subject_id}: {push}")
        if preview.document:
            self.stdout.write(preview.document)
        else:
            word = "held" if preview.is_held else "would be held"
            self.stdout.write(f"  {word} ({preview.hold_code}): {preview.hold_sentence}")
        for sentence in preview.effects:
            self.stdout.write(f"  {sentence}")

    # Sending --------------------------------------------------------------------------------------------------

    def _wait(self, connection: Connection, options: dict[str, Any]) -> None:
        ends = time.monotonic() + options["timeout"]
        while on_the_way(connection, kind=options["kind"], now=timezone.now()).exists():
            if time.monotonic() > ends:
                raise CommandError("Something is still on its way, but this command has waited long enough.")
            time.sleep(POLL_SECONDS)
            connection.refresh_from_db()
            self._refuse_unusable(connection)
            send_due(connection, kind=options["kind"])

    def _report(self, connection: Connection, options: dict[str, Any]) -> None:
        kind = options["kind"]
        held = Push.objects.filter(connection=connection, state=PushState.HELD)
        held = held.filter(kind=kind) if kind else held
        for push in held.order_by("pk"):
            self.stdout.write(f"{push.pk} {push}: held ({push.hold_code}): {push.hold_sentence}")
        left = on_the_way(connection, kind=kind, now=timezone.now()).count()
        self.stdout.write(f"{left} on the way, {held.count()} held.")
        if options["wait"] and held.exists():
            raise CommandError("Something is held: somebody has to decide.")
