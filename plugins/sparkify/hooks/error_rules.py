"""The known errors of Redshift, its drivers and AWS: whether a retry can help, and what to do. A table only.

docs/troubleshooting.md says the same. Redshift gives many errors the vague SQLSTATE XX000, and an error of connecting
has none, so only their messages tell them apart.
https://www.postgresql.org/docs/current/errcodes-appendix.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Outcome(Enum):
    """What happens to the work after an error."""

    #: It fails at once.
    FAIL = auto()
    #: It fails at once, and the same password is not tried again for a while.
    LOGIN = auto()
    #: Airflow retries it.
    RETRY = auto()
    #: Its transaction runs again at once: it conflicted with another one.
    RERUN = auto()


@dataclass(frozen=True)
class Rule:
    """One class of errors.

    :param name: the class.
    :param outcome: what happens to the work.
    :param step: what to do about the error, or about a transient one that does not go away, as half a sentence;
        ``{role}`` is the role that COPY uses to read S3, ``{buckets}`` are the buckets that it reads.
    :param pattern: a regular expression of the message in lower case, searched for when the SQLSTATE is vague.
    :param states: SQLSTATEs, or their beginnings.
    :param aws: codes of AWS's services.
    :param is_certain: whether the pattern counts with any SQLSTATE.
    """

    name: str
    outcome: Outcome
    step: str
    pattern: str = ""
    states: tuple[str, ...] = ()
    aws: tuple[str, ...] = ()
    is_certain: bool = False


#: https://docs.aws.amazon.com/redshift/latest/dg/r_Users-user-lockout.html,
#: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_USER_LOCKOUT.html
LOCKED_USER_STEP = (
    "correct the connection's login and password (Redshift locks a user after 5 wrong passwords in a row: a superuser "
    "sees it by SHOW USER LOCKOUT and lifts it by ALTER USER <user> LOGIN PASSWORD '<password>'; a login by IAM is "
    "never locked)"
)
_FAIL, _LOGIN, _RETRY, _RERUN = Outcome.FAIL, Outcome.LOGIN, Outcome.RETRY, Outcome.RERUN
_S3 = "see whether S3 can be reached from here, and AWS's health page for its region"
_SERVER = (
    "see that the warehouse is running, that the connection's host and port are right, and that its security group "
    "lets this machine in; `python -m sparkify doctor` checks them"
)

#: Connecting. Permanent errors come first, because a driver's message has the errors of all addresses that it tried.
_CONNECTING = (
    Rule(
        "TLS required",
        _FAIL,
        "the warehouse takes connections with TLS only: leave ssl and sslmode out of the connection's extra",
        pattern=r"no pg_hba\.conf entry.*\bssl off\b",
        is_certain=True,
    ),
    Rule(
        "address not allowed",
        _FAIL,
        "allow this machine's address to connect",
        pattern=r"no pg_hba\.conf entry",
        is_certain=True,
    ),
    Rule(
        "refused login",
        _LOGIN,
        LOCKED_USER_STEP,
        pattern=r"password authentication failed|not permitted to log ?in|\b(user|account)\b.{0,80}\blocked\b",
        states=("28",),
    ),
    Rule("missing user", _FAIL, "correct the connection's login", pattern=r'\b(role|user) ".*?" does not exist'),
    Rule(
        "missing database",
        _FAIL,
        "correct the connection's database",
        pattern=r'database ".*?" does not exist',
        states=("3D000",),
    ),
    Rule(
        "certificate",
        _FAIL,
        "correct the connection's SSL settings",
        pattern=r"certificate|refuses ssl|does not support ssl",
    ),
)

#: Other transactions.
_CONFLICTS = (
    # https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
    Rule(
        "table outside the snapshot",
        _RERUN,
        "see what else makes or drops tables while loads run (svv_transactions): the table was made or dropped beside "
        "this transaction",
        pattern=r"^(error:? *)?1018\b.*\brelation\b|\bcode: *1018\b",
        is_certain=True,
    ),
    # https://github.com/dbt-labs/dbt-adapters/issues/626, https://github.com/aws/amazon-redshift-jdbc-driver/issues/147
    Rule(
        "conflicting transactions",
        _RERUN,
        "see who else writes these tables (svv_transactions); the pipeline's own writers queue on a lock of their own",
        pattern=r"serializable isolation violation|could not serialize|conflict with concurrent transaction"
        r"|deadlock detected|dropped by concurrent transaction|tuple concurrently|^(error: *)?1023\b|\bcode: *1023\b",
        states=("40001", "40P01"),
    ),
    # https://github.com/dbt-labs/dbt-adapters/issues/617
    Rule(
        "table gone under the statement",
        _RETRY,
        "see what else drops and makes tables while loads run",
        pattern=r"could not open relation with oid|relation with oid \d+ does not exist"
        r"|cache lookup failed for relation",
        is_certain=True,
    ),
    Rule(
        "lock timeout",
        _RETRY,
        "see in svv_transactions who holds the lock",
        pattern=r"could not obtain lock|lock timeout",
        states=("55P03",),
    ),
)

#: The warehouse's state.
_WAREHOUSE = (
    # https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-workgroup-max-rpu.html
    Rule(
        "usage limit",
        _FAIL,
        "raise the warehouse's usage limit, or wait for its next period",
        pattern=r"\busage limit",
    ),
    # A cluster answers so while it is resized, and cannot be written to:
    # https://docs.aws.amazon.com/redshift/latest/mgmt/resizing-cluster.html
    Rule(
        "resize or maintenance",
        _RETRY,
        "wait until the cluster's resize or maintenance is over; a database that is always read-only cannot be loaded",
        pattern=r"in resize mode|being (resized|restored|rebooted|drained)|in maintenance|read-only (mode|transaction)",
        states=("25006",),
        is_certain=True,
    ),
    Rule(
        "paused cluster",
        _RETRY,
        "resume the cluster",
        pattern=r"cluster is paused",
        aws=("InvalidClusterState", "InvalidClusterStateFault"),
    ),
    Rule(
        "no capacity",
        _RETRY,
        "run fewer DAG runs in parallel (the DAG's max_active_runs), or raise the workgroup's maximum capacity",
        pattern=r"(maximum|max|insufficient|no) capacity",
    ),
    Rule(
        "statement cancelled",
        _RETRY,
        "see statement_timeout and workload management, or who cancelled it",
        pattern=r"cancelled on user's request|cancell?ed by wlm|system requested abort|statement timeout",
        states=("57014",),
    ),
    Rule(
        "too many connections",
        _RETRY,
        "run fewer DAG runs in parallel (the DAG's max_active_runs)",
        pattern=r"too many clients|too many connections|connection limit .*exceeded|remaining connection slots",
        states=("53300",),
    ),
    Rule(
        "disk full",
        _RETRY,
        "free space in the warehouse (VACUUM does), or enlarge it",
        pattern=r"disk full",
        states=("53100",),
    ),
    Rule(
        "out of memory",
        _RETRY,
        "run fewer DAG runs in parallel (the DAG's max_active_runs), or a larger warehouse",
        pattern=r"out of memory|insufficient memory|memory (is )?exhausted",
        states=("53200",),
    ),
    Rule("aborted transaction", _RETRY, "see the first error in the log", states=("25P02",)),
)

#: S3, where COPY reads it and where a task does; and AWS, where it is asked for a login.
_AWS = (
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
    Rule(
        "archived object",
        _FAIL,
        "the object is in an archive (S3 Glacier): restore it (aws s3api restore-object), and load when that is done",
        pattern=r"invalidobjectstate|not valid for the object'?s (storage class|access tier)",
        aws=("InvalidObjectState",),
        is_certain=True,
    ),
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    Rule(
        "throttled",
        _RETRY,
        "run fewer DAG runs in parallel (the DAG's max_active_runs), or wait until AWS throttles less",
        pattern=r"slow ?down|throttl|too ?many ?requests|reduce your request rate|rate exceeded|exceeded the rate"
        r"|\bstatus:? *429\b",
        aws=(
            *("429", "BandwidthLimitExceeded", "EC2ThrottledException", "KMS.ThrottlingException"),
            *("LimitExceededException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"),
            *("RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling"),
            *("ThrottlingException", "TooManyRequestsException", "TransactionInProgressException"),
        ),
    ),
    Rule(
        "S3 or AWS fails",
        _RETRY,
        _S3,
        pattern=r"error when retrieving (credentials|metadata)|\bstatus:? *5\d\d\b"
        r"|\berror:? *(internalerror|serviceunavailable|requesttimeout)\b"
        r"|s3curlexception|curl error|transfer closed with",
        aws=(
            *("500", "502", "503", "504", "InternalError", "InternalFailure", "InternalServerException"),
            *("InternalServerError", "OperationAborted", "PriorRequestNotComplete", "RequestTimeout"),
            *("RequestTimeoutException", "ServiceUnavailable", "ServiceUnavailableException"),
        ),
    ),
    # https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html: a person has to log in.
    Rule(
        "login by AWS SSO",
        _FAIL,
        "log in again (aws sso login), or give the AWS connection keys or a role",
        pattern=r"retrieving token from sso|sso session associated|sso token",
    ),
    # A COPY of the next try has fresh ones.
    Rule(
        "COPY's credentials expired",
        _RETRY,
        "have COPY read by an IAM role",
        pattern=r"expiredtoken|token has expired",
    ),
    Rule(
        "clock",
        _FAIL,
        "set this machine's clock, for instance by NTP",
        pattern=r"requesttimetooskewed|time and the current time is too large",
        aws=("RequestTimeTooSkewed", "RequestExpired"),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    Rule(
        "key in KMS",
        _FAIL,
        "allow {role} kms:Decrypt on the key that encrypts {buckets}, and see that the key is enabled",
        pattern=r"kms:(decrypt|generatedatakey)|\bkms\.\w+|aws kms|kms key|using kms",
        aws=("KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException"),
    ),
    Rule(
        "COPY role",
        _FAIL,
        "the warehouse may not use {role}: attach the role to it, and have its trust policy name "
        "redshift.amazonaws.com; or correct the role's ARN",
        pattern=r"assume|credentials of role|iam role",
    ),
    Rule(
        "missing bucket",
        _FAIL,
        "correct the name of the bucket ({buckets}), or create it",
        pattern=r"nosuchbucket|bucket does not exist",
    ),
    Rule(
        "wrong keys",
        _FAIL,
        "correct the AWS connection's keys; those of a role are renewed by themselves",
        pattern=r"unable to locate credentials|partial credentials",
        aws=(
            *("ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken"),
            *("SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException"),
        ),
    ),
    Rule(
        "refused by S3",
        _FAIL,
        "allow {role} s3:GetObject and s3:ListBucket on {buckets}",
        # A manifest that may be listed but not read is reported as one that lacks its full path.
        pattern=r"access ?denied|status:? *403|invalidaccesskeyid|signaturedoesnotmatch|full path",
    ),
    Rule(
        "refused by AWS",
        _FAIL,
        "allow the AWS connection what the message names; for a login by IAM that is redshift:GetClusterCredentials or "
        "redshift-serverless:GetCredentials",
        aws=("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"),
    ),
    Rule(
        "missing warehouse",
        _FAIL,
        "correct cluster_identifier or serverless_work_group in the connection's extra",
        aws=("ClusterNotFound", "ClusterNotFoundFault", "ResourceNotFoundException"),
    ),
    Rule(
        "other region",
        _FAIL,
        "set region to that of the bucket ({buckets})",
        pattern=r"redirect|specified endpoint|\bregion\b",
    ),
)

#: The connection, the statement.
_REST = (
    Rule(
        "connection lost",
        _RETRY,
        _SERVER,
        pattern=r"communication error|connection (refused|reset|timed out|time out|timeout expired)|timeout expired"
        r"|connection has been closed unexpectedly|server closed the connection|the connection is lost"
        r"|connection is closed|connection already closed|broken pipe|server socket closed|ssl syscall error"
        r"|could not (receive data from|send data to) server|name or service not known"
        r"|temporary failure in name resolution|no route to host|network is unreachable|host is down"
        r"|terminating connection|the database system is|in recovery",
        states=("08", "53", "57P", "58"),
    ),
    Rule("syntax", _FAIL, "correct the statement", states=("42601",)),
    Rule(
        "missing column",
        _FAIL,
        "correct the column's name, or bring the table up to date with sql/tables",
        pattern=r'column ".*?" does not exist',
        states=("42703",),
    ),
    Rule(
        "missing schema",
        _FAIL,
        "make the schema, or correct its name",
        pattern=r'schema ".*?" does not exist',
        states=("3F000",),
    ),
    Rule(
        "missing privilege",
        _FAIL,
        "grant the connection's user what the statement needs",
        pattern=r"permission denied",
        states=("42501",),
    ),
    Rule(
        "missing table",
        _FAIL,
        "make the table (the DAG that creates tables makes the pipeline's own), or correct its name",
        pattern=r"\b(relation|table)\b.*does not exist",
        states=("42P01",),
    ),
    Rule("wrong value", _FAIL, "correct the value or the query that makes it", states=("22",)),
)

#: The first rule that matches an error applies.
RULES: tuple[Rule, ...] = (*_CONNECTING, *_CONFLICTS, *_WAREHOUSE, *_AWS, *_REST)
