"""What ran, for the system views: the log of queries, and what COPYs and UNLOADs did.

Knows how this is written, and not when.
"""
