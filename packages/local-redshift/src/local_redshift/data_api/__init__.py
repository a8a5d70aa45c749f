"""The Amazon Redshift Data API over HTTP, for programs that use it in the place of a driver.

Contract: a client of the server like any other: it logs in as the administrator, whoever calls. So it listens on this
machine only, and only where it was asked for.
https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html
"""

from local_redshift.data_api.http import DataApi

__all__ = ["DataApi"]
