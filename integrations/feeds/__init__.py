"""How QuickBooks is read: what changed in two requests, everything page by page, deletions by stub or by count."""
