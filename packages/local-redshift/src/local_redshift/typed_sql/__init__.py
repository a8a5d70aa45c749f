"""What a statement's text becomes when the types of its expressions are known.

Pure. Query trees come in, and text goes out; nothing here talks to a server.
"""
