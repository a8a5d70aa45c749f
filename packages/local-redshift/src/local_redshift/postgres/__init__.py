"""The PostgreSQL behind the server."""
