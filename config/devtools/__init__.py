"""Tools for people who work on Ressio: run it, test it, lint it. Nothing here runs in production."""
