"""The four operators of the pipeline, one class a file."""
