"""The whole system on one machine, behind ``make run``: S3, the local Redshift, Airflow, and data to look at.

Contract: everything that it starts ends with it, however it ends. Everything that it keeps is in one folder
(``.state``) that can be deleted. Started again, it continues where it was. It knows the pipeline only from outside: DAG
ids, settings and connections by environment, tables by SQL.
"""
