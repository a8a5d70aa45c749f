"""The AWS side of the project on one machine: an S3 server, a Redshift server and the runner."""
