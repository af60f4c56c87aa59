"""Work that a page does not wait for."""

from celery import shared_task
from django.utils import timezone

from ressio.files.upkeep import remove_orphans
from ressio.people.mails import mail_password_reset


@shared_task(name="ressio.send_password_reset")
def send_password_reset(email: str, site: str) -> None:
    """Apart from the page, so that how long the page takes does not tell whether the account exists."""
    mail_password_reset(email, site=site)


@shared_task(name="ressio.remove_orphan_files")
def remove_orphan_files() -> None:
    """Nightly. What it finds is left over from uploads that were rolled back."""
    remove_orphans(now=timezone.now())
