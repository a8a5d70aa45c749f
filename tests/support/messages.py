"""An HTTP server that keeps the JSON that is posted to it: where a webhook's messages end."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Messages:
    """Listens while the block runs."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def wait_for(self, run_id: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Return the messages of a run, once there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.of(run_id):
            time.sleep(0.1)
        return self.of(run_id)

    def of(self, run_id: str) -> list[dict[str, Any]]:
        """Return the messages of a run so far."""
        return [message for message in self.received if message["run_id"] == run_id]

    def __enter__(self) -> Messages:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
