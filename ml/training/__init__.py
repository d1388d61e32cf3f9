"""Fits the shipped models out of recordings. Offline: the platform imports nothing of this."""
