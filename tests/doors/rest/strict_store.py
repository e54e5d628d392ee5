# SPDX-License-Identifier: Apache-2.0
"""The store and STS in memory of fake_store.py, but it believes nobody: each request is signed by keys that it knows and that
have not expired, and a web identity token is one that it has been told of."""
import hashlib
import hmac
import time
import urllib.parse

from fake_store import FakeStore


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, method, path, query, headers, names, scope, payload):
    """AWS's version 4, from its description: `path` and `query` as they were sent."""
    pairs = sorted(pair if "=" in pair else pair + "=" for pair in query.split("&") if pair)
    canonical = "\n".join([method, path, "&".join(pairs), *(f"{name}:{' '.join(headers[name].split())}" for name in names), "",
                           ";".join(names), payload])
    text = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], "/".join(scope),
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in scope:
        key = _hmac(key, part)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class StrictStore(FakeStore):
    """keys: id -> (secret, session token or None, until); tokens: web identity token -> None or (status, code), its refusal."""

    def __init__(self):
        self.keys = {}
        self.tokens = {}
        self.asked = []   # the forms of AssumeRoleWithWebIdentity
        self.used = []    # ids of keys that requests to objects came with
        super().__init__()

    def know(self, name, token=None, seconds=3600):
        self.keys[name] = (f"secret-of-{name}", token, time.time() + seconds)

    def judge(self, handler, body):
        """None, or status and code of a refusal."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        if "authorization" not in headers:
            return 403, "AccessDenied"
        parts = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
        name, *scope = parts["Credential"].split("/")
        if name not in self.keys:
            return 403, "InvalidAccessKeyId"
        secret, token, until = self.keys[name]
        names = parts["SignedHeaders"].split(";")
        payload = headers.get("x-amz-content-sha256", hashlib.sha256(body).hexdigest())
        path, _, query = handler.path.partition("?")
        made = signature(secret, handler.command, path, query, headers, names, scope, payload)
        if payload != hashlib.sha256(body).hexdigest() or not hmac.compare_digest(made, parts["Signature"]):
            return 403, "SignatureDoesNotMatch"
        if headers.get("x-amz-security-token") != token or (token and "x-amz-security-token" not in names):
            return 403, "InvalidToken"
        if until < time.time():
            return 400, "ExpiredToken"
        self.used.append(name)
        return None

    def reply(self, handler, body):
        form = dict(urllib.parse.parse_qsl(body.decode())) if handler.path == "/" else {}
        if form.get("Action") == "AssumeRoleWithWebIdentity":
            self.asked.append(form)
            refused = self.tokens.get(form["WebIdentityToken"], (400, "InvalidIdentityToken"))
        else:
            refused = self.judge(handler, body)
        if not refused:
            super().reply(handler, body)
            return
        words = f"<Error><Code>{refused[1]}</Code><Message>as told</Message></Error>".encode()
        handler.send_response(refused[0])
        handler.send_header("Content-Length", str(len(words)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(words)

    def assume_role(self, form):
        status, content = super().assume_role(form)
        number = len(self.roles)
        self.keys[f"made-{number}"] = (f"made-secret-{number}", f"made-token-{number}",
                                       time.time() + (self.lifetime_s or int(form["DurationSeconds"])))
        return status, content
