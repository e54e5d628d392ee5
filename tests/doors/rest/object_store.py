# SPDX-License-Identifier: Apache-2.0
"""A small object store in memory that speaks as much of S3 as the server says to one. It checks no signature."""
import http.server
import threading
import urllib.parse
import xml.etree.ElementTree as xml
from xml.sax.saxutils import escape


class ObjectStore(http.server.ThreadingHTTPServer):
    """objects: "bucket/key" -> bytes. fails: how many of the next deletes of many are answered with 503. refuses: part of the
    names that may not be written."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects = {}
        self.fails = 0
        self.refuses = None
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def below(self, prefix):
        with self.lock:
            return sorted(key for key in self.objects if key.startswith(prefix))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def where(self):
        path, _, query = self.path.partition("?")
        return urllib.parse.unquote(path).lstrip("/"), dict(urllib.parse.parse_qsl(query, keep_blank_values=True))

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def do_PUT(self):
        name, _ = self.where()
        content = self.body()
        if self.server.refuses and self.server.refuses in name:
            return self.error(403, "AccessDenied")
        with self.server.lock:
            taken = self.headers.get("If-None-Match") == "*" and name in self.server.objects
            if not taken:
                self.server.objects[name] = content
        if taken:
            return self.error(412, "PreconditionFailed")
        return self.answer(200, ETag='"e"')

    def do_GET(self):
        name, query = self.where()
        if "list-type" in query:
            return self.list(name.rstrip("/"), query)
        with self.server.lock:
            content = self.server.objects.get(name)
        if content is None:
            return self.error(404, "NoSuchKey")
        status, start, end = 200, 0, len(content)
        if asked := self.headers.get("Range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            status, start, end = 206, int(first), min(int(last) + 1 if last else end, end)
        return self.answer(status, content[start:end], ETag='"e"', Content_Range=f"bytes {start}-{end - 1}/{len(content)}",
                           Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")

    def do_HEAD(self):
        name, _ = self.where()
        with self.server.lock:
            content = self.server.objects.get(name)
        if content is None:
            self.answer(404)
        else:
            self.answer(200, Content_Length=str(len(content)), ETag='"e"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")

    def do_DELETE(self):
        name, _ = self.where()
        with self.server.lock:
            self.server.objects.pop(name, None)
        self.answer(204)

    def do_POST(self):
        bucket, _ = self.where()
        keys = [key.text for key in xml.fromstring(self.body()).iter() if key.tag.endswith("Key")]
        with self.server.lock:
            self.server.fails -= 1
            if self.server.fails < 0:
                for key in keys:
                    self.server.objects.pop(f"{bucket.rstrip('/')}/{key}", None)
        if self.server.fails >= 0:
            self.error(503, "SlowDown")
        else:
            self.answer(200, b"<DeleteResult/>")

    def list(self, bucket, query):
        prefix, limit = query.get("prefix", ""), int(query.get("max-keys", "1000"))
        after = query.get("continuation-token", "")
        names, seen = [], set()
        for key in (full[len(bucket) + 1:] for full in self.server.below(f"{bucket}/{prefix}")):
            rest = key[len(prefix):]
            folder = prefix + rest.split("/")[0] + "/" if query.get("delimiter") and "/" in rest else None
            name = folder or key
            if name > after and name not in seen:
                seen.add(name)
                names.append((name, folder is not None))
        page, more = names[:limit], len(names) > limit
        text = "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" if folder else
            f"<Contents><Key>{escape(name)}</Key><Size>1</Size><LastModified>2024-01-01T00:00:00.000Z</LastModified></Contents>"
            for name, folder in page)
        if more:
            text += f"<NextContinuationToken>{escape(page[-1][0])}</NextContinuationToken>"
        self.answer(200, f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{text}</ListBucketResult>".encode())
