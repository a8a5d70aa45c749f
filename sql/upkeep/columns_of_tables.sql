-- Every column of the tables in the search path: its type, whether it is the distribution key, its place in the sort
-- key, and whether it must have a value. https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html
-- Reads: pg_table_def
SELECT
    schemaname,
    tablename,
    "column",
    type,
    distkey,
    sortkey,
    "notnull"
FROM pg_table_def
