"""From S3 to the run's staging tables: what to load, manifests, COPY, rejects."""
