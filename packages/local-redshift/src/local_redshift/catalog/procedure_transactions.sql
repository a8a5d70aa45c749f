-- Whether a stored procedure may end the transaction: https://docs.aws.amazon.com/redshift/latest/dg/
-- stored-procedure-transaction-management.html. PostgreSQL allows it neither inside a client's transaction nor inside a
-- block that handles exceptions. How many such blocks are open is a setting: what undoes a block undoes it too.

CREATE OR REPLACE FUNCTION redshift_catalog.open_blocks() RETURNS integer
LANGUAGE sql STABLE
RETURN coalesce(nullif(current_setting('redshift.open_blocks', true), '')::integer, 0);

CREATE OR REPLACE FUNCTION redshift_catalog.enter_block() RETURNS void
LANGUAGE sql
AS $$
    SELECT set_config('redshift.open_blocks', (redshift_catalog.open_blocks() + 1)::text, true)
$$;

CREATE OR REPLACE FUNCTION redshift_catalog.leave_block() RETURNS void
LANGUAGE sql
AS $$
    SELECT set_config('redshift.open_blocks', greatest(redshift_catalog.open_blocks() - 1, 0)::text, true)
$$;

-- A client's transaction began with a statement before the one that runs.
CREATE OR REPLACE FUNCTION redshift_catalog.may_end_transaction() RETURNS boolean
LANGUAGE sql STABLE
RETURN redshift_catalog.open_blocks() = 0 AND transaction_timestamp() >= statement_timestamp();
