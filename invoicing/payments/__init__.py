"""Client payments: read from QuickBooks' documents, or recorded here where invoices are not sent there (N9, U15)."""
