"""The API of client invoices."""
