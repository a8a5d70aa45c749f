"""What lies in S3, and what it means: partitions, data files, their lines. It reads S3 and no warehouse.

It imports ``hooks`` and ``windows``.
"""
