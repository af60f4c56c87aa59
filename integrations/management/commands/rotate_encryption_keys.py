"""Writes every encrypted column again with the first of TOKEN_ENCRYPTION_KEYS, so that an older key can be
removed.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from integrations.models import Connection
from ressio.encryption import EncryptedTextField, keyed_hash
from ressio.scoping import scopes_disabled


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets again with the first key of TOKEN_ENCRYPTION_KEYS. Put the new key in front, "
        "restart, run this, then remove the old key. Safe to repeat and to run while Ressio works."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with scopes_disabled():
            for model, names in find_encrypted_columns():
                number = rotate_model(model, names)
                self.stdout.write(f"{model._meta.label}: {number} rows, {', '.join(names)}")


def find_encrypted_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    for model in apps.get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, EncryptedTextField)]
        if names:
            yield model, names


def rotate_model(model: type[models.Model], names: list[str]) -> int:
    keys = list(model._base_manager.values_list("pk", flat=True))
    for key in keys:
        rotate_row(model, key, names)
    return len(keys)


def rotate_row(model: type[models.Model], key: Any, names: list[str]) -> None:
    """One short transaction a row: a token that is refreshed meanwhile is neither lost nor put back."""
    with transaction.atomic():
        row = model._base_manager.select_for_update().only(*names).filter(pk=key).first()
        if row is None:
            return
        values = {name: getattr(row, name) for name in names}
        if model is Connection:
            # Keyed with SECRET_KEY, which may have been changed at the same occasion.
            values["realm_hash"] = keyed_hash(values["realm_id"])
        model._base_manager.filter(pk=key).update(**values)
