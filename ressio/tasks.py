"""Work that a page does not wait for."""

from celery import shared_task

from ressio.people.mails import mail_password_reset


@shared_task(name="ressio.send_password_reset")
def send_password_reset(email: str, site: str) -> None:
    """Apart from the page, so that how long the page takes does not tell whether the account exists."""
    mail_password_reset(email, site=site)
