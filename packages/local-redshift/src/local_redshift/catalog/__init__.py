"""What a Redshift database has and a PostgreSQL database lacks, as SQL for the warehouse's database.

``bootstrap`` returns statements that a superuser runs in one transaction, in order, at every start; each can be run
again. Functions and views go to ``pg_catalog``, where every search_path finds them and where Redshift has them too.
Tables that the server writes go to ``redshift_catalog``; clients read them through the views only.
"""

from local_redshift.catalog.bootstrap import bootstrap

__all__ = ["bootstrap"]
