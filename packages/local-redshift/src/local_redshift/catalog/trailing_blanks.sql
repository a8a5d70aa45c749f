-- Trailing blanks do not count when strings are compared: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
--
-- PostgreSQL compares CHAR like this, but VARCHAR as TEXT. Values of both have the same form in memory,
-- so the operators, the sorting and the hashing of TEXT are given CHAR's functions.

DO $$
DECLARE
    made record;
BEGIN
    IF EXISTS (SELECT FROM pg_operator WHERE oid = '=(text,text)'::regoperator AND oprcode = 'texteq'::regproc) THEN
        FOR made IN
            SELECT * FROM (VALUES
                ('=', 'bpchareq'), ('<>', 'bpcharne'), ('<', 'bpcharlt'), ('<=', 'bpcharle'), ('>', 'bpchargt'),
                ('>=', 'bpcharge')
            ) AS o (symbol, function)
        LOOP
            UPDATE pg_operator SET oprcode = made.function::regproc
            WHERE oprname = made.symbol AND oprleft = 'text'::regtype AND oprright = 'text'::regtype
                AND oprnamespace = 'pg_catalog'::regnamespace;
        END LOOP;
        FOR made IN
            SELECT * FROM (VALUES
                ('bttextcmp', 'bpcharcmp'), ('bttextsortsupport', 'bpchar_sortsupport'), ('hashtext', 'hashbpchar'),
                ('hashtextextended', 'hashbpcharextended')
            ) AS f (old, new)
        LOOP
            UPDATE pg_amproc SET amproc = made.new::regproc
            WHERE amproc = made.old::regproc AND amproclefttype = 'text'::regtype AND amprocrighttype = 'text'::regtype
                AND amprocfamily IN (
                    SELECT f.oid FROM pg_opfamily AS f JOIN pg_am AS a ON a.oid = f.opfmethod
                    WHERE f.opfname = 'text_ops' AND a.amname IN ('btree', 'hash')
                );
        END LOOP;
        -- a warehouse from before this has its sort keys indexed in the other order
        FOR made IN SELECT c.oid::regclass AS name FROM pg_class AS c WHERE starts_with(c.relname, 'redshift_sortkey_') LOOP
            EXECUTE format('REINDEX INDEX %s', made.name);
        END LOOP;
    END IF;
END
$$;
