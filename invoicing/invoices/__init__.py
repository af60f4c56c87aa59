"""Client invoices: drafted by amount and from actuals, figured, released, and sent to QuickBooks."""
