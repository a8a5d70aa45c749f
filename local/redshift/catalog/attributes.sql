-- CREATE TABLE hands its Redshift attributes on in a comment of its text. They are remembered, and the sort key
-- becomes an index, which plays the part of Redshift's zone maps: rows outside a range of it are not read.
CREATE OR REPLACE FUNCTION redshift_catalog.remember_attributes() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
    made record;
    found text[];
    attributes jsonb;
    bare text;
    sorted text;
BEGIN
    IF position('/*redshift {' IN current_query()) = 0 THEN
        RETURN;
    END IF;
    FOR made IN SELECT * FROM pg_event_trigger_ddl_commands()
        WHERE command_tag IN ('CREATE TABLE', 'CREATE TABLE AS') AND object_type = 'table'
    LOOP
        SELECT relname INTO bare FROM pg_class WHERE oid = made.objid;
        FOR found IN SELECT regexp_matches(current_query(), '/\*redshift (\{.*?\})\*/', 'g') LOOP
            attributes := found[1]::jsonb;
            CONTINUE WHEN attributes ->> 'table' <> bare;
            INSERT INTO redshift_catalog.table_attributes (table_id, attributes)
            VALUES (made.objid, attributes)
            ON CONFLICT (table_id) DO UPDATE SET attributes = excluded.attributes;
            SELECT string_agg(quote_ident(value), ', ' ORDER BY place) INTO sorted
            FROM jsonb_array_elements_text(attributes -> 'sort_key') WITH ORDINALITY AS key (value, place);
            IF sorted IS NOT NULL AND made.schema_name <> 'pg_temp' THEN
                EXECUTE format('CREATE INDEX ON %s (%s)', made.objid::regclass, sorted);
            END IF;
            EXIT;
        END LOOP;
    END LOOP;
END
$body$;

DROP EVENT TRIGGER IF EXISTS redshift_attributes;
CREATE EVENT TRIGGER redshift_attributes ON ddl_command_end
    WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS')
    EXECUTE FUNCTION redshift_catalog.remember_attributes();

CREATE OR REPLACE FUNCTION redshift_catalog.forget_attributes() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
BEGIN
    DELETE FROM redshift_catalog.table_attributes
    WHERE table_id IN (SELECT objid FROM pg_event_trigger_dropped_objects() WHERE object_type = 'table');
END
$body$;

DROP EVENT TRIGGER IF EXISTS redshift_attributes_dropped;
CREATE EVENT TRIGGER redshift_attributes_dropped ON sql_drop
    WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA')
    EXECUTE FUNCTION redshift_catalog.forget_attributes();
