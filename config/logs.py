"""Structured logs: JSON lines in production, readable key=value lines at a desk.

What is never logged: amounts, names, e-mail addresses, tokens, secrets. Callers leave them out;
`redact_private` is the last defence, for the day one of them forgets.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

FORMATS = ("json", "console")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
REDACTED = "[redacted]"
PRIVATE_KEY = re.compile(
    r"token|secret|password|authorization|cookie|credential|api_?key|encryption_key"
    r"|^code$|^state$|e_?mail|^name$|_name$|amount|balance|^total$|_total$|price|^rate$|_rate$|payload|body",
    re.IGNORECASE,
)
# Names of things, not of people: they keep the log readable and say nothing about a company's books.
HARMLESS_KEYS = frozenset(
    {"task_name", "child_task_name", "logger_name", "func_name", "sync_token", "event_name", "queue_name"}
)
# A secret inside a text: an OAuth code or token in the URL of an exception message, or the path of a request that
# came by an invitation or a password link (the addresses are in `ressio.urls`). And what PostgreSQL adds to an error:
# the whole row that it refused, with whatever names and amounts are in it.
SECRET_IN_TEXT = re.compile(
    r"(?P<detail>\bDETAIL:\s+)(?s:.+?)(?=\n\n(?:The above|During handling)|\Z)"
    r"|(?P<link>/invitations/|/i/|/reset-password/[\w-]+/)[\w-]{20,}"
    r"|(?P<key>\b(?:code|state|access_token|refresh_token|client_secret|token)=)[^&\s\"']+"
    r"|(?P<scheme>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}",
    re.IGNORECASE,
)


def redact_private(logger: WrappedLogger, method: str, event_dict: EventDict) -> EventDict:
    return {key: redact_value(key, value) for key, value in event_dict.items()}


def redact_value(key: str, value: Any) -> Any:
    if is_private(key, value):
        return REDACTED
    if isinstance(value, dict):
        return {inner: redact_value(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value(key, item) for item in value]
    return redact_text(value) if isinstance(value, str) else value


def is_private(key: str, value: Any) -> bool:
    if key == "code" and isinstance(value, int):
        return False  # an HTTP status; an authorization code is text
    return bool(PRIVATE_KEY.search(key)) and key not in HARMLESS_KEYS


def redact_text(text: str) -> str:
    return SECRET_IN_TEXT.sub(lambda found: f"{found[found.lastgroup or 0]}{REDACTED}", text)


SHARED_PROCESSORS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def build_logging(log_format: str, *, level: str) -> dict[str, Any]:
    """Django's LOGGING: one handler, one formatter, for our own lines and for everybody else's alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": build_formatter(log_format)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # The development server's access log prints query strings, and with them the OAuth code.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": False},
            # Their DEBUG lines hold tokens in clear; never follow LOG_LEVEL down to them.
            "requests_oauthlib": {"level": "WARNING"},
            "oauthlib": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


def build_formatter(log_format: str) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED_PROCESSORS,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Tracebacks become text before redaction, because exception messages may quote URLs.
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            redact_private,
            choose_renderer(log_format),
        ],
    }


def choose_renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(sort_keys=True)
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
