# SPDX-License-Identifier: Apache-2.0
"""An object store in memory with an STS, as much as the catalog asks of one. It believes every signature."""
import http.server
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape


class FakeStore:
    """Starts at once. objects: "bucket/key" -> bytes; roles: the forms of AssumeRole that came."""

    def __init__(self):
        self.objects = {}
        self.roles = []
        self.lifetime_s = None  # of keys; None: as asked for
        self.sts_status = 200
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return lambda: store.answer(self)
                raise AttributeError(name)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        self.reply(handler, handler.rfile.read(int(handler.headers.get("Content-Length") or 0)))

    def reply(self, handler, body):
        address = urllib.parse.urlsplit(handler.path)
        key = urllib.parse.unquote(address.path).lstrip("/")
        if handler.command == "POST" and key == "":
            status, content = self.assume_role(dict(urllib.parse.parse_qsl(body.decode())))
        elif "list-type" in urllib.parse.parse_qs(address.query, keep_blank_values=True):
            status, content = self.list(key.rstrip("/"), urllib.parse.parse_qs(address.query))
        else:
            status, content = self.touch(handler.command, key, body, handler.headers)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        if status == 200:
            handler.send_header("ETag", '"0"')
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)

    def touch(self, method, key, body, headers):
        if method == "PUT":
            if headers.get("If-None-Match") == "*" and key in self.objects:
                return 412, b""
            self.objects[key] = body
            return 200, b""
        if method == "DELETE":
            self.objects.pop(key, None)
            return 204, b""
        if key not in self.objects:
            return 404, b"<Error><Code>NoSuchKey</Code></Error>"
        return 200, self.objects[key]

    def list(self, bucket, query):
        start = f"{bucket}/{query.get('prefix', [''])[0]}"
        keys = sorted(key for key in self.objects if key.startswith(start))
        found = "".join(f"<Contents><Key>{escape(key[len(bucket) + 1:])}</Key><Size>1</Size>"
                        "<LastModified>2026-01-01T00:00:00Z</LastModified></Contents>" for key in keys)
        return 200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()

    def assume_role(self, form):
        self.roles.append(form)
        if self.sts_status != 200:
            return self.sts_status, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
        until = time.time() + (self.lifetime_s or int(form["DurationSeconds"]))
        number = len(self.roles)
        return 200, (
            "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
            f"<AccessKeyId>made-{number}</AccessKeyId><SecretAccessKey>made-secret-{number}</SecretAccessKey>"
            f"<SessionToken>made-token-{number}</SessionToken>"
            f"<Expiration>{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(until))}</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>").encode()
