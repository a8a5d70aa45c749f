-- An object below the sources' prefixes that no load reads and no rule ignores: docs/loading.md has the rules.
-- Reads: staged_rejects
SELECT
    object_uri,
    reason
FROM staged_rejects
WHERE table_name = 'unclaimed'
