-- Drops what earlier versions made in a data folder and this version no longer uses. It runs after the views were
-- replaced, because they read it until then.

DROP FUNCTION IF EXISTS redshift_catalog.note_load_errors(json);

DROP TABLE IF EXISTS redshift_catalog.noted_load_errors;

DROP FUNCTION IF EXISTS redshift_catalog.check_lengths(oid);
