"""What benchmarks and tests run the pipeline with: runs without a scheduler, and a view of the statements they send."""
