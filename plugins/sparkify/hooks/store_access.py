"""Access to S3: the clients of an Airflow connection, its credentials, and errors in words.

boto3's client is that of Airflow's own S3Hook, and it decides where S3 is. obstore, which reads many small objects
several times faster, takes address, region and credentials from boto3. Where obstore cannot do the same (proxies, own
certificates, unsigned requests, keys that are not paths), boto3 reads as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from sparkify.hooks.bucket_address import BucketAddress
from sparkify.hooks.errors import SourceChangedError
from sparkify.hooks.listing_pages import read_quickly
from sparkify.hooks.store_errors import StoreError, StoreUnavailableError, translate

if TYPE_CHECKING:
    from obstore.store import S3Store


def load_definitions() -> None:
    """Read the definition of S3's API into memory; boto3 would read it from files for every session."""
    import boto3

    session = boto3.Session("nobody", "nothing", region_name="us-east-1")
    _with_shared_definitions(session).client("s3")  # makes no request


class StoreAccess:
    """The clients of an Airflow connection.

    :param aws_conn_id: connection of type ``aws``; its extra may name an ``endpoint_url``. ``None`` uses the
        credentials of the machine.
    """

    def __init__(self, aws_conn_id: str | None) -> None:
        self.aws_conn_id = aws_conn_id
        self._stores: dict[str, S3Store | None] = {}
        self._stores_lock = threading.Lock()

    @cached_property
    def client(self) -> Any:
        """The boto3 client of S3, which threads may share.

        The hook's own ``get_conn`` first searches the source code of all its callers for the calling operator, which
        takes longer than making the client.
        """
        hook = self._hook
        client = self._session.client("s3", endpoint_url=self._own_endpoint, config=hook.config, verify=hook.verify)
        read_quickly(client)
        return client

    @cached_property
    def _session(self) -> Any:
        """The boto3 session. There is one: each session would have its own credentials, and renew them itself."""
        return _with_shared_definitions(self._hook.get_session())

    @property
    def endpoint(self) -> str:
        """The server's address."""
        return self._own_endpoint or str(self.client.meta.endpoint_url)

    @property
    def _own_endpoint(self) -> str | None:
        """The address that the connection names, ``None`` for AWS's own."""
        address = self._hook.conn_config.get_service_endpoint_url(service_name="s3")
        return str(address) if address else None

    @property
    def wants_static_keys(self) -> bool:
        """Whether the connection's extra asks for COPY to use this connection's keys."""
        extra = self._hook.conn_config.extra_config if self.aws_conn_id else {}
        return str(extra.get("copy_with_static_keys", "")).lower() in ("true", "1")

    def frozen_credentials(self) -> tuple[str, str, str | None]:
        """Return access key, secret key and session token; Airflow's logs mask them from now on."""
        from airflow.sdk.log import mask_secret

        credentials = self._session.get_credentials().get_frozen_credentials()
        for secret in (credentials.access_key, credentials.secret_key, credentials.token):
            if secret:
                mask_secret(secret)
        return credentials.access_key, credentials.secret_key, credentials.token

    @contextmanager
    def _translated(self, action: str, uri: str) -> Iterator[None]:
        try:
            yield
        except (SourceChangedError, StoreError, StoreUnavailableError):
            raise
        except FileNotFoundError as error:
            raise SourceChangedError(f"{uri} is gone since it was listed.") from error
        except Exception as error:
            # The hook or its client may be what failed: they are not made here again.
            known = "client" in self.__dict__ or ("_hook" in self.__dict__ and self._own_endpoint)
            endpoint = self.endpoint if known else "S3"
            raise translate(error, action=action, uri=uri, conn_id=str(self.aws_conn_id), endpoint=endpoint) from error

    @cached_property
    def _hook(self) -> Any:
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
        from airflow.sdk import BaseHook
        from airflow.sdk.exceptions import AirflowNotFoundException

        if self.aws_conn_id is not None:
            try:  # without the connection, the hook itself would continue with other credentials
                BaseHook.get_connection(self.aws_conn_id)
            except AirflowNotFoundException as error:
                raise StoreError(
                    f"There is no Airflow connection {self.aws_conn_id!r}: create it, with type 'aws'."
                ) from error
        return S3Hook(aws_conn_id=self.aws_conn_id)

    def bucket_store(self, bucket: str) -> S3Store | None:
        """Return obstore's client of a bucket; ``None`` when it could not do what boto3 does."""
        with self._stores_lock:
            if bucket not in self._stores:
                with self._translated("read", f"s3://{bucket}"):
                    self._stores[bucket] = self._make_store(bucket)
            return self._stores[bucket]

    def _make_store(self, bucket: str) -> S3Store | None:
        from obstore.auth.boto3 import Boto3CredentialProvider
        from obstore.store import S3Store

        address = self._find_address(bucket)
        if address is None or not self._is_plain(address):
            return None
        return S3Store(
            bucket,
            # Everything that obstore would otherwise take from AWS_… in the environment.
            config={
                "endpoint": address.endpoint,
                "region": address.region,
                "virtual_hosted_style_request": address.is_virtual_hosted,
                "skip_signature": False,
            },
            # Asked for often, so that a role's credentials are renewed before they expire.
            credential_provider=Boto3CredentialProvider(self._session, ttl=timedelta(minutes=5)),
            client_options={
                "allow_http": address.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=10),
                "read_timeout": timedelta(seconds=60),
                "timeout": timedelta(hours=1),  # of a whole object, however large
            },
            retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=60)},
        )

    def _is_plain(self, address: BucketAddress) -> bool:
        """Return whether both clients would reach S3 in the same way."""
        config = self.client.meta.config
        if config.proxies or getproxies().keys() - {"no"}:
            return False
        bundle = self._session._session.get_config_variable("ca_bundle")
        own_certificates = self._hook.verify is not None or bundle or config.client_cert
        return not (own_certificates and address.endpoint.startswith("https:"))

    def _find_address(self, bucket: str) -> BucketAddress | None:
        """Return where boto3 finds a bucket, taken from one of its requests: boto3 follows a bucket to its region."""
        events, sent = self.client.meta.events, []

        def keep(request: Any, **_: Any) -> None:
            sent.append(request)

        events.register("before-send.s3.HeadBucket", keep)
        try:
            self.client.head_bucket(Bucket=bucket)
        finally:
            events.unregister("before-send.s3.HeadBucket", keep)
        return BucketAddress.of_request(bucket, sent[-1].url, sent[-1].headers.get("Authorization", ""))


def _with_shared_definitions(session: Any) -> Any:
    # boto3 cannot be given a loader; botocore's session can, as one of its components.
    own = session._session
    own.register_component("data_loader", _definitions(own.get_config_variable("data_path")))
    return session


@cache
def _definitions(data_path: str | None) -> Any:
    """Return the loader of this process, which caches what it has read. Threads may share it."""
    from botocore.loaders import create_loader

    return create_loader(data_path)
