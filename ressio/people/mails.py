"""The few letters Ressio writes. Plain text; a link in them is the only thing to press."""

import smtplib
from urllib.parse import urljoin

import structlog
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ressio.models import Invitation, User

logger = structlog.get_logger(__name__)


def mail_invitation(invitation: Invitation, *, link: str) -> bool:
    """False when the mail could not be handed over; the link then has to be copied."""
    subject = f"{invitation.invited_by.name} invites you to {invitation.company.name} on Ressio"
    context = {"invitation": invitation, "link": link, "support_email": settings.SUPPORT_EMAIL}
    return send_letter(subject, "ressio/mail/invitation.txt", context, to=invitation.team_member.email)


def mail_password_reset(email: str, *, site: str) -> None:
    """Writes to the person with that e-mail, if there is one. `site` is the address of this site's front page."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    link = urljoin(site, reverse("reset-password-link", kwargs={"uidb64": uid, "token": token}))
    context = {"user": user, "link": link, "support_email": settings.SUPPORT_EMAIL}
    send_letter("Choose a new password for Ressio", "ressio/mail/password_reset.txt", context, to=user.email)


def send_letter(subject: str, template: str, context: dict[str, object], *, to: str) -> bool:
    one_line = " ".join(subject.split())  # a name with a line break must not become a mail header
    try:
        return bool(send_mail(one_line, render_to_string(template, context), None, [to]))
    except (smtplib.SMTPException, OSError):
        logger.exception("mail_failed", template=template)
        return False
