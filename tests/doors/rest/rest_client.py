# SPDX-License-Identifier: Apache-2.0
"""A small client of the REST door that sends exactly what a test says."""
import json
import socket
import urllib.parse

import requests

SCHEMA = {
    "type": "struct",
    "schema-id": 0,
    "fields": [
        {"id": 1, "name": "id", "type": "long", "required": True},
        {"id": 2, "name": "day", "type": "date", "required": False},
    ],
}


def view_version(sql, dialect="spark", version_id=1, **members):
    return {
        "version-id": version_id,
        "timestamp-ms": 1700000000000,
        "schema-id": 0,
        "summary": {"engine-name": "test"},
        "default-namespace": ["default"],
        "representations": [{"type": "sql", "sql": sql, "dialect": dialect}],
        **members,
    }


def view_request(name, sql="select 1 as id", **members):
    return {"name": name, "schema": SCHEMA, "view-version": view_version(sql), "properties": {}, **members}


def quote(name):
    """One path segment; levels of a namespace arrive joined by U+001F."""
    return urllib.parse.quote(name, safe="")


def read_to_end(connection):
    """What comes until the server closes; a connection left open is an error (time-out)."""
    answer = b""
    with connection:
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    return answer


class Rest:
    """Calls of the Iceberg REST API against one server."""

    def __init__(self, url):
        self.url = url
        address = urllib.parse.urlsplit(url)
        self.host, self.port = address.hostname, address.port
        self.session = requests.Session()

    def call(self, method, path, body=None, **arguments):
        if body is not None:
            arguments["data"] = json.dumps(body)
            arguments.setdefault("headers", {})["Content-Type"] = "application/json"
        return self.session.request(method, self.url + path, timeout=30, **arguments)

    def get(self, path, **arguments):
        return self.call("GET", path, **arguments)

    def head(self, path, **arguments):
        return self.call("HEAD", path, **arguments)

    def post(self, path, body=None, **arguments):
        return self.call("POST", path, body, **arguments)

    def delete(self, path, **arguments):
        return self.call("DELETE", path, **arguments)

    def open(self, data, wait_s=30):
        """A connection of its own on which these bytes were sent."""
        connection = socket.create_connection((self.host, self.port), timeout=wait_s)
        try:
            connection.sendall(data)
        except OSError:
            pass  # the server had enough before all was sent
        return connection

    def raw(self, data):
        """Sends bytes; everything the server answers until it closes."""
        return read_to_end(self.open(data))

    def create_namespace(self, *levels, **properties):
        answer = self.post("/v1/namespaces", {"namespace": list(levels), "properties": properties})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create_table(self, namespace, name, **members):
        body = {"name": name, "schema": SCHEMA, **members}
        answer = self.post(f"/v1/namespaces/{quote(namespace)}/tables", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create_view(self, namespace, name, sql="select 1 as id", **members):
        body = view_request(name, sql, **members)
        answer = self.post(f"/v1/namespaces/{quote(namespace)}/views", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def load(self, namespace, name, **arguments):
        return self.get(f"/v1/namespaces/{quote(namespace)}/tables/{quote(name)}", **arguments)

    def commit(self, namespace, name, updates, requirements=()):
        return self.post(f"/v1/namespaces/{quote(namespace)}/tables/{quote(name)}",
                         {"requirements": list(requirements), "updates": updates})


def assert_error(answer, status, error_type, text=None):
    """The specification's error body: status, type and the code inside agree."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == status
    assert error["type"] == error_type, error
    assert error["message"]
    if text is not None:
        assert text in error["message"], error
