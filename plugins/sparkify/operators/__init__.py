"""The operators of the pipeline, one class a file. They are generic: a DAG passes in what belongs to a project.

``base`` is their base, ``load`` and ``stage_to_redshift`` hold what two of them share. A run uses ``open_staging``,
``stage_partitions``, ``stage_new_files``, ``load_dimension``, ``load_fact``, ``audit_staging``, ``publish``,
``data_quality``, ``close_staging`` and ``confirm_opened``; ``upkeep`` has those of the other DAGs.
``links`` and ``lineage`` are what a task shows of its work.
"""
