"""The Amazon Redshift Data API over HTTP, for programs that use it in place of a driver.

A client of the server like any other: it logs in as the administrator, whoever calls it. So it listens on this machine
only, and only if it was asked for.
https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html
"""

from local_redshift.data_api.http import DataApi

__all__ = ["DataApi"]
