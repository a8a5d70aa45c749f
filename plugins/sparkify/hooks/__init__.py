"""Sessions on the warehouse and on S3: connections, errors, retries, quoting. The lowest room: it imports no other."""
