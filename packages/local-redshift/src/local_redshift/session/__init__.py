"""One client's session."""
