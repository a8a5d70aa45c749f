"""The stacks of infra/ in a mocked AWS: what they make, and what the policies allow."""

from __future__ import annotations

import ast
import hashlib
import json
import runpy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support import moto_stand_ins as stand_ins
from tests.support.paths import ROOT
from tests.support.templates import template_of

REGION = "eu-west-1"
PASSWORD_LENGTH = 48


def create(name: str, template: str, **parameters: str) -> dict[str, str]:
    """Create a stack and return its outputs."""
    client = boto3.client("cloudformation", REGION)
    client.create_stack(
        StackName=name,
        TemplateBody=(ROOT / "infra" / template).read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    stack = client.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def resources(name: str) -> dict[str, Any]:
    """Return a template's resources."""
    return template_of(name)["Resources"]


def connection_of(secret: str) -> dict[str, Any]:
    """Return the Airflow connection that a secret holds."""
    return json.loads(boto3.client("secretsmanager", REGION).get_secret_value(SecretId=secret)["SecretString"])


def policy_statements(arn: str) -> list[dict[str, Any]]:
    """Return the statements of a managed policy."""
    iam = boto3.client("iam", REGION)
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"]


def listed(value: str | list[str]) -> list[str]:
    """Return a policy's value as a list, which may be written as one."""
    return [value] if isinstance(value, str) else value


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """A mocked AWS account."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "mocked")
        patch.delenv("AWS_PROFILE", raising=False)
        with mock_aws():
            yield


@pytest.fixture(scope="module")
def base(aws: None) -> dict[str, str]:
    """The outputs of base.yaml."""
    return create("sparkify-base", "base.yaml")


@pytest.fixture(scope="module")
def serverless(base: dict[str, str]) -> Iterator[dict[str, str]]:
    """The outputs of serverless.yaml."""
    yield create("sparkify-warehouse", "serverless.yaml")
    boto3.client("cloudformation", REGION).delete_stack(StackName="sparkify-warehouse")


def test_buckets_are_encrypted(base: dict[str, str]) -> None:
    s3 = boto3.client("s3", REGION)
    for bucket in (base["SourceBucket"], base["WorkBucket"]):
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_every_bucket_keeps_versions_and_blocks_public_access_in_all_four_ways() -> None:
    buckets = [r for r in resources("base.yaml").values() if r["Type"] == "AWS::S3::Bucket"]
    assert len(buckets) == 2
    for bucket in buckets:  # moto's CloudFormation does not pass these on
        blocks = bucket["Properties"]["PublicAccessBlockConfiguration"]
        assert sorted(blocks) == ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
        assert all(value is True for value in blocks.values())
        assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}


def test_buckets_refuse_requests_without_tls(base: dict[str, str]) -> None:
    s3 = boto3.client("s3", REGION)
    for bucket in (base["SourceBucket"], base["WorkBucket"]):
        statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
        denied = {s["Sid"]: s for s in statements if s["Effect"] == "Deny" and s["Action"] == "s3:*"}
        assert str(denied["TlsOnly"]["Condition"]["Bool"]["aws:SecureTransport"]).lower() == "false"
        assert set(denied["TlsOnly"]["Resource"]) == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
        assert all(s["Effect"] == "Deny" for s in statements)


def test_the_copy_role_reads_the_three_folders_and_nothing_else(base: dict[str, str]) -> None:
    iam = boto3.client("iam", REGION)
    name = base["CopyRoleArn"].rpartition("/")[2]
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = [
        # moto's CloudFormation hands on the text of a Python dict.
        ast.literal_eval(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in policies
    ]
    statements = [statement for document in documents for statement in document["Statement"]]
    allowed = {
        (action, resource)
        for statement in statements
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    source, work = f"arn:aws:s3:::{base['SourceBucket']}", f"arn:aws:s3:::{base['WorkBucket']}"
    assert allowed == {
        ("s3:GetObject", f"{source}/log_data/*"),
        ("s3:GetObject", f"{source}/song_data/*"),
        ("s3:GetObject", f"{work}/manifests/*"),
        *((action, bucket) for action in ("s3:ListBucket", "s3:GetBucketLocation") for bucket in (source, work)),
    }
    assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]


def test_only_redshift_of_this_account_may_assume_the_copy_role(base: dict[str, str]) -> None:
    role = boto3.client("iam", REGION).get_role(RoleName=base["CopyRoleArn"].rpartition("/")[2])["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_airflow_writes_below_the_manifest_prefix_only(base: dict[str, str]) -> None:
    statements = policy_statements(base["AirflowPolicyArn"])
    writing = {
        resource
        for statement in statements
        if any("Put" in action or "Delete" in action for action in listed(statement["Action"]))
        for resource in listed(statement["Resource"])
    }
    assert writing == {f"arn:aws:s3:::{base['WorkBucket']}/manifests/*"}


def test_airflow_reads_the_secrets_of_its_own_connections_only(base: dict[str, str]) -> None:
    statements = policy_statements(base["AirflowPolicyArn"])
    secrets = [s for s in statements if any("secretsmanager" in action for action in listed(s["Action"]))]
    assert [s["Resource"].rpartition(":secret:")[2] for s in secrets] == ["airflow/connections/sparkify_*"]


def test_no_policy_has_a_wildcard_for_an_action_or_for_everything(
    base: dict[str, str], serverless: dict[str, str]
) -> None:
    for statement in policy_statements(base["AirflowPolicyArn"]) + policy_statements(serverless["LoginPolicyArn"]):
        assert not any("*" in action for action in listed(statement["Action"]))
        assert "*" not in listed(statement["Resource"])


def test_the_warehouse_is_reached_from_airflow_only(base: dict[str, str]) -> None:
    ec2 = boto3.client("ec2", REGION)
    (group,) = ec2.describe_security_groups(GroupIds=[base["WarehouseSecurityGroup"]])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"]) == (5439, 5439)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [base["ClientSecurityGroup"]]
    assert rule["IpRanges"] == []


def test_the_warehouses_subnets_have_no_way_to_the_internet(base: dict[str, str]) -> None:
    ec2 = boto3.client("ec2", REGION)
    subnets = base["WarehouseSubnets"].split(",")
    zones = {subnet["AvailabilityZone"] for subnet in ec2.describe_subnets(SubnetIds=subnets)["Subnets"]}
    assert len(zones) == 3
    tables = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": subnets}])["RouteTables"]
    targets = [route.get("GatewayId") for table in tables for route in table["Routes"]]
    assert all(target in (None, "local") or target.startswith("vpce-") for target in targets)
    assert not ec2.describe_internet_gateways()["InternetGateways"]


def test_an_existing_source_bucket_is_used_and_left_alone(base: dict[str, str]) -> None:
    outputs = create(
        "sparkify-elsewhere", "base.yaml", SourceBucketName="logs-of-another-team", AwsConnectionName="sparkify_s3"
    )
    assert outputs["SourceBucket"] == "logs-of-another-team"
    assert "logs-of-another-team" not in [b["Name"] for b in boto3.client("s3", REGION).list_buckets()["Buckets"]]
    reading = [r for s in policy_statements(outputs["AirflowPolicyArn"]) for r in listed(s["Resource"])]
    assert "arn:aws:s3:::logs-of-another-team/log_data/*" in reading


def test_the_serverless_workgroup_is_private_and_takes_tls_only(
    serverless: dict[str, str], base: dict[str, str]
) -> None:
    workgroup, namespace = stand_ins.Workgroup.made[-1], stand_ins.Namespace.made[-1]
    assert workgroup["PubliclyAccessible"] is False
    assert workgroup["EnhancedVpcRouting"] is True
    assert workgroup["SubnetIds"] == base["WarehouseSubnets"].split(",")
    assert {"ParameterKey": "require_ssl", "ParameterValue": "true"} in workgroup["ConfigParameters"]
    assert namespace["ManageAdminPassword"] is True
    assert namespace["IamRoles"] == [base["CopyRoleArn"]]
    assert "AdminUserPassword" not in namespace


def test_airflow_reaches_s3_by_the_role_it_runs_as(base: dict[str, str]) -> None:
    connection = connection_of("airflow/connections/sparkify_aws")
    assert connection == {"conn_type": "aws", "extra": {"region_name": REGION}}


@pytest.mark.parametrize(
    ("secret", "user"), [("PipelineSecret", "sparkify_pipeline"), ("ReaderSecret", "sparkify_reader")]
)
def test_a_secret_is_an_airflow_connection_with_a_generated_password(
    serverless: dict[str, str], secret: str, user: str
) -> None:
    connection = connection_of(serverless[secret])
    password = connection.pop("password")
    assert len(password) == PASSWORD_LENGTH
    assert password.isalnum()
    assert connection == {
        "conn_type": "redshift",
        "host": serverless["Endpoint"],
        "port": 5439,
        "schema": "dev",
        "login": user,
    }


def test_the_cluster_is_private_encrypted_and_takes_tls_only(base: dict[str, str]) -> None:
    outputs = create("sparkify-cluster", "cluster.yaml", Connection="sparkify_cluster")
    redshift = boto3.client("redshift", REGION)
    (cluster,) = redshift.describe_clusters()["Clusters"]
    assert cluster["Encrypted"] is True
    assert cluster["PubliclyAccessible"] is False
    assert cluster["EnhancedVpcRouting"] is True
    made = resources("cluster.yaml")
    assert made["Cluster"]["Properties"]["ManageMasterPassword"] is True
    assert "MasterUserPassword" not in made["Cluster"]["Properties"]
    parameters = made["Parameters"]["Properties"]["Parameters"]
    assert {"ParameterName": "require_ssl", "ParameterValue": "true"} in parameters
    assert connection_of(outputs["PipelineSecret"])["host"] == outputs["Endpoint"]
    boto3.client("cloudformation", REGION).delete_stack(StackName="sparkify-cluster")


def test_users_are_made_with_hashes_of_the_generated_passwords(
    serverless: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    script = runpy.run_path(str(ROOT / "infra" / "create_users.py"))
    warehouse = script["Warehouse"]("dev", "arn:admin", {"WorkgroupName": "sparkify"}, run=ran.append)
    script["create_users"](warehouse, REGION, "sparkify_redshift", "airflow-role")
    text = "\n".join(ran)
    assert "CREATE GROUP sparkify_readers" in text
    assert 'CREATE USER "IAMR:airflow-role" PASSWORD DISABLE' in text
    for secret, user in (
        (serverless["PipelineSecret"], "sparkify_pipeline"),
        (serverless["ReaderSecret"], "sparkify_reader"),
    ):
        password = connection_of(secret)["password"]
        assert password not in text
        digest = hashlib.md5(f"{password}{user}".encode()).hexdigest()
        assert f"CREATE USER {user} PASSWORD 'md5{digest}'" in text
    assert "CREATEUSER" not in text
    assert "REVOKE CREATE ON SCHEMA public FROM PUBLIC" in text
    assert "GRANT CREATE ON SCHEMA public TO sparkify_pipeline" in text
