"""Client invoices, their payments and tax codes. Sits above budgets, beside timeclock, which it never imports."""
