"""What ran."""
