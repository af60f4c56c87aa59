"""The staff door to the integration. Tokens and realm ids are never shown; what QuickBooks said is read-only."""

from . import connections, links, mirror, pushes, switches, syncs

__all__ = ["connections", "links", "mirror", "pushes", "switches", "syncs"]
