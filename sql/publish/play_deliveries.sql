-- Replace what the run's partitions delivered before by what they deliver now.
-- Reads: ranked_plays, withdrawn_plays
-- Changes: etl.play_deliveries
DELETE FROM etl.play_deliveries
USING withdrawn_plays AS w
WHERE
    play_deliveries.songplay_id = w.songplay_id
    AND play_deliveries.source_partition = w.source_partition
    AND play_deliveries.start_time BETWEEN :withdrawn_days_from AND :withdrawn_days_to;

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
    choice = 1 AS is_shown
FROM ranked_plays
WHERE is_of_run AND was_shown IS NULL;

UPDATE etl.play_deliveries
SET is_shown = (w.choice = 1)
FROM ranked_plays AS w
WHERE
    play_deliveries.songplay_id = w.songplay_id
    AND play_deliveries.source_partition = w.source_partition
    AND play_deliveries.start_time BETWEEN :reranked_days_from AND :reranked_days_to
    AND w.was_shown <> (w.choice = 1);
