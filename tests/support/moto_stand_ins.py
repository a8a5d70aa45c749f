"""Stand-ins for the resources that moto's CloudFormation does not know: they keep what they are given, and answer.

They say nothing about whether AWS takes the properties; cfn-lint, which has AWS's schemas, does (`make checks`).
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import boto3
from moto.core.common_models import CloudFormationModel
from moto.s3.models import s3_backends


class _Kept:
    """What the stand-ins share. moto finds the direct subclasses of CloudFormationModel."""

    kind: ClassVar[str]
    name_property: ClassVar[str]
    #: The properties of those that were made, newest last.
    made: ClassVar[list[dict[str, Any]]]

    def __init__(self, name: str, properties: dict[str, Any], account: str, region: str) -> None:
        self.physical_resource_id = name
        self.properties, self.account, self.region = properties, account, region

    @classmethod
    def cloudformation_name_type(cls) -> str:
        return cls.name_property

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.kind

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> _Kept:
        properties = cloudformation_json["Properties"]
        cls.made.append(properties)
        return cls(resource_name, properties, account_id, region_name)

    def delete(self, account_id: str, region_name: str) -> None:
        """Called when the stack is deleted."""


class Namespace(_Kept, CloudFormationModel):
    kind, name_property = "AWS::RedshiftServerless::Namespace", "NamespaceName"
    made: ClassVar[list[dict[str, Any]]] = []


class Workgroup(_Kept, CloudFormationModel):
    kind, name_property = "AWS::RedshiftServerless::Workgroup", "WorkgroupName"
    made: ClassVar[list[dict[str, Any]]] = []

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr.startswith("Workgroup")

    def get_cfn_attribute(self, attr: str) -> str:
        name = self.physical_resource_id
        return {
            "Workgroup.Endpoint.Address": f"{name}.{self.account}.{self.region}.redshift-serverless.amazonaws.com",
            "Workgroup.WorkgroupArn": f"arn:aws:redshift-serverless:{self.region}:{self.account}:workgroup/{name}-id",
        }[attr]


class BucketPolicy(_Kept, CloudFormationModel):
    kind, name_property = "AWS::S3::BucketPolicy", "BucketPolicyName"
    made: ClassVar[list[dict[str, Any]]] = []

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> _Kept:
        given = cloudformation_json["Properties"]
        policy = json.dumps(given["PolicyDocument"]).encode()
        s3_backends[account_id]["aws"].put_bucket_policy(given["Bucket"], policy)
        return super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **kwargs
        )


class Secret(_Kept, CloudFormationModel):
    kind, name_property = "AWS::SecretsManager::Secret", "Name"
    made: ClassVar[list[dict[str, Any]]] = []

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> _Kept:
        given = cloudformation_json["Properties"]
        client = boto3.client("secretsmanager", region_name)
        content = given.get("SecretString") or cls._generate(client, given["GenerateSecretString"])
        made = client.create_secret(Name=given["Name"], SecretString=content)
        return cls(made["ARN"], given, account_id, region_name)

    @staticmethod
    def _generate(client: Any, how: dict[str, Any]) -> str:
        password = client.get_random_password(
            PasswordLength=how["PasswordLength"], ExcludePunctuation=how["ExcludePunctuation"]
        )["RandomPassword"]
        return json.dumps(json.loads(how["SecretStringTemplate"]) | {how["GenerateStringKey"]: password})

    def delete(self, account_id: str, region_name: str) -> None:
        del account_id
        boto3.client("secretsmanager", region_name).delete_secret(
            SecretId=self.physical_resource_id, ForceDeleteWithoutRecovery=True
        )
