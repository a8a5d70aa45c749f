"""S3 objects."""
