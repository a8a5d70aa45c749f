-- The lines and rows of an hour that were not loaded, the first hundred. In the daily layout the lines that COPY
-- rejected are kept under the day.
-- Reads: etl.rejects
SELECT
    r.table_name,
    r.object_uri,
    r.line_number,
    r.column_name,
    r.column_type,
    r.error_code,
    r.reason,
    SUBSTRING(r.raw_line, 1, 1000) AS raw_line
FROM etl.rejects AS r
WHERE r.source_partition = :hour OR r.source_partition = SUBSTRING(:hour, 1, 10)
ORDER BY r.table_name, r.object_uri, r.line_number
LIMIT 100
