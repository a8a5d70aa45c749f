-- A kept listing says which versions of files the ledger holds, in 256 groups by the MD5 of the URI, 16 characters each
-- (sparkify/folder_listing.py). Of the groups whose files this run loaded it says so no more: a file that goes back to
-- its listed version would pass for loaded. What stands there now equals no digest, so the next listing is compared
-- with the ledger for these groups.
-- Reads: staged_objects, etl.folder_listings
-- Makes: listing_groups (temporary)
-- Changes: etl.folder_listings
CREATE TEMP TABLE listing_groups AS
WITH RECURSIVE numbers (group_number) AS (
    SELECT 0 AS group_number
    UNION ALL
    SELECT n.group_number + 1 AS group_number
    FROM numbers AS n
    WHERE n.group_number < 255
)

SELECT
    n.group_number,
    COUNT(o.object_uri) AS loaded
FROM numbers AS n
LEFT JOIN staged_objects AS o
    ON
        n.group_number = STRTOL(SUBSTRING(MD5(o.object_uri), 1, 2), 16)
        AND o.table_name = 'staging_songs'
GROUP BY n.group_number;

UPDATE etl.folder_listings
SET fingerprint = f.fingerprint
FROM (
    SELECT
        s.folder_uri,
        LISTAGG(
            CASE WHEN g.loaded = 0 THEN SUBSTRING(s.fingerprint, 16 * g.group_number + 1, 16) ELSE REPEAT('-', 16) END
        ) WITHIN GROUP (ORDER BY g.group_number) AS fingerprint
    FROM etl.folder_listings AS s
    CROSS JOIN listing_groups AS g
    WHERE s.target_table = 'songs'
    GROUP BY s.folder_uri
) AS f
WHERE folder_listings.folder_uri = f.folder_uri AND folder_listings.target_table = 'songs';
