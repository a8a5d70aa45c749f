"""What the pipeline reports to people and other systems: alerts, links, lineage, run notes, the doctor."""
