"""The objects of S3 that COPY reads and UNLOAD writes: addresses, credentials, listing, bytes.

Knows nothing of what is in an object. Imports ``statements`` (for a statement's credentials) and ``wire`` (for errors).
"""
