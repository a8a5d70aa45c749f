-- A partition of this run whose figures do not add up from source lines to loaded plays.
-- Reads: run_partitions, etl.load_ledger
SELECT
    l.source_partition,
    l.source_lines,
    l.staged,
    l.rejected,
    l.in_scope,
    l.out_of_scope,
    l.candidates,
    l.loaded,
    l.duplicates,
    l.rejected_by_rule
FROM etl.load_ledger AS l
INNER JOIN run_partitions AS r ON l.source_partition = r.source_partition
WHERE
    l.target_table = 'songplays'
    AND l.source_partition BETWEEN :partitions_from AND :partitions_to
    AND (
        l.source_lines <> l.staged + l.rejected
        OR l.staged <> l.in_scope + l.out_of_scope
        OR l.candidates <> l.loaded + l.duplicates + l.rejected_by_rule
    )
