"""Dates and times of COPY: the formats that a statement names, and all the forms that SQL takes.

Pure: texts in, checked values out. Imports no other room of COPY.
"""
