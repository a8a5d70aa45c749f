-- Everyone who was logged in during the run's hours, as their latest event (of any hour) describes them.
SELECT
    user_id,
    first_name,
    last_name,
    gender,
    level
FROM candidate_latest
