"""Secrets at rest: encrypted text columns and keyed hashes to find them again (Intuit asks for both).

`TOKEN_ENCRYPTION_KEYS` lists Fernet keys; the first encrypts, all of them decrypt, so a key is
rotated by putting a new one in front and running `manage.py rotate_encryption_keys`.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class CannotDecrypt(Exception):
    """The stored value was made with a key that is no longer configured, or was altered."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return _fernet(tuple(settings.TOKEN_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    try:
        return _fernet(tuple(settings.TOKEN_ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt("A stored secret cannot be read with the configured encryption keys.") from error


def keyed_hash(text: str) -> str:
    """A stable fingerprint by which an encrypted value can be looked up without being stored in the clear.

    Keyed with SECRET_KEY rather than the encryption keys, so that rotating those does not lose the rows.
    """
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField[str, str]):
    """Text that is encrypted in the database; empty stays empty. Cannot be filtered on."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError("An encrypted column cannot be searched; store a keyed hash beside it.")
