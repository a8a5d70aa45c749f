-- Whether the warehouse has a group of users: 1 or 0.
-- Reads: pg_group
SELECT COUNT(*)
FROM pg_group
WHERE groname = :group_name
