"""The fast path of COPY: many lines at once, a column at a time.

It returns exactly the rows that ``records`` would return, or raises ``Uncertain``, and ``records`` does the work.
"""
