"""The body, and the signals that sensors would take from it."""
