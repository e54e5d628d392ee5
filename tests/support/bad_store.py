# SPDX-License-Identifier: Apache-2.0
"""An object store in memory that fails as it is told: S3's PUT (also if absent), GET (also of a part), HEAD, DELETE and
listings, without looking at signatures.

    store.fail("PUT", "lost", 2)    the next two PUTs have their effect, and their answers are lost
"""
import contextlib
import hashlib
import http.server
import re
import socket
import struct
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

ALWAYS = 1 << 30


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, body=b"", **headers):
        fault = self.fault if self.command != "HEAD" else None
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        declared, sent = len(body), body
        if fault == "half":
            sent = body[:len(body) // 2]
        if fault == "short":
            declared, sent = len(body) // 2, body[:len(body) // 2]
        if "content_length" not in headers:
            self.send_header("Content-Length", str(declared))
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault == "dribble":
            self.dribble(sent)
        self.wfile.write(sent)
        if fault == "half":
            self.cut()

    def dribble(self, body):
        with contextlib.suppress(OSError):
            for at in range(len(body)):
                self.wfile.write(body[at:at + 1])
                if self.server.store.closing.wait(0.3):
                    return
        self.cut()

    def cut(self):
        """With a reset, not with an end."""
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    def error(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code><Message>as told</Message></Error>".encode())

    def begin(self):
        """Takes the request and the fault it meets; False when that is all."""
        store = self.server.store
        self.body = self.read_body()
        split = urllib.parse.urlsplit(self.path)
        self.key = urllib.parse.unquote(split.path)
        self.query = urllib.parse.parse_qs(split.query, keep_blank_values=True)
        self.fault = store.take_fault(self.command)
        store.note(self.command, self.key, self.fault)
        if self.fault in ("503", "429", "500", "403"):
            self.fault_status = int(self.fault)
            self.error(self.fault_status, {"503": "SlowDown", "403": "AccessDenied"}.get(self.fault, "Other"))
            return False
        if self.fault == "redirect":
            self.answer(307, b"", Location="http://192.0.2.1/elsewhere", x_amz_bucket_region="mars-1")
            return False
        if self.fault == "reset":
            self.cut()
            return False
        if self.fault == "silent":
            store.closing.wait(30)
            self.cut()
            return False
        if self.fault == "garbage":
            self.wfile.write(b"\x00\x01 this is not HTTP\r\n\r\n")
            self.cut()
            return False
        return True

    def lose(self):
        """The effect was had; does the answer go?"""
        if self.fault == "lost":
            self.cut()
        elif self.fault == "late":
            self.server.store.closing.wait(30)
            self.cut()
        return self.fault in ("lost", "late")

    def do_PUT(self):
        if not self.begin():
            return
        store = self.server.store
        meta = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}
        with store.lock:
            taken = self.headers.get("If-None-Match") == "*" and self.key in store.objects
            if not taken:
                store.objects[self.key] = (self.body, meta)
        if self.lose():
            return
        if taken:
            self.error(412, "PreconditionFailed")
        else:
            self.answer(200, ETag=f'"{hashlib.md5(self.body).hexdigest()}"')

    def do_GET(self):
        if not self.begin():
            return
        if "list-type" in self.query:
            self.list()
            return
        found = self.server.store.objects.get(self.key)
        if not found:
            self.error(404, "NoSuchKey")
            return
        body, meta = found
        headers = {"ETag": f'"{hashlib.md5(body).hexdigest()}"', **meta}
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if part:
            first, last = int(part[1]), int(part[2] or len(body) - 1)
            self.answer(206, body[first:last + 1], **headers)
        else:
            self.answer(200, body, **headers)

    def do_HEAD(self):
        if not self.begin():
            return
        found = self.server.store.objects.get(self.key)
        if found:
            self.answer(200, content_length=str(len(found[0])), ETag=f'"{hashlib.md5(found[0]).hexdigest()}"', **found[1])
        else:
            self.answer(404)

    def do_DELETE(self):
        if not self.begin():
            return
        with self.server.store.lock:
            self.server.store.objects.pop(self.key, None)
        if not self.lose():
            self.answer(204)

    def do_POST(self):
        if not self.begin():
            return
        with self.server.store.lock:
            for key in re.findall(rb"<Key>(.*?)</Key>", self.body):
                self.server.store.objects.pop(self.key + key.decode(), None)
        if not self.lose():
            self.answer(200, b"<DeleteResult/>")

    def list(self):
        prefix = self.query["prefix"][0]
        with self.server.store.lock:
            keys = sorted(key[len(self.key):] for key in self.server.store.objects if key.startswith(self.key + prefix))
        body = "".join(f"<Contents><Key>{escape(key)}</Key><Size>1</Size></Contents>" for key in keys)
        self.answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{body}</ListBucketResult>".encode())


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        pass


class BadStore:
    def __init__(self):
        self.objects, self.requests, self.faults = {}, [], {}
        self.lock, self.closing = threading.Lock(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.store = self
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def fail(self, method, fault, times=ALWAYS):
        with self.lock:
            self.faults[method] = [fault, times]

    def heal(self):
        with self.lock:
            self.faults.clear()
            self.requests.clear()

    def take_fault(self, method):
        with self.lock:
            fault = self.faults.get(method)
            if not fault or fault[1] == 0:
                return None
            fault[1] -= 1
            return fault[0]

    def note(self, method, key, fault):
        with self.lock:
            self.requests.append((time.monotonic(), method, key, fault))

    def count(self, method):
        with self.lock:
            return sum(request[1] == method for request in self.requests)

    def documents(self):
        with self.lock:
            return sorted(key for key in self.objects if key.endswith(".metadata.json"))
