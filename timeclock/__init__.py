"""Shifts, pay rates and their approval. Sits above budgets, beside invoicing, which it never imports."""
