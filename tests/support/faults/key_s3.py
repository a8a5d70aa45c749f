"""An S3 in memory that holds what a file system cannot: any key, and answers that end too early.

It answers listings (with pages, delimiters and ``encoding-type=url``), GET, PUT, HEAD and DeleteObjects as S3 does,
checks no signature, and notes the paths that it was asked for as they came.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_WRITTEN = "2026-11-30T20:00:00.000Z"


class KeyS3:
    """Serves one set of objects as every bucket, by path, on a free port of this machine.

    :param page: keys and folders in a page of a listing.
    """

    access_key_id, secret_access_key = "anybody", "anything"

    def __init__(self, page: int = 1000) -> None:
        self.page = page
        self.objects: dict[str, bytes] = {}
        #: How many bytes of each answer to a GET get through; the rest is held back in silence.
        self.cut_at: int | None = None
        #: Method and path of each request, as it came.
        self.requests: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def endpoint(self) -> str:
        """The server's URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> KeyS3:
        """Start to answer."""
        threading.Thread(target=self._server.serve_forever, name="key-s3", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        s3 = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._reply(*s3.get(self.path))

            def do_HEAD(self) -> None:
                s3.requests.append(("HEAD", self.path))
                key = _key(self.path)
                self._reply(200 if not key or key in s3.objects else 404, s3.objects.get(key, b""), {})

            def do_PUT(self) -> None:
                s3.requests.append(("PUT", self.path))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                s3.objects[_key(self.path)] = body
                self._reply(200, b"", {"ETag": _etag(body)})

            def do_POST(self) -> None:
                s3.requests.append(("POST", self.path))
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                for key in re.findall(r"<Key>(.*?)</Key>", body, re.DOTALL):
                    s3.objects.pop(unescape(key), None)
                self._reply(200, b"<DeleteResult></DeleteResult>", {})

            def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def get(self, target: str) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and headers of the answer to a GET."""
        self.requests.append(("GET", target))
        key = _key(target)
        if not key:
            return 200, self._list(parse_qs(urlsplit(target).query, keep_blank_values=True)).encode(), {}
        if key not in self.objects:
            return 404, b"<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>", {}
        body = self.objects[key]
        headers = {"ETag": _etag(body), "Last-Modified": "Mon, 30 Nov 2026 20:00:00 GMT"}
        return 200, body[: self.cut_at], headers

    def _list(self, query: dict[str, list[str]]) -> str:
        given = {name: values[0] for name, values in query.items()}
        encode = quote if given.get("encoding-type") == "url" else escape
        prefix, delimiter = given.get("prefix", ""), given.get("delimiter", "")
        after = bytes.fromhex(given.get("continuation-token", ""))
        # S3 sorts by the bytes of UTF-8. A folder is named by the keys in it, once.
        keys = [key for key in sorted(self.objects, key=str.encode) if key.startswith(prefix)]
        names = dict.fromkeys(_rolled_up(key, prefix, delimiter) for key in keys)
        left = [name for name in names if name.encode() > after]
        page = left[: int(given.get("max-keys", self.page))]
        entries = "".join(
            self._entry(encode, name, is_folder=bool(delimiter) and delimiter in name[len(prefix) :]) for name in page
        )
        more = len(left) > len(page)
        token = f"<NextContinuationToken>{page[-1].encode().hex()}</NextContinuationToken>" if more else ""
        return (
            f'{_HEAD}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>any</Name>'
            f"<Prefix>{encode(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
            f"{'<EncodingType>url</EncodingType>' if encode is quote else ''}"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}</ListBucketResult>"
        )

    def _entry(self, encode: Callable[[str], str], name: str, *, is_folder: bool) -> str:
        if is_folder:
            return f"<CommonPrefixes><Prefix>{encode(name)}</Prefix></CommonPrefixes>"
        body = self.objects[name]
        return (
            f"<Contents><Key>{encode(name)}</Key><LastModified>{_WRITTEN}</LastModified><ETag>{escape(_etag(body))}"
            f"</ETag><Size>{len(body)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )


def _key(target: str) -> str:
    """Return the key of ``/bucket/key``, decoded once and not normalised; a proxy is asked for the whole URL."""
    path = re.sub(r"^http://[^/]*", "", target).partition("?")[0]
    return unquote(path.removeprefix("/").partition("/")[2])


def _rolled_up(key: str, prefix: str, delimiter: str) -> str:
    rest = key[len(prefix) :]
    return prefix + rest.partition(delimiter)[0] + delimiter if delimiter and delimiter in rest else key


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'
