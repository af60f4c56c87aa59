"""Thin doors to the web: they read the request, call a verb, and choose a page."""
