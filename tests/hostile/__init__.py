"""Attacks on a deployed database by people who can log in, each with what stops it."""
