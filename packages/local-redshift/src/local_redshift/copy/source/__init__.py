"""Bytes of objects."""
