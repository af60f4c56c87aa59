"""System checks: what is missing or unsafe in the settings, each with an id and a way out.

`manage.py check` prints them; web, worker and beat refuse to start on an error (`refuse_unsafe_start`).
"""

import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.checks import Warning as Caution
from django.core.checks.messages import ERROR
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages

from config.intuit import QuickBooksEnvironment

TAG = "ressio"
# Whole, and of plain characters: where a parser sees the end of a host is not what every client sees
# ("evil.example\\.intuit.com"). No name or password before it.
INTUIT_HOST = re.compile(r"(?:[a-z0-9-]+\.)*intuit\.com(?::\d+)?", re.IGNORECASE)
QUICKBOOKS_URLS = (
    "QBO_API_BASE_URL",
    "QBO_AUTHORIZE_URL",
    "QBO_TOKEN_URL",
    "QBO_REVOKE_URL",
    "QBO_DISCOVERY_URL",
    "QBO_WEB_URL",
)
MAKE_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
# The file broker of one machine, and the one in memory of the tests.
BROKERS = {"redis", "rediss", "filesystem", "memory"}
# May be nothing; every other tuned number counts or limits something and is one at least.
WAITS = {"QBO_LIMIT_PATIENCE", "QBO_THROTTLE_PAUSE", "QBO_RETRY_WAIT"}
MIN_SECRET_LENGTH = 50
MIN_DIFFERENT_CHARACTERS = 10
MAIL_TO_TERMINAL = "django.core.mail.backends.console.EmailBackend"


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured that lists every error at once, so that one restart can mend them all."""
    problems = [found for found in run_checks(tags=[TAG]) if found.level >= ERROR and not found.is_silenced()]
    if problems:
        lines = "\n".join(f"  {found}" for found in problems)
        raise ImproperlyConfigured(f"Ressio will not start with these settings:\n{lines}")


@register(TAG)
def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or is_strong_secret(read_secret_key()):
        return []
    hint = f"Set SECRET_KEY to at least {MIN_SECRET_LENGTH} random characters, the same on every machine."
    return [Error("SECRET_KEY is missing, too short or easy to guess.", hint=hint, id="ressio.E001")]


def is_strong_secret(key: str) -> bool:
    """Long, not one character over and over, and not a key that Django made for development."""
    is_varied = len(set(key)) >= MIN_DIFFERENT_CHARACTERS
    return len(key) >= MIN_SECRET_LENGTH and is_varied and not key.startswith("django-insecure-")


def read_secret_key() -> str:
    """ "" when there is none: Django raises on that, which would hide every other problem from the list."""
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""


@register(TAG)
def check_encryption_keys(**kwargs: Any) -> list[CheckMessage]:
    keys: list[str] = settings.TOKEN_ENCRYPTION_KEYS
    if not keys:
        hint = f"QuickBooks Online tokens are stored encrypted. Make a key with: {MAKE_KEY}"
        return [Error("TOKEN_ENCRYPTION_KEYS is not set.", hint=hint, id="ressio.E002")]
    bad = [number for number, key in enumerate(keys, start=1) if not is_fernet_key(key)]
    if not bad:
        return []
    message = f"TOKEN_ENCRYPTION_KEYS: not a Fernet key at position {', '.join(map(str, bad))}."
    return [Error(message, hint=f"Make a key with: {MAKE_KEY}", id="ressio.E003")]


def is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(TAG)
def check_debug(**kwargs: Any) -> list[CheckMessage]:
    if not (settings.DEBUG and (settings.PRODUCTION or is_real_books())):
        return []
    hint = "Unset DEBUG: error pages with it show settings, queries and a company's data."
    return [Error("DEBUG is on with real data.", hint=hint, id="ressio.E004")]


def is_real_books() -> bool:
    return bool(settings.QBO_ENVIRONMENT == QuickBooksEnvironment.PRODUCTION)


@register(TAG)
def check_quickbooks_hosts(**kwargs: Any) -> list[CheckMessage]:
    """A token sent to another host gives a company's books away: with real books, Intuit's hosts only."""
    if not (settings.PRODUCTION or is_real_books()):
        return []
    if settings.QBO_ENVIRONMENT == QuickBooksEnvironment.STAND_IN:
        hint = "Set QBO_ENVIRONMENT to production, or to sandbox for a developer company at Intuit."
        message = "The stand-in for QuickBooks Online is used in production."
        return [Error(message, hint=hint, id="ressio.E005")]
    return [
        Error(
            f"{name} is not an https address of Intuit.",
            hint=f"Unset {name}; the right one follows from QBO_ENVIRONMENT.",
            id="ressio.E006",
        )
        for name in QUICKBOOKS_URLS
        if not is_intuit_url(getattr(settings, name))
    ]


def is_intuit_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and INTUIT_HOST.fullmatch(parts.netloc) is not None


@register(TAG)
def check_redirect_uri(**kwargs: Any) -> list[CheckMessage]:
    """Intuit accepts http and localhost for development keys only, and never an IP address."""
    if not (settings.PRODUCTION or is_real_books()) or is_public_https(settings.QBO_REDIRECT_URI):
        return []
    hint = "Set QBO_REDIRECT_URI to the https address of the callback page, exactly as in the app at Intuit."
    message = "QBO_REDIRECT_URI must be https with a public host name, not localhost and not an IP address."
    return [Error(message, hint=hint, id="ressio.E007")]


def is_public_https(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not host.endswith(".localhost") and not is_ip(host)


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@register(TAG)
def check_quickbooks_app(**kwargs: Any) -> list[CheckMessage]:
    """A warning only: Ressio works without QuickBooks Online, it just cannot be connected."""
    missing = [name for name in ("QBO_CLIENT_ID", "QBO_CLIENT_SECRET") if not getattr(settings, name)]
    if not missing:
        return []
    hint = "Copy it from Keys & credentials of the app at developer.intuit.com."
    return [Caution(f"{name} is not set.", hint=hint, id="ressio.W001") for name in missing]


@register(TAG)
def check_stores(**kwargs: Any) -> Sequence[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    found = []
    if settings.USES_SQLITE:
        hint = "Set DATABASE_URL to PostgreSQL. SQLite takes one writer at a time and one machine."
        found.append(Caution("SQLite is used in production.", hint=hint, id="ressio.W002"))
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        hint = "Set REDIS_URL. The file broker loses the task that a killed worker was running."
        found.append(Caution("The file broker is used in production.", hint=hint, id="ressio.W003"))
    return found


@register(TAG)
def check_broker(**kwargs: Any) -> list[CheckMessage]:
    if urlsplit(settings.CELERY_BROKER_URL).scheme in BROKERS:
        return []
    hint = "Set REDIS_URL like redis://host:6379/0, or rediss:// for an encrypted connection."
    return [Error("REDIS_URL is not an address of Redis.", hint=hint, id="ressio.E009")]


@register(TAG)
def check_limits(**kwargs: Any) -> list[CheckMessage]:
    """With a limit of nothing every request to QuickBooks Online would wait for ever."""
    wrong = [name for name, value in settings.QBO_TUNED.items() if not is_possible(name, value)]
    hint = "docs/quickbooks-app.md lists the defaults; unset it to use them."
    return [Error(f"{name} is out of range.", hint=hint, id="ressio.E010") for name in wrong]


def is_possible(name: str, value: float) -> bool:
    if name == "QBO_LIMIT_RESERVE":
        return 0 <= value < 1
    if name in WAITS:
        return value >= 0
    return value >= 1


@register(TAG)
def check_files(**kwargs: Any) -> list[CheckMessage]:
    """Here for folders of this machine only: a check must not wait for a network."""
    storage = storages["files"]
    folders = [Path(settings.FILE_UPLOAD_TEMP_DIR)]
    if isinstance(storage, FileSystemStorage):
        folders.append(Path(storage.location))
    hint = "Make it, for the user that Ressio runs as, or set FILES_DIR (files) and RESSIO_VAR_DIR (uploads)."
    missing = [
        Error(f"{folder} is no folder that can be written.", hint=hint, id="ressio.E011")
        for folder in folders
        if not is_writable(folder)
    ]
    return [*missing, *check_files_are_private(folders)]


def is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def check_files_are_private(folders: Sequence[Path]) -> list[CheckMessage]:
    hint = "Set FILES_DIR to a folder outside STATIC_ROOT: what lies in there is handed to anybody."
    return [
        Error(f"{folder} is served by the web server.", hint=hint, id="ressio.E012")
        for folder in folders
        if folder.resolve().is_relative_to(Path(settings.STATIC_ROOT).resolve())
    ]


@register(TAG)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.EMAIL_BACKEND != MAIL_TO_TERMINAL:
        return []
    hint = "Set EMAIL_URL. Until then nobody gets a letter, and links that sign people in stand in the logs."
    return [Caution("Mail is printed instead of sent.", hint=hint, id="ressio.W004")]


@register(TAG)
def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or (settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS):
        return []
    hint = "Set ALLOWED_HOSTS to the host names of this site, separated by commas."
    return [Error("ALLOWED_HOSTS is empty or allows every host.", hint=hint, id="ressio.E008")]
