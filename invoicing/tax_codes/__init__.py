"""Tax codes: which QuickBooks has, what an invoice may use, and making a new one there by request (M78, M79, K9)."""
