-- Functions and procedures, as SHOW lists them.

-- Of PostgreSQL's own functions, those that use only Redshift's types.
CREATE OR REPLACE VIEW redshift_catalog.routines AS
SELECT
    p.oid AS routine_id,
    current_database()::varchar(128) AS database_name,
    n.nspname::varchar(128) AS schema_name,
    p.proname::varchar(128) AS routine_name,
    p.prokind,
    p.pronargs::integer AS number_of_arguments,
    (
        SELECT coalesce(string_agg(format_type(t.type_id, NULL), ', ' ORDER BY t.place), '')
        FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type_id, place)
    )::varchar(65535) AS argument_list,
    CASE p.prokind WHEN 'p' THEN NULL ELSE format_type(p.prorettype, NULL) END::varchar(128) AS return_type,
    obj_description(p.oid, 'pg_proc')::varchar(256) AS remarks,
    p.proargnames,
    p.proargmodes,
    coalesce(p.proallargtypes, p.proargtypes::oid[]) AS argument_types,
    p.prorettype
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p') AND n.nspname NOT IN ('redshift_catalog', 'information_schema')
    AND (
        n.nspname <> 'pg_catalog'
        OR (p.proargtypes::oid[] || p.prorettype) <@ ARRAY[
            'boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'text', 'varchar',
            'char', 'name', 'oid', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'
        ]::regtype[]::oid[]
    );

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_PROCEDURES.html
CREATE OR REPLACE VIEW redshift_catalog.show_procedures AS
SELECT
    database_name, schema_name, routine_name AS procedure_name, number_of_arguments, argument_list, return_type, remarks
FROM redshift_catalog.routines
WHERE prokind = 'p'
ORDER BY schema_name, routine_name, argument_list;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_FUNCTIONS.html
CREATE OR REPLACE VIEW redshift_catalog.show_functions AS
SELECT
    database_name, schema_name, routine_name AS function_name, number_of_arguments, argument_list, return_type, remarks
FROM redshift_catalog.routines
WHERE prokind = 'f'
ORDER BY schema_name, routine_name, argument_list;

-- A function's result has the place 0.
CREATE OR REPLACE VIEW redshift_catalog.routine_parameters AS
SELECT
    r.routine_id, r.database_name, r.schema_name, r.routine_name, r.prokind, r.argument_list,
    coalesce(r.proargnames[t.place], '')::varchar(128) AS parameter_name,
    t.place::integer AS ordinal_position,
    CASE r.proargmodes[t.place] WHEN 'o' THEN 'OUT' WHEN 'b' THEN 'INOUT' ELSE 'IN' END::varchar(128) AS parameter_type,
    format_type(t.type_id, NULL)::varchar(128) AS data_type
FROM redshift_catalog.routines AS r
CROSS JOIN unnest(r.argument_types) WITH ORDINALITY AS t (type_id, place)
UNION ALL
SELECT
    r.routine_id, r.database_name, r.schema_name, r.routine_name, r.prokind, r.argument_list, '', 0, 'RETURN',
    format_type(r.prorettype, NULL)
FROM redshift_catalog.routines AS r
WHERE r.prokind = 'f';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_PARAMETERS.html
CREATE OR REPLACE VIEW redshift_catalog.show_procedure_parameters AS
SELECT
    database_name, schema_name, routine_name AS procedure_name, parameter_name, ordinal_position, parameter_type,
    data_type, NULL::integer AS character_maximum_length, NULL::integer AS numeric_precision,
    NULL::integer AS numeric_scale, argument_list
FROM redshift_catalog.routine_parameters
WHERE prokind = 'p'
ORDER BY routine_id, ordinal_position;

CREATE OR REPLACE VIEW redshift_catalog.show_function_parameters AS
SELECT
    database_name, schema_name, routine_name AS function_name, parameter_name, ordinal_position, parameter_type,
    data_type, NULL::integer AS character_maximum_length, NULL::integer AS numeric_precision,
    NULL::integer AS numeric_scale, argument_list
FROM redshift_catalog.routine_parameters
WHERE prokind = 'f'
ORDER BY routine_id, ordinal_position;

GRANT SELECT ON
    redshift_catalog.show_procedures, redshift_catalog.show_functions, redshift_catalog.show_procedure_parameters,
    redshift_catalog.show_function_parameters
TO PUBLIC;
