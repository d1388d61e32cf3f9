"""Ingest for those without MQTT: the same frames by HTTP, through the same pipeline, stored as often: once."""
