-- Shows the query trees of the statements that the session parses to the client, or stops that. They do not go to the
-- server's log, for which the function needs its owner's rights.
CREATE OR REPLACE FUNCTION redshift_catalog.show_trees(shown boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
    IF shown THEN
        PERFORM
            set_config('redshift.client_messages', current_setting('client_min_messages'), false),
            set_config('redshift.log_messages', current_setting('log_min_messages'), false),
            set_config('log_min_messages', 'fatal', false),
            set_config('client_min_messages', 'log', false),
            set_config('debug_pretty_print', 'off', false);
        PERFORM set_config('debug_print_parse', 'on', false);
    ELSE
        PERFORM
            set_config('debug_print_parse', 'off', false),
            set_config('client_min_messages', current_setting('redshift.client_messages'), false),
            set_config('log_min_messages', current_setting('redshift.log_messages'), false);
    END IF;
END
$$;
