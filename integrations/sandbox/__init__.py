"""A stand-in for QuickBooks Online: its own HTTP server, apart from the rest of the product.

It imports nothing of the product and the product never imports it, so that a misreading of the API
cannot hide on both sides. Start it with ``python manage.py quickbooks_sandbox`` or
``python -m integrations.sandbox``.
"""
