# SPDX-License-Identifier: Apache-2.0
"""Goal: warehouses are made, shown, changed and dropped through the management API, hold at both doors at once and on every
server within seconds, and no secret leaves the server by any way.

Method: servers of their own, two over one database where several are meant; a canary for a secret, looked for in all that
the server says and keeps.
"""
import os
import subprocess
import time

import pytest
import requests
from rest_client import SCHEMA

CANARIES = ("canary-secret-Qx7", "canary-token-Wz9")
STORE = {"endpoint": "http://127.0.0.1:1", "access": "vended", "access-key-id": "AKIDSEEN", "secret-access-key": CANARIES[0],
         "session-token": CANARIES[1], "role-arn": "arn:aws:iam:::role/r"}


@pytest.fixture(scope="module")
def server(skepd_factory, tmp_path_factory):
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SKEP_")}
    key = subprocess.run([os.environ["SKEPD"], "secrets-key"], env=bare, capture_output=True, text=True, check=True).stdout
    assert len(key.strip()) == 44
    file = tmp_path_factory.mktemp("keys") / "keys"
    file.write_text(key)
    return skepd_factory(environment={"SKEP_SECRETS_KEY_FILE": str(file), "SKEP_LOG_LEVEL": "debug"}).start()


@pytest.fixture
def api(server):
    def call(method, path="", body=None, status=200):
        answer = requests.request(method, f"{server.rest_url}/management/v1/warehouses{path}", json=body, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None
    return call


def place(server, name):
    return f"{server.warehouse}/{name}"


def test_a_new_warehouse_is_a_catalog_at_both_doors(server, api):
    made = api("POST", body={"name": "lake", "location": place(server, "lake"), "description": "d"})
    assert made == {"name": "lake", "location": place(server, "lake"), "description": "d", "allowed-prefixes": [],
                    "own": True, "version": 1}
    config = requests.get(f"{server.rest_url}/v1/config?warehouse=lake", timeout=10).json()
    assert config["defaults"]["prefix"] == "lake"
    tables = f"{server.rest_url}/v1/lake/namespaces/default/tables"
    table = requests.post(tables, json={"name": "t", "schema": SCHEMA}, timeout=10)
    assert table.status_code == 200 and table.json()["metadata"]["location"] == place(server, "lake") + "/t"
    for location in (server.warehouse + "/t", place(server, "lake10") + "/t", place(server, "lake") + "/../t"):
        refused = requests.post(tables, json={"name": "u", "schema": SCHEMA, "location": location}, timeout=10)
        assert refused.status_code in (400, 403), location
    assert {w["name"]: w["own"] for w in api("GET")["warehouses"]} == {"hive": False, "lake": True}
    refused = api("DELETE", "/lake", status=409)
    assert "not empty" in refused["error"]["message"]
    assert requests.delete(tables + "/t", timeout=10).status_code == 204
    api("DELETE", "/lake", status=204)
    api("GET", "/lake", status=404)


def test_a_change_touches_what_it_names(server, api):
    api("POST", body={"name": "c", "location": place(server, "c"), "allowed-prefixes": [place(server, "more")]})
    changed = api("POST", "/c", {"description": "new"})
    assert changed["allowed-prefixes"] == [place(server, "more")] and changed["version"] == 2
    assert api("POST", "/c", {"allowed-prefixes": []})["allowed-prefixes"] == []
    api("POST", "/c", {"location": None}, status=400)
    api("POST", "/c", {"name": "d"}, status=400)
    api("POST", "/hive", {"description": "x"}, status=400)
    api("POST", body={"name": "c", "location": place(server, "c")}, status=409)
    assert api("POST", "/c/check") == {"works": True, "steps": [{"step": s} for s in ("write", "read", "list", "delete")]}
    api("DELETE", "/c", status=204)


def test_what_does_not_work_is_not_stored_unless_it_is_asked_for(api):
    wanted = {"name": "far", "location": "s3://bucket/far", "storage": STORE}
    failed = api("POST", body=wanted, status=422)
    assert "write: " in failed["error"]["message"]
    api("GET", "/far", status=404)
    made = api("POST", "?skipCheck=true", wanted)
    assert made["storage"]["secret"] == "set" and made["storage"]["access-key-id"] == "AKIDSEEN"
    assert api("POST", "/far/check")["works"] is False
    overlapping = {"name": "near", "location": "s3a://bucket/far/inside", "storage": STORE}
    api("POST", "?skipCheck=true", overlapping, status=403)


def test_no_secret_leaves_the_server(server, api):
    api("POST", "?skipCheck=true", {"name": "quiet", "location": "s3://quiet", "storage": STORE})
    said = [requests.request(method, server.rest_url + path, json=body, timeout=30).text for method, path, body in (
        ("GET", "/management/v1/warehouses", None),
        ("GET", "/management/v1/warehouses/quiet", None),
        ("POST", "/management/v1/warehouses/quiet/check", None),
        ("POST", "/management/v1/warehouses/quiet?skipCheck=true", {"storage": {"secret-access-key": CANARIES[0]}}),
        ("POST", "/management/v1/warehouses/quiet?skipCheck=true", {"storage": {"access": CANARIES[0]}}),
        ("POST", "/management/v1/warehouses/quiet", {"storage": {"endpoint": f"http://x:{CANARIES[0]}@h"}}),
        ("POST", "/management/v1/warehouses", {"name": "q2", "location": "s3://q2", "storage": STORE}),
        ("GET", "/v1/config?warehouse=quiet", None),
        ("POST", "/v1/quiet/namespaces/default/tables", {"name": "t", "schema": SCHEMA}),
        ("GET", "/v1/quiet/namespaces/default", None))]
    said.append(requests.get(server.management_url + "/metrics", timeout=10).text)
    server.stop()
    said.append(server.log_path.read_text(errors="replace"))
    stored = [path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()]
    assert len(stored) > 100  # PostgreSQL's own files, the write-ahead log among them
    server.start()
    for canary in CANARIES:
        assert not any(canary in text for text in said)
        assert not any(canary.encode() in content for content in stored)
    assert any(b"AKIDSEEN" in content for content in stored)
    assert api("GET", "/quiet")["storage"]["secret"] == "set"


def test_without_a_key_no_secret_is_taken(rest_url):
    answer = requests.post(f"{rest_url}/management/v1/warehouses?skipCheck=true", timeout=10,
                           json={"name": "s", "location": "s3://s", "storage": STORE})
    assert answer.status_code == 400 and "secrets_key_file" in answer.json()["error"]["message"]
    assert CANARIES[0] not in answer.text


def test_a_change_holds_on_every_server(server, api, skepd_factory):
    api("POST", body={"name": "wide", "location": place(server, "wide"), "allowed-prefixes": [place(server, "wider")]})
    socket = next(path for path in server.data_dir.rglob(".s.PGSQL.*") if path.suffix != ".lock")
    uri = f"host={socket.parent} port={socket.suffix[1:]} user=skep dbname=postgres"
    other = skepd_factory(environment={"SKEP_DATABASE_URI": uri, "SKEP_WAREHOUSE": server.warehouse}).start()
    tables = f"{other.rest_url}/v1/wide/namespaces/default/tables"
    where = place(server, "wider")
    assert requests.post(tables, json={"name": "a", "schema": SCHEMA, "location": where + "/a"}, timeout=10).status_code == 200
    api("POST", "/wide", {"allowed-prefixes": []})
    time.sleep(1.2)
    refused = requests.post(tables, json={"name": "b", "schema": SCHEMA, "location": where + "/b"}, timeout=10)
    assert refused.status_code == 403
    assert requests.get(tables + "/a", timeout=10).status_code == 403
    other.stop()
