"""What the Data API answers when it cannot do what was asked."""

from __future__ import annotations


class ApiError(Exception):
    """An error of the API.

    :param kind: its name, such as ``ValidationException``.
    :param message: what is wrong.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
