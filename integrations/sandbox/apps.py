"""Makes the management command ``quickbooks_sandbox`` findable; there are no models."""

from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "integrations.sandbox"
    label = "sandbox"
    verbose_name = "QuickBooks stand-in"
