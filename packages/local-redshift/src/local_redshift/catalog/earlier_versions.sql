-- What earlier versions made and this one has not: a data folder of theirs is used on. After the views, which no longer
-- read it.

DROP FUNCTION IF EXISTS redshift_catalog.note_load_errors(json);

DROP TABLE IF EXISTS redshift_catalog.noted_load_errors;
