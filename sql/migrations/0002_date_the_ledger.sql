-- Warehouses made before 2026-12-01 do not say when files were seen, nor on which days a partition's plays began. Of an
-- earlier load it is known when it was committed: files seen later are newer.
-- Reads: svv_columns, etl.play_deliveries
-- Changes: etl.load_history, etl.load_ledger, etl.source_objects
SELECT COUNT(*) = 0
FROM svv_columns
WHERE table_schema = 'etl' AND table_name = 'load_ledger' AND column_name = 'as_of';

BEGIN;

LOCK etl.load_mutex;

ALTER TABLE etl.load_ledger ADD COLUMN as_of TIMESTAMP ENCODE AZ64;

ALTER TABLE etl.load_ledger ADD COLUMN play_days VARCHAR(65535) ENCODE ZSTD;

ALTER TABLE etl.load_history ADD COLUMN as_of TIMESTAMP ENCODE AZ64;

ALTER TABLE etl.load_history ADD COLUMN play_days VARCHAR(65535) ENCODE ZSTD;

ALTER TABLE etl.source_objects ADD COLUMN as_of TIMESTAMP ENCODE AZ64;

UPDATE etl.load_ledger SET as_of = loaded_at;

UPDATE etl.load_history SET as_of = loaded_at;

UPDATE etl.source_objects SET as_of = loaded_at;

-- The list of a partition with so many days that it has no room for them is one of months, as the load writes it.
UPDATE etl.load_ledger
SET play_days = p.play_days
FROM (
    SELECT
        m.source_partition,
        LISTAGG(m.span, ',') WITHIN GROUP (ORDER BY m.span) AS play_days
    FROM (
        SELECT DISTINCT
            n.source_partition,
            CASE WHEN n.days > 1000 THEN SUBSTRING(n.play_day, 1, 7) ELSE n.play_day END AS span
        FROM (
            SELECT
                d.source_partition,
                d.play_day,
                COUNT(*) OVER (PARTITION BY d.source_partition) AS days
            FROM (
                SELECT DISTINCT
                    source_partition,
                    TO_CHAR(start_time, 'YYYY-MM-DD') AS play_day
                FROM etl.play_deliveries
            ) AS d
        ) AS n
    ) AS m
    GROUP BY m.source_partition
) AS p
WHERE load_ledger.target_table = 'songplays' AND load_ledger.source_partition = p.source_partition;

COMMIT;
