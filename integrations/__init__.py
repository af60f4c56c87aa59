"""QuickBooks Online: connection, gateway, mirror, outbox, links, sync runs and issues, webhooks."""
