"""The PostgreSQL wire protocol: codes and framing of messages, building and reading them, the handshake, TLS.

Knows bytes and connections, and no SQL. ``errors`` holds the error that any room raises for the
client to see.
"""
