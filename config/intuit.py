"""Intuit's addresses, per environment. The only place where they are written."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import ENVIRONMENT, Environment, env


class QuickBooksEnvironment(StrEnum):
    """Whose books are at the other end."""

    PRODUCTION = "production"
    """Real companies."""
    SANDBOX = "sandbox"
    """A developer company at Intuit: real servers, invented books."""
    STAND_IN = "stand-in"
    """The server in `integrations/sandbox`, for demos, training and tests."""


@dataclass(frozen=True)
class Endpoints:
    api_base: str
    authorize: str
    token: str
    revoke: str
    discovery: str
    web: str
    """Where a person opens a document in QuickBooks itself."""


def build_intuit_endpoints(*, api_base: str, discovery: str, web: str) -> Endpoints:
    """Sign-in, token and revocation addresses are the same for Intuit's production and sandbox."""
    return Endpoints(
        api_base=api_base,
        authorize="https://appcenter.intuit.com/connect/oauth2",
        token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        discovery=f"https://developer.api.intuit.com/.well-known/{discovery}",
        web=web,
    )


def build_stand_in_endpoints(base: str) -> Endpoints:
    base = base.rstrip("/")
    return Endpoints(
        api_base=base,
        authorize=f"{base}/connect/oauth2",
        token=f"{base}/oauth2/v1/tokens/bearer",
        revoke=f"{base}/v2/oauth2/tokens/revoke",
        discovery=f"{base}/.well-known/openid_sandbox_configuration",
        web=f"{base}/books",
    )


INTUIT_ENDPOINTS = {
    QuickBooksEnvironment.PRODUCTION: build_intuit_endpoints(
        api_base="https://quickbooks.api.intuit.com",
        discovery="openid_configuration",
        web="https://qbo.intuit.com/app",
    ),
    QuickBooksEnvironment.SANDBOX: build_intuit_endpoints(
        api_base="https://sandbox-quickbooks.api.intuit.com",
        discovery="openid_sandbox_configuration",
        web="https://sandbox.qbo.intuit.com/app",
    ),
    QuickBooksEnvironment.STAND_IN: build_stand_in_endpoints(
        env.str("QBO_STAND_IN_URL", "http://127.0.0.1:9050")
    ),
}


def read_quickbooks_environment() -> QuickBooksEnvironment:
    """In production nothing but real books is a sensible default; elsewhere nothing but invented ones."""
    production = ENVIRONMENT is Environment.PRODUCTION
    default = QuickBooksEnvironment.PRODUCTION if production else QuickBooksEnvironment.STAND_IN
    name = env.str("QBO_ENVIRONMENT", default)
    try:
        return QuickBooksEnvironment(name)
    except ValueError:
        choices = ", ".join(QuickBooksEnvironment)
        raise ImproperlyConfigured(f"QBO_ENVIRONMENT is {name!r}; it must be one of: {choices}.") from None


LOOPBACK_NAMES = ("localhost", "127.0.0.1")


def list_consent_origins(authorize_url: str) -> list[str]:
    """Where the answer to the Connect form may send the browser, for the form-action rule of the page policy.

    Browsers hold redirects after a form to that rule too, and Intuit's consent page redirects once more to
    its own sign-in host.
    """
    parts = urlsplit(authorize_url)
    host = parts.hostname or ""
    if host == "intuit.com" or host.endswith(".intuit.com"):
        return ["https://*.intuit.com"]
    if host in LOOPBACK_NAMES:
        # The stand-in's discovery document may call this machine by the other name than our settings do.
        names = (host, *(name for name in LOOPBACK_NAMES if name != host))
        return [f"{parts.scheme}://{name}:{parts.port or 80}" for name in names]
    return [f"{parts.scheme}://{parts.netloc}"]
