"""Triggers, by which tasks wait without a worker."""
