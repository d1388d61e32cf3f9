"""Wiring only: settings, addresses, ASGI and Celery. Nobody imports it."""

from bodylink.celery import app as celery_app

__all__ = ["celery_app"]
