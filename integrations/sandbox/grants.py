"""Who may do what for how long: clients, authorization codes, grants with their tokens, and the rotation rules."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from threading import RLock
from typing import Any

from integrations.sandbox.clock import Clock
from integrations.sandbox.switches import Switches

CODE_SECONDS = 300
ACCESS_SECONDS = 3600
# Samples show 101 days right after connecting.
REFRESH_SECONDS = 8_726_400
HARD_CAP_SECONDS = 5 * 365 * 24 * 3600
ROTATION_SECONDS = 24 * 3600
GRACE_SECONDS = 24 * 3600


class OAuthRefusal(Exception):
    """An error of the token endpoints, which is not in Fault format."""

    def __init__(self, error: str, status: int = 400, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.description = description


@dataclass
class Code:
    client: str
    realm: str
    redirect_uri: str
    scope: str
    expires: int


@dataclass
class Grant:
    """One authorization of one company. ``spent`` maps former refresh values to when they were replaced."""

    client: str
    realm: str
    scope: str
    authorized_at: int
    refresh: str = ""
    refresh_issued_at: int = 0
    spent: dict[str, int] = field(default_factory=dict)
    revoked: bool = False


@dataclass
class Access:
    grant: int
    expires: int


class Grants:
    """Thread-safe. Clock and switches are those of the grant's company.

    ``changed`` is called after every change, for persistence."""

    def __init__(self, clock_of: Callable[[str], Clock], switches_of: Callable[[str], Switches]) -> None:
        self._clock_of = clock_of
        self._switches_of = switches_of
        self._lock = RLock()
        self._clients: dict[str, str] = {}
        self._codes: dict[str, Code] = {}
        self._grants: dict[int, Grant] = {}
        self._access: dict[str, Access] = {}
        self.changed: Any = lambda: None

    # Clients and codes

    def check_client(self, client: str, secret: str) -> None:
        """Any pair is believed at first sight; afterwards a known id needs the same secret."""
        with self._lock:
            if not client or not secret or self._clients.setdefault(client, secret) != secret:
                raise OAuthRefusal("invalid_client", 401)

    def issue_code(self, client: str, realm: str, redirect_uri: str, scope: str) -> str:
        with self._lock:
            code = "AB11" + secrets.token_urlsafe(36)
            self._codes[code] = Code(client, realm, redirect_uri, scope, self._now(realm) + CODE_SECONDS)
            self.changed()
            return code

    def exchange_code(self, client: str, code: str, redirect_uri: str) -> dict[str, Any]:
        """A code works once, for the client and redirect URI it was made for, for five minutes."""
        with self._lock:
            found = self._codes.pop(code, None)
            fits = found and found.client == client and found.redirect_uri == redirect_uri
            if found is None or not fits or found.expires <= self._now(found.realm):
                raise OAuthRefusal("invalid_grant")
            return self.issue_tokens(client, found.realm, found.scope)

    # Tokens

    def issue_tokens(self, client: str, realm: str, scope: str) -> dict[str, Any]:
        with self._lock:
            number = max(self._grants, default=0) + 1
            grant = self._grants[number] = Grant(client, realm, scope, self._now(realm))
            self._renew(grant)
            return self._answer(number, grant)

    def refresh(self, client: str, value: str) -> dict[str, Any]:
        with self._lock:
            number, grant = self._find_refresh(client, value)
            age = self._now(grant.realm) - grant.refresh_issued_at
            due = self._switches_of(grant.realm)["refresh_rotation"] == "each" or age >= ROTATION_SECONDS
            if due and value == grant.refresh:
                grant.spent[value] = self._now(grant.realm)
                self._renew(grant)
            return self._answer(number, grant)

    def revoke(self, client: str, token: str) -> None:
        """Either kind of token ends the whole grant."""
        with self._lock:
            access = self._access.get(token)
            by_access = [self._grants[access.grant]] if access else []
            by_refresh = [grant for grant in self._grants.values() if grant.refresh == token]
            for grant in [*by_access, *by_refresh]:
                if grant.client == client and not grant.revoked:
                    grant.revoked = True
                    self.changed()
                    return
            raise OAuthRefusal("invalid_grant")

    def grant_of(self, access_token: str) -> tuple[Grant | None, str]:
        """The grant behind an access token, and otherwise why not: unknown, expired or revoked."""
        with self._lock:
            access = self._access.get(access_token)
            if access is None:
                return None, "unknown"
            grant = self._grants[access.grant]
            if grant.revoked:
                return None, "revoked"
            return (grant, "") if access.expires > self._now(grant.realm) else (None, "expired")

    # The control API

    def expire_access(self, realm: str) -> None:
        with self._lock:
            for access in self._access.values():
                if self._grants[access.grant].realm == realm:
                    access.expires = min(access.expires, self._now(realm))
            self.changed()

    def expire_refresh(self, realm: str) -> None:
        with self._lock:
            for grant in self._of_realm(realm):
                grant.refresh_issued_at = self._now(realm) - REFRESH_SECONDS
            self.changed()

    def revoke_realm(self, realm: str) -> None:
        """The company disconnects the app on its side: all tokens of the realm die."""
        with self._lock:
            for grant in self._of_realm(realm):
                grant.revoked = True
            self.changed()

    def _of_realm(self, realm: str) -> list[Grant]:
        return [grant for grant in self._grants.values() if grant.realm == realm]

    def _find_refresh(self, client: str, value: str) -> tuple[int, Grant]:
        for number, grant in self._grants.items():
            if value == grant.refresh or value in grant.spent:
                self._check_refresh(grant, client, value)
                return number, grant
        if value in self._access:
            raise OAuthRefusal("invalid_grant", description="Incorrect Token type or clientID")
        raise OAuthRefusal("invalid_grant", description="Token invalid")

    def _check_refresh(self, grant: Grant, client: str, value: str) -> None:
        if grant.client != client:
            raise OAuthRefusal("invalid_grant", description="Incorrect Token type or clientID")
        now = self._now(grant.realm)
        too_old = (
            now >= grant.refresh_issued_at + REFRESH_SECONDS or now >= grant.authorized_at + HARD_CAP_SECONDS
        )
        if grant.revoked or too_old:
            raise OAuthRefusal("invalid_grant", description="Token invalid")
        if value != grant.refresh and not self._in_grace(grant, value):
            if self._switches_of(grant.realm)["reuse_revokes_winner"]:
                grant.revoked = True
                self.changed()
            raise OAuthRefusal("invalid_grant")

    def _in_grace(self, grant: Grant, value: str) -> bool:
        allowed = self._switches_of(grant.realm)["old_refresh_value"] == "grace_24h"
        return allowed and self._now(grant.realm) < grant.spent[value] + GRACE_SECONDS

    def _renew(self, grant: Grant) -> None:
        grant.refresh_issued_at = self._now(grant.realm)
        grant.refresh = f"RT1-{len(self._grants)}-H0-{grant.refresh_issued_at}{secrets.token_urlsafe(24)}"

    def _answer(self, number: int, grant: Grant) -> dict[str, Any]:
        token = "eyJlbmMi" + secrets.token_urlsafe(600)
        self._access[token] = Access(number, self._now(grant.realm) + ACCESS_SECONDS)
        self._forget_dead()
        self.changed()
        return {
            "token_type": "bearer",
            "access_token": token,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": grant.refresh,
            "x_refresh_token_expires_in": grant.refresh_issued_at + REFRESH_SECONDS - self._now(grant.realm),
        }

    def hard_expires_in(self, refresh_value: str) -> int:
        """Seconds to the absolute cap, counted from the user's authorization."""
        with self._lock:
            for grant in self._grants.values():
                if grant.refresh == refresh_value:
                    return grant.authorized_at + HARD_CAP_SECONDS - self._now(grant.realm)
        return 0

    def _forget_dead(self) -> None:
        """Access tokens dead for a day are not worth a distinction any more."""
        for token, access in list(self._access.items()):
            if access.expires < self._now(self._grants[access.grant].realm) - GRACE_SECONDS:
                del self._access[token]

    def _now(self, realm: str) -> int:
        """By the clock of the company, which may have been advanced apart from others."""
        return self._clock_of(realm).epoch()

    # Persistence

    def as_dict(self) -> dict[str, Any]:
        with self._lock:
            return {
                "clients": dict(self._clients),
                "codes": {key: asdict(code) for key, code in self._codes.items()},
                "grants": {str(key): asdict(grant) for key, grant in self._grants.items()},
                "access": {key: asdict(access) for key, access in self._access.items()},
            }

    def restore(self, state: dict[str, Any]) -> None:
        with self._lock:
            self._clients = dict(state["clients"])
            self._codes = {key: Code(**code) for key, code in state["codes"].items()}
            self._grants = {int(key): Grant(**grant) for key, grant in state["grants"].items()}
            self._access = {key: Access(**access) for key, access in state["access"].items()}
