"""The objects of S3 that COPY reads and UNLOAD writes: addresses, credentials, listing, bytes.

Nothing here knows what is in an object.
"""
