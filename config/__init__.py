"""How the pieces are put together: settings, URLs, Celery, checks, logs. Knows every app; no app knows it.

Apps read what is configured through `django.conf.settings`, never by importing this package.
"""

from config.celery import app as celery_app

__all__ = ["celery_app"]
