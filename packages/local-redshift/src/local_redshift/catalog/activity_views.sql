-- Who is connected and what runs now.

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SESSIONS.html
CREATE OR REPLACE VIEW pg_catalog.stv_sessions AS
SELECT
    backend_start::timestamp AS starttime,
    pid AS process,
    usename::char(50) AS user_name,
    datname::char(50) AS db_name,
    0 AS timeout_sec
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND usename <> 'rdsdb';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_INFLIGHT.html
CREATE OR REPLACE VIEW pg_catalog.stv_inflight AS
SELECT
    usesysid::integer AS userid,
    0 AS slice,
    pid AS query,
    'default'::char(30) AS label,
    coalesce(backend_xid::text::bigint, 0) AS xid,
    pid,
    query_start::timestamp AS starttime,
    query::char(100) AS text,
    0 AS suspended,
    0 AS insert_pristine,
    0 AS concurrency_scaling_status
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND state = 'active' AND usename <> 'rdsdb';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_DB_ISOLATION_LEVEL.html
CREATE OR REPLACE VIEW pg_catalog.stv_db_isolation_level AS
SELECT
    current_database()::char(128) AS db_name,
    CASE current_setting('default_transaction_isolation')
        WHEN 'serializable' THEN 'Serializable'
        ELSE 'Snapshot Isolation'
    END::char(128) AS isolation_level;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TRANSACTIONS.html
CREATE OR REPLACE VIEW pg_catalog.svv_transactions AS
SELECT
    a.usename::text AS txn_owner,
    a.datname::text AS txn_db,
    coalesce(a.backend_xid::text::bigint, 0) AS xid,
    a.pid,
    a.xact_start::timestamp AS txn_start,
    l.mode AS lock_mode,
    CASE WHEN l.locktype = 'relation' THEN 'relation' ELSE 'transactionid' END AS lockable_object_type,
    l.relation::integer AS relation,
    l.granted
FROM pg_stat_activity AS a
JOIN pg_locks AS l ON l.pid = a.pid
WHERE a.backend_type = 'client backend' AND l.locktype IN ('relation', 'transactionid', 'virtualxid');

-- Redshift's columns have the names of PostgreSQL 8.0, which AWS's administrators' scripts read; those of later versions stay
-- for the tools that ask for them.
CREATE OR REPLACE VIEW redshift_catalog.pg_stat_activity AS
SELECT
    a.*, a.pid AS procpid,
    CASE WHEN a.state IN ('idle', 'idle in transaction') THEN '<IDLE>' ELSE a.query END AS current_query
FROM pg_catalog.pg_stat_activity AS a;

CREATE OR REPLACE VIEW redshift_catalog.pg_locks AS
SELECT l.*, l.transactionid AS transaction
FROM pg_catalog.pg_locks AS l;

GRANT SELECT ON redshift_catalog.pg_stat_activity, redshift_catalog.pg_locks TO PUBLIC;

GRANT SELECT ON
    pg_catalog.stv_sessions, pg_catalog.stv_inflight, pg_catalog.stv_db_isolation_level, pg_catalog.svv_transactions
TO PUBLIC;
