"""What the pipeline reports to people: alerts, notes on runs, the doctor. It knows the project's settings and tables.

Links on tasks and lineage are with the operators, which use them.
"""
