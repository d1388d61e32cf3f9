"""Wiring only: settings, addresses, ASGI and Celery. Nobody imports it."""
