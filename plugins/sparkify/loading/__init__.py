"""From staging to the star: rows compared, steps of a publish, checks."""
