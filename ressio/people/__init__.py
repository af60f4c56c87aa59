"""Verbs about people: signing in, starting a company, inviting, roles, rates, API tokens."""
