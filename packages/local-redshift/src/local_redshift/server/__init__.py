"""The server as a whole: the PostgreSQL behind it, the connections that it takes, and their sessions.

The top of the package below its command line: it may import every room.
"""
