-- What the run's partitions say of their users (candidate_observations), and with it the latest word on each user
-- concerned (candidate_latest). What is known of them is looked up once (known_observations): it is the one table here
-- that grows with the users. Only users whose latest word came from a partition that is being loaded again are looked
-- up in the whole history: a first load costs what the hour holds. To Redshift texts that differ in trailing blanks are
-- equal: LEN tells them apart.
CREATE TEMP TABLE candidate_observations AS
SELECT
    o.source_partition,
    o.user_id,
    o.ts AS seen_ts,
    o.session_id,
    o.item_in_session,
    o.first_name,
    o.last_name,
    o.gender,
    o.level
FROM (
    SELECT
        source_partition,
        user_id,
        ts,
        session_id,
        item_in_session,
        first_name,
        last_name,
        gender,
        level,
        ROW_NUMBER() OVER (
            PARTITION BY source_partition, user_id
            ORDER BY
                ts DESC, session_id DESC, item_in_session DESC,
                level DESC, first_name DESC, last_name DESC, gender DESC,
                LEN(level) DESC, LEN(first_name) DESC, LEN(last_name) DESC, LEN(gender) DESC
        ) AS recency
    FROM run_events
    WHERE user_id IS NOT NULL AND start_time IS NOT NULL
) AS o
WHERE o.recency = 1;

CREATE TEMP TABLE affected_users AS
SELECT user_id FROM candidate_observations
UNION
SELECT h.user_id
FROM etl.user_observations AS h
INNER JOIN run_partitions AS r ON h.source_partition = r.source_partition
WHERE
    h.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

CREATE TEMP TABLE known_observations AS
SELECT
    l.source_partition,
    l.user_id,
    l.seen_ts,
    l.session_id,
    l.item_in_session,
    l.first_name,
    l.last_name,
    l.gender,
    l.level
FROM etl.latest_observations AS l
INNER JOIN affected_users AS a ON l.user_id = a.user_id;

CREATE TEMP TABLE superseded_users AS
SELECT k.user_id
FROM known_observations AS k
INNER JOIN run_partitions AS r ON k.source_partition = r.source_partition;

CREATE TEMP TABLE candidate_latest AS
SELECT
    w.source_partition,
    w.user_id,
    w.seen_ts,
    w.session_id,
    w.item_in_session,
    w.first_name,
    w.last_name,
    w.gender,
    w.level
FROM (
    SELECT
        o.source_partition,
        o.user_id,
        o.seen_ts,
        o.session_id,
        o.item_in_session,
        o.first_name,
        o.last_name,
        o.gender,
        o.level,
        ROW_NUMBER() OVER (
            PARTITION BY o.user_id
            ORDER BY o.seen_ts DESC, o.session_id DESC, o.item_in_session DESC, o.source_partition ASC
        ) AS recency
    FROM (
        SELECT
            c.source_partition,
            c.user_id,
            c.seen_ts,
            c.session_id,
            c.item_in_session,
            c.first_name,
            c.last_name,
            c.gender,
            c.level
        FROM candidate_observations AS c
        UNION ALL
        SELECT
            k.source_partition,
            k.user_id,
            k.seen_ts,
            k.session_id,
            k.item_in_session,
            k.first_name,
            k.last_name,
            k.gender,
            k.level
        FROM known_observations AS k
        LEFT JOIN superseded_users AS s ON k.user_id = s.user_id
        WHERE s.user_id IS NULL
        UNION ALL
        SELECT
            h.source_partition,
            h.user_id,
            h.seen_ts,
            h.session_id,
            h.item_in_session,
            h.first_name,
            h.last_name,
            h.gender,
            h.level
        FROM etl.user_observations AS h
        INNER JOIN superseded_users AS s ON h.user_id = s.user_id
        LEFT JOIN run_partitions AS r ON h.source_partition = r.source_partition
        WHERE r.source_partition IS NULL
    ) AS o
) AS w
WHERE w.recency = 1;
