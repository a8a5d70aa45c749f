"""The Data API's HTTP: JSON over POST, an action named in a header, as every AWS SDK sends it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local_redshift.data_api.actions import Actions
from local_redshift.data_api.errors import ApiError
from local_redshift.data_api.executions import Executions

log = logging.getLogger(__name__)

_TARGET = "RedshiftData."
_LONGEST = 1 << 20


class DataApi:
    """The API of one server, on a thread.

    :param port: on 127.0.0.1, which only programs on this machine can reach.
    :param connection: how the server is reached, as psycopg takes it.
    :raises OSError: when the port is in use.
    """

    def __init__(self, port: int, connection: Mapping[str, Any]) -> None:
        self._executions = Executions(connection)
        actions = Actions(self._executions)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(actions))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="data-api", daemon=True).start()

    def stop(self) -> None:
        """Stop taking calls."""
        self._server.shutdown()
        self._server.server_close()
        self._executions.stop()


def _handler(actions: Actions) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            # A page in a browser cannot send this header to another origin without a preflight, which fails here.
            target = self.headers.get("X-Amz-Target", "")
            length = self.headers.get("Content-Length") or "0"
            size = int(length) if length.isascii() and length.isdigit() else _LONGEST + 1
            if not target.startswith(_TARGET) or size > _LONGEST:
                self._answer(400, {"__type": "ValidationException", "message": "This is not a call of redshift-data."})
                self.close_connection = True
                return
            try:
                request = _parameters(self.rfile.read(size))
                self._answer(200, actions.do(target.removeprefix(_TARGET), request))
            except ApiError as error:
                self._answer(400, {"__type": error.kind, "Message": error.message, "message": error.message})
            except ValueError as error:
                self._answer(400, {"__type": "SerializationException", "message": str(error)})
            except Exception as error:
                log.exception("A call of the Data API failed in the server.")
                text = f"Internal error of this local Redshift: {error!r}. Please report it."
                self._answer(500, {"__type": "InternalServerException", "message": text})

        def _answer(self, status: int, body: Mapping[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            log.info("Data API: %s", format % args)

    return Handler


def _parameters(body: bytes) -> dict[str, Any]:
    """Return the parameters of a call.

    :raises ValueError: when they are no JSON object.
    """
    found = json.loads(body or b"{}")
    if not isinstance(found, dict):
        raise ValueError("The parameters of a call are a JSON object.")  # noqa: TRY004 - what json raises
    return found
