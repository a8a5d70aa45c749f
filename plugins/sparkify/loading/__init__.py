"""From staging to the star: rows compared, steps of a publish, checks. It imports ``hooks``."""
