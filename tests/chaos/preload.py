"""What every try imports, imported once in the process that they are forked from."""

import airflow.providers.amazon.aws.hooks.redshift_sql
import airflow.providers.amazon.aws.hooks.s3
import airflow.providers.postgres.hooks.postgres
import airflow.sdk  # noqa: F401

import sparkify.hooks.object_store
import sparkify.hooks.warehouse
import sparkify.operators.data_quality
import sparkify.operators.load_fact
import sparkify.operators.publish
import sparkify.staging.keyed_stager
import sparkify.staging.partition_stager  # noqa: F401
