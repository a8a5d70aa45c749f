-- Replace what the run's partitions delivered and observed before by what they deliver and observe now, and find
-- the delivery that each affected play shows: that of the lowest (source_partition, content hash), whatever the
-- order in which partitions were loaded.
DELETE FROM etl.play_deliveries
USING run_partitions AS r
WHERE
    play_deliveries.source_partition = r.source_partition
    AND play_deliveries.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

INSERT INTO etl.play_deliveries (
    songplay_id,
    source_partition,
    start_time,
    user_id,
    level,
    session_id,
    location,
    user_agent,
    title,
    artist,
    length,
    content_hash,
    copies,
    is_shown
)
SELECT
    songplay_id,
    source_partition,
    start_time,
    user_id,
    level,
    session_id,
    location,
    user_agent,
    title,
    artist,
    length,
    content_hash,
    copies,
    FALSE AS is_shown
FROM candidate_plays;

CREATE TEMP TABLE ranked_deliveries AS
SELECT
    d.songplay_id,
    d.source_partition,
    d.start_time,
    d.user_id,
    d.level,
    d.session_id,
    d.location,
    d.user_agent,
    d.title,
    d.artist,
    d.length,
    d.is_shown,
    ROW_NUMBER() OVER (
        PARTITION BY d.songplay_id
        ORDER BY d.source_partition, d.content_hash
    ) AS choice
FROM etl.play_deliveries AS d
INNER JOIN affected_plays AS a
    ON d.songplay_id = a.songplay_id AND d.start_time = a.timestamp
WHERE
    d.start_time BETWEEN (SELECT MIN(b.timestamp) FROM affected_plays AS b)
    AND (SELECT MAX(b.timestamp) FROM affected_plays AS b);

UPDATE etl.play_deliveries
SET is_shown = (w.choice = 1)
FROM ranked_deliveries AS w
WHERE
    play_deliveries.songplay_id = w.songplay_id
    AND play_deliveries.source_partition = w.source_partition
    AND play_deliveries.start_time = w.start_time
    AND play_deliveries.start_time BETWEEN (SELECT MIN(b.timestamp) FROM affected_plays AS b)
    AND (SELECT MAX(b.timestamp) FROM affected_plays AS b)
    AND w.is_shown <> (w.choice = 1);

DELETE FROM etl.user_observations
USING run_partitions AS r
WHERE
    user_observations.source_partition = r.source_partition
    AND user_observations.source_partition BETWEEN (SELECT MIN(b.source_partition) FROM run_partitions AS b)
    AND (SELECT MAX(b.source_partition) FROM run_partitions AS b);

INSERT INTO etl.user_observations (
    source_partition,
    user_id,
    seen_ts,
    session_id,
    item_in_session,
    first_name,
    last_name,
    gender,
    level
)
SELECT
    source_partition,
    user_id,
    seen_ts,
    session_id,
    item_in_session,
    first_name,
    last_name,
    gender,
    level
FROM candidate_observations;

DELETE FROM etl.latest_observations
USING affected_users AS a
WHERE latest_observations.user_id = a.user_id;

INSERT INTO etl.latest_observations (
    source_partition,
    user_id,
    seen_ts,
    session_id,
    item_in_session,
    first_name,
    last_name,
    gender,
    level
)
SELECT
    source_partition,
    user_id,
    seen_ts,
    session_id,
    item_in_session,
    first_name,
    last_name,
    gender,
    level
FROM candidate_latest;
