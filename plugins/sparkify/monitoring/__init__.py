"""What people and other systems are told: alerts, links, lineage, notes, the doctor."""
