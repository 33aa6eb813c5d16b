"""Failure scenarios: one a file."""
