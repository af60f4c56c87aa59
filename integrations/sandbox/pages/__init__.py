"""The plain web pages on which a person plays the bookkeeper of a training company."""

from integrations.sandbox.pages.routes import handle

__all__ = ["handle"]
