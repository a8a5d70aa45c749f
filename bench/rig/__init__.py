"""What benchmarks and tests run the pipeline with: runs without a scheduler."""
