"""Connections to the warehouse and to the object store."""
