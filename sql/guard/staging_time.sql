-- One sentence when staging_time lacks timestamps of the staged events, which would look like invalid ones.
SELECT
    CAST(COUNT(*) AS VARCHAR(20))
    || ' staged events have a timestamp that staging_time lacks; clear the tasks build_staging_time and downstream.'
        AS problem
FROM staging_events AS e
LEFT JOIN staging_time AS t ON e.ts = t.ts
WHERE e.ts >= 946684800000 AND e.ts < 4102444800000 AND t.ts IS NULL
HAVING COUNT(*) > 0
