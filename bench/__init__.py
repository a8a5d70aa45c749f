"""Benchmarks. Each prints the machine, the versions and ratios taken within one run."""
