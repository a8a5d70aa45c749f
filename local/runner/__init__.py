"""The whole system on one machine, behind ``make run``: S3, the local Redshift, Airflow, and data to look at.

Contract: all that it starts ends with it, however it ends; all that it keeps is in one folder (``.state``) that can
be deleted; started again, it goes on where it was. It knows the pipeline from outside only: DAG ids, settings and
connections by environment, tables by SQL.
"""
