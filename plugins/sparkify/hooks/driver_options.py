"""The options of the two drivers that a connection's extra may hold, and their types. Only tables.

What is not listed here is refused (:mod:`sparkify.hooks.connection_extras`).
"""

from __future__ import annotations

from sparkify.hooks.value_kinds import Kind, boolean, choice, flag, mapping, secret, text, texts, whole

#: The largest values of socket options: man 7 tcp.
_SECONDS, _PROBES = 32767, 127
#: A day, and the largest number of libpq.
_DAY, _INT = 86_400, 2_147_483_647

#: Type ``postgres``: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS, psycopg's
#: ``connect``, and what Airflow's hook takes:
#: https://airflow.apache.org/docs/apache-airflow-providers-postgres/stable/connections/postgres.html
POSTGRES: dict[str, Kind] = {
    **dict.fromkeys(("host", "dbname", "user"), text()),
    "password": secret(),
    "port": whole(1, 65535),
    # How to connect.
    "connect_timeout": whole(0, _DAY),
    "keepalives": flag(),
    # To libpq 0 means the system's default, but Linux refuses it.
    **dict.fromkeys(("keepalives_idle", "keepalives_interval"), whole(1, _SECONDS)),
    "keepalives_count": whole(1, _PROBES),
    "tcp_user_timeout": whole(0, _INT),
    **dict.fromkeys(("hostaddr", "service", "passfile", "options", "client_encoding", "requirepeer"), text()),
    **dict.fromkeys(("application_name", "fallback_application_name", "min_protocol_version"), text()),
    **dict.fromkeys(("max_protocol_version", "krbsrvname", "gsslib", "require_auth"), text()),
    "load_balance_hosts": choice("disable", "random"),
    "target_session_attrs": choice("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "prepare_threshold": whole(0, _INT),
    # TLS. With allow and prefer, the server or anyone in between can have the connection made without it.
    "sslmode": choice("verify-full", "verify-ca", "require", "disable"),
    "ssl_min_protocol_version": choice("TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": choice("TLSv1.2", "TLSv1.3"),
    "sslnegotiation": choice("postgres", "direct"),
    "sslcertmode": choice("disable", "allow", "require"),
    "channel_binding": choice("disable", "prefer", "require"),
    **dict.fromkeys(("sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir"), text()),
    **dict.fromkeys(("sslsni", "sslcompression", "gssdelegation"), flag()),
    "gssencmode": choice("disable"),  # in place of TLS
    **dict.fromkeys(("sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret"), secret()),
    **dict.fromkeys(("oauth_issuer", "oauth_client_id", "oauth_scope"), text()),
    # Of Airflow's hook.
    **dict.fromkeys(("iam", "redshift", "redshift-serverless"), boolean()),
    **dict.fromkeys(("aws_conn_id", "cluster-identifier", "workgroup-name", "sqlalchemy_scheme"), text()),
    "sqlalchemy_query": mapping(),
}

#: The options by which Amazon's driver logs in with an identity provider, or with AWS but without ``iam``.
PROVIDERS: dict[str, Kind] = {
    **dict.fromkeys(("access_key_id", "secret_access_key", "session_token", "client_secret"), secret()),
    **dict.fromkeys(("token", "web_identity_token"), secret()),
    **dict.fromkeys(("credentials_provider", "provider_name", "identity_namespace", "token_type"), text()),
    **dict.fromkeys(("idc_client_display_name", "idc_region", "issuer_url", "scope", "serverless_acct_id"), text()),
    **dict.fromkeys(("app_id", "app_name", "client_id", "idp_host", "idp_partition", "idp_tenant"), text()),
    **dict.fromkeys(("login_to_rp", "login_url", "partner_sp_id", "preferred_role", "principal_arn"), text()),
    **dict.fromkeys(("db_user", "profile", "region", "role_arn", "role_session_name"), text()),
    **dict.fromkeys(("allow_db_user_override", "auto_create", "force_lowercase", "group_federation"), boolean()),
    "iam_disable_cache": boolean(),
    "idp_response_timeout": whole(10, _DAY),
    "listen_port": whole(1, 65535),
    "db_groups": texts(),
}

#: Type ``redshift``: https://docs.aws.amazon.com/redshift/latest/mgmt/python-configuration-options.html, the driver's
#: ``connect``, and what Airflow's hook takes:
#: https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/redshift.html
REDSHIFT: dict[str, Kind] = {
    **dict.fromkeys(("host", "database", "user"), text()),
    "password": secret(),
    "port": whole(1, 65535),
    # How to connect.
    "timeout": whole(1, _DAY),
    "tcp_keepalive": boolean(),
    **dict.fromkeys(("tcp_keepalive_idle", "tcp_keepalive_interval"), whole(1, _SECONDS)),
    "tcp_keepalive_count": whole(1, _PROBES),
    **dict.fromkeys(("application_name", "source_address", "unix_sock"), text()),
    "max_prepared_statements": whole(0, _INT),
    "client_protocol_version": whole(0, 2),
    **dict.fromkeys(("numeric_to_float", "database_metadata_current_db_only", "enable_table_types"), boolean()),
    # TLS
    "ssl": boolean(),
    "sslmode": choice("verify-full", "verify-ca"),
    # Logging in by IAM, of Airflow's hook.
    **dict.fromkeys(("iam", "is_serverless"), boolean()),
    **dict.fromkeys(("aws_conn_id", "cluster_identifier", "serverless_work_group"), text()),
    # https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html
    "serverless_token_duration_seconds": whole(900, 3600),
    **PROVIDERS,
}
KINDS = {"postgres": POSTGRES, "redshift": REDSHIFT}

#: Options that a driver accepts and the pipeline refuses, with the reason.
NOT_HERE = {
    ("postgres", "autocommit"): "the pipeline sets it itself; leave it out",
    ("postgres", "cursor"): "the pipeline reads rows as tuples; leave it out",
    ("postgres", "replication"): "it is for copies of a server; leave it out",
    ("postgres", "sslkeylogfile"): "it would write the keys of TLS to a file; leave it out",
    ("postgres", "azure_conn_id"): "Redshift knows no login by Azure's tokens; leave it out",
    ("redshift", "ssl_insecure"): "it would trust an identity provider with any certificate; leave it out",
    ("redshift", "auth_profile"): "what it names could weaken TLS; write its properties into the extra",
    ("redshift", "endpoint_url"): "give it to the AWS connection that aws_conn_id names",
}
#: The same options under the names of the two drivers.
SAME = (
    ("sslmode", "ssl"),
    ("connect_timeout", "timeout"),
    ("keepalives", "tcp_keepalive"),
    ("keepalives_idle", "tcp_keepalive_idle"),
    ("keepalives_interval", "tcp_keepalive_interval"),
    ("keepalives_count", "tcp_keepalive_count"),
    ("dbname", "database"),
    ("cluster-identifier", "cluster_identifier"),
    ("workgroup-name", "serverless_work_group"),
    ("redshift-serverless", "is_serverless"),
)
#: TLS files. When one does not exist, libpq continues without it: without revocations, and in the mode "require"
#: without checking the certificate.
TLS_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir")
#: Options that stand for the connection's own fields.
FIELDS = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}
FIELDS |= {"database": "schema", "db_user": "login"}
