# SPDX-License-Identifier: Apache-2.0
"""Clients that append snapshots to tables through either door, and write down what they did.

Each keeps to what engines do: it reads the table, makes a snapshot on what it saw, and says what it expects. Old snapshots
are removed on the way, so that documents stay small; the table's history is with the server."""
import itertools
import json
import os
import pathlib
import random
import sys
import threading
import time
import uuid

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "doors/thrift"))
import hms_client  # noqa: E402
from hms_client import hms  # noqa: E402
from thriftpy2.protocol import TBinaryProtocolFactory  # noqa: E402
from thriftpy2.rpc import make_client  # noqa: E402
from thriftpy2.transport import TBufferedTransportFactory  # noqa: E402

from history import OK, REFUSED, UNKNOWN  # noqa: E402

SCHEMA = {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "id", "required": False, "type": "long"}]}
KEPT_SNAPSHOTS = 10
NAMESPACE = "faults"
TIMEOUT_S = 40
PATIENCE_S = 120
snapshot_ids = itertools.count(1)


class Unanswered(Exception):
    """The server could not be asked, or did not say."""


def make_table(url, name, **properties):
    requests.post(f"{url}/v1/namespaces", json={"namespace": [NAMESPACE]}, timeout=TIMEOUT_S)
    made = requests.post(f"{url}/v1/namespaces/{NAMESPACE}/tables", timeout=TIMEOUT_S,
                         json={"name": name, "schema": SCHEMA, "properties": properties})
    assert made.status_code == 200, made.text


def read_chain(url, name):
    """[(snapshot, parent)], the oldest first, from the table's history."""
    answer = requests.get(f"{url}/management/v1/namespaces/{NAMESPACE}/tables/{name}/history?limit=10000", timeout=TIMEOUT_S)
    assert answer.status_code == 200, answer.text
    commits = reversed(answer.json()["history"])
    return [(c["snapshot-id"], c.get("parent-snapshot-id")) for c in commits if c.get("operation")]


def current_of(metadata):
    snapshot = metadata.get("current-snapshot-id")
    return None if snapshot in (None, -1) else snapshot


def new_snapshot(metadata, snapshot, parent):
    is_first_version = metadata["format-version"] == 1  # which numbers nothing
    made = {
        "snapshot-id": snapshot,
        "sequence-number": 0 if is_first_version else metadata["last-sequence-number"] + 1,
        "timestamp-ms": max(int(time.time() * 1000), metadata["last-updated-ms"]),
        "manifest-list": f"{metadata['location']}/metadata/snap-{snapshot}.avro",
        "summary": {"operation": "append"},
        "schema-id": 0,
    }
    if parent is not None:
        made["parent-snapshot-id"] = parent
    return made


def old_snapshots(metadata):
    return [s["snapshot-id"] for s in metadata.get("snapshots", [])][:-KEPT_SNAPSHOTS]


class Client(threading.Thread):
    def __init__(self, name, server, history, tables, stop, seed):
        super().__init__(name=name, daemon=True)
        self.server, self.history, self.tables, self.stop_event = server, history, tables, stop
        self.random = random.Random(f"{seed}/{name}")
        self.session = requests.Session()
        self.problem = None

    def run(self):
        while not self.stop_event.is_set():
            try:
                self.step(self.random.choice(self.tables))
            except (Unanswered, requests.RequestException, hms.MetaException):
                time.sleep(0.02)
            except Exception as problem:  # noqa: BLE001: told by the test, which would wait for it otherwise
                self.problem = problem
                return

    def load(self, table):
        """The document and its location, as a read of the history."""
        operation = self.history.begin("read", table, self.name)
        answer = self.session.get(f"{self.server.rest_url}/v1/namespaces/{NAMESPACE}/tables/{table}", timeout=TIMEOUT_S)
        if answer.status_code >= 500:
            raise Unanswered(answer.text)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        self.history.end(operation, OK, snapshot=current_of(body["metadata"]))
        return body["metadata"], body["metadata-location"]

    def append(self, table, metadata, **members):
        return self.history.begin("append", table, self.name, expected=current_of(metadata),
                                  snapshot=next(snapshot_ids), **members)


class RestClient(Client):
    """Commits with an expected snapshot; now and then without an answer's sake twice, under one key."""

    def change(self, metadata, operation):
        updates = [
            {"action": "add-snapshot", "snapshot": new_snapshot(metadata, operation.snapshot, operation.expected)},
            {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": operation.snapshot},
        ]
        if old_snapshots(metadata):
            updates.append({"action": "remove-snapshots", "snapshot-ids": old_snapshots(metadata)})
        return {"requirements": [{"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": operation.expected}],
                "updates": updates}

    def send(self, path, body):
        """The status; with a key, an answer that did not come is asked for again."""
        headers = {}
        if self.random.random() < 0.5:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        for attempt in range(3):
            try:
                answer = self.session.post(self.server.rest_url + path, json=body, headers=headers, timeout=TIMEOUT_S)
            except requests.RequestException:
                if not headers:
                    return None, ""
                time.sleep(0.2)
                continue
            if answer.status_code >= 500 and headers and attempt < 2:
                time.sleep(0.2)
                continue
            return answer.status_code, answer.text
        return None, ""

    def settle(self, operations, status, text):
        for operation in operations:
            if status in (200, 204):
                self.history.end(operation, OK)
            elif status == 409:
                self.history.end(operation, REFUSED, told=text,
                                 excused="too many" in text or operation.group is not None)
            elif status in (413, 503):  # nothing was done, says the server
                self.history.end(operation, REFUSED, excused=True)
            elif status is None or status >= 500:
                self.history.end(operation, UNKNOWN)
            else:
                raise AssertionError(f"{status}: {text}")

    def step(self, table):
        if len(self.tables) > 1 and self.random.random() < 0.15:
            return self.step_together(self.random.sample(self.tables, 2))
        metadata, _ = self.load(table)
        operation = self.append(table, metadata)
        status, text = self.send(f"/v1/namespaces/{NAMESPACE}/tables/{table}", self.change(metadata, operation))
        self.settle([operation], status, text)

    def step_together(self, tables):
        documents = [self.load(table)[0] for table in tables]
        group = next(snapshot_ids)
        operations = [self.append(t, m, group=group) for t, m in zip(tables, documents)]
        changes = [{"identifier": {"namespace": [NAMESPACE], "name": t}, **self.change(m, o)}
                   for t, m, o in zip(tables, documents, operations)]
        status, text = self.send("/v1/transactions/commit", {"table-changes": changes})
        self.settle(operations, status, text)


def read_branches(url, name):
    """{"table@branch": [(snapshot, parent)]}, the oldest first, from the table's document."""
    answer = requests.get(f"{url}/v1/namespaces/{NAMESPACE}/tables/{name}", timeout=TIMEOUT_S)
    assert answer.status_code == 200, answer.text
    metadata = answer.json()["metadata"]
    parents = {s["snapshot-id"]: s.get("parent-snapshot-id") for s in metadata.get("snapshots", [])}
    chains = {}
    for branch, reference in metadata["refs"].items():
        chain, snapshot = [], reference["snapshot-id"]
        while snapshot is not None:
            chain.insert(0, (snapshot, parents[snapshot]))
            snapshot = parents[snapshot]
        chains[f"{name}@{branch}"] = chain
    assert sum(map(len, chains.values())) == len(parents), "there are snapshots on no branch"
    return chains


class BranchClient(RestClient):
    """Appends to branches of a table of format version 1, "table@branch" in its history: each branch is a register of its
    own, so that the server can make commits to several of them together, and must refuse one of two to the same."""

    def step(self, table):
        name, branch = table.split("@")
        path = f"/v1/namespaces/{NAMESPACE}/tables/{name}"
        read = self.history.begin("read", table, self.name)
        answer = self.session.get(f"{self.server.rest_url}{path}?snapshots=refs", timeout=TIMEOUT_S)
        if answer.status_code >= 500:
            raise Unanswered(answer.text)
        assert answer.status_code == 200, answer.text
        metadata = answer.json()["metadata"]
        present = metadata.get("refs", {}).get(branch, {}).get("snapshot-id")
        self.history.end(read, OK, snapshot=present)
        operation = self.history.begin("append", table, self.name, expected=present, snapshot=next(snapshot_ids))
        body = {"requirements": [{"type": "assert-ref-snapshot-id", "ref": branch, "snapshot-id": present}],
                "updates": [{"action": "add-snapshot", "snapshot": new_snapshot(metadata, operation.snapshot, present)},
                            {"action": "set-snapshot-ref", "ref-name": branch, "type": "branch",
                             "snapshot-id": operation.snapshot}]}
        self.settle([operation], *self.send(path, body))


class HiveClient(Client):
    """Writes the metadata file itself and alters the table: with an expected value, or under a lock."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.connection = None

    def connect(self):
        if self.connection is None:
            try:
                self.connection = make_client(
                    hms_client.SERVICE, "127.0.0.1", self.server.thrift_port, proto_factory=TBinaryProtocolFactory(),
                    trans_factory=TBufferedTransportFactory(), timeout=TIMEOUT_S * 1000)
            except Exception as problem:
                raise Unanswered(str(problem)) from problem
        return self.connection

    def call(self, method, *arguments):
        """Exceptions of the API go to the caller; a broken connection is Unanswered."""
        connection = self.connect()
        try:
            return getattr(connection, method)(*arguments)
        except (hms.MetaException, hms.InvalidOperationException, hms.NoSuchObjectException):
            raise
        except Exception as problem:
            self.connection = None
            raise Unanswered(repr(problem)) from problem

    def write_file(self, metadata, location, operation):
        """The next document as a client makes it, in a file of its own beside the present one."""
        gone = set(old_snapshots(metadata))
        snapshot = new_snapshot(metadata, operation.snapshot, operation.expected)
        document = dict(metadata)
        document["snapshots"] = [s for s in metadata.get("snapshots", []) if s["snapshot-id"] not in gone] + [snapshot]
        document["snapshot-log"] = [e for e in metadata.get("snapshot-log", []) if e["snapshot-id"] not in gone] + [
            {"snapshot-id": operation.snapshot, "timestamp-ms": snapshot["timestamp-ms"]}]
        document["metadata-log"] = (metadata.get("metadata-log", []) + [
            {"metadata-file": location, "timestamp-ms": metadata["last-updated-ms"]}])[-20:]
        document["current-snapshot-id"] = operation.snapshot
        document["refs"] = {"main": {"snapshot-id": operation.snapshot, "type": "branch"}}
        document["last-sequence-number"] = snapshot["sequence-number"]
        document["last-updated-ms"] = snapshot["timestamp-ms"]
        directory, name = location.rsplit("/", 1)
        path = f"{directory}/{int(name.split('-')[0]) + 1:05}-{uuid.uuid4()}.metadata.json"
        local = path.removeprefix("file://")
        with open(local, "w", encoding="utf-8") as file:
            json.dump(document, file)
        return path

    def alter(self, table, metadata, location, operation, expect):
        row = self.call("get_table", NAMESPACE, table)
        if row.parameters["metadata_location"] != location:  # somebody was quicker: nothing was sent
            self.history.end(operation, REFUSED, excused=True)
            return
        row.parameters["previous_metadata_location"] = location
        row.parameters["metadata_location"] = self.write_file(metadata, location, operation)
        context = hms.EnvironmentContext(properties={
            "expected_parameter_key": "metadata_location", "expected_parameter_value": location} if expect else {})
        try:
            self.call("alter_table_with_environment_context", NAMESPACE, table, row, context)
        except (hms.MetaException, hms.InvalidOperationException) as refusal:
            if "modified" in refusal.message:
                self.history.end(operation, REFUSED, told=refusal.message, excused="another" in refusal.message)
            else:
                self.history.end(operation, UNKNOWN)
            return
        self.history.end(operation, OK)

    def step(self, table):
        if self.random.random() < 0.7:
            metadata, location = self.load(table)
            self.alter(table, metadata, location, self.append(table, metadata), True)
            return
        component = hms.LockComponent(type=1, level=2, dbname=NAMESPACE, tablename=table, isTransactional=False)
        lock = self.call("lock", hms.LockRequest(component=[component], user="test", hostname="here", agentInfo=self.name))
        try:
            while lock.state == 2 and not self.stop_event.is_set():
                time.sleep(0.02)
                lock = self.call("check_lock", hms.CheckLockRequest(lockid=lock.lockid))
            if lock.state == 1:
                metadata, location = self.load(table)
                self.alter(table, metadata, location, self.append(table, metadata), False)
        finally:
            self.unlock(lock.lockid)

    def unlock(self, lock):
        """A lock that stayed behind would keep the others out for minutes."""
        for _ in range(5):
            try:
                return self.call("unlock", hms.UnlockRequest(lockid=lock))
            except Unanswered as problem:
                if "NoSuchLock" in str(problem):
                    return None
                time.sleep(0.2)
        return None


def wait_for_commits(history, count, table=None):
    """Until so many more commits (to one table, or any) are acknowledged, however slow the machine is."""
    wanted = history.count(OK, table) + count
    deadline = time.monotonic() + PATIENCE_S
    while history.count(OK, table) < wanted:
        assert time.monotonic() < deadline, f"{history.count(OK, table)} commits acknowledged, not {wanted}"
        time.sleep(0.05)


def run_clients(server, history, tables, seed, during, rest=4, hive=3, rest_kind=RestClient):
    """Runs clients while `during` does; its result. Fails when one of them met what it cannot explain."""
    stop = threading.Event()
    clients = [rest_kind(f"rest{i}", server, history, tables, stop, seed) for i in range(rest)]
    clients += [HiveClient(f"hive{i}", server, history, tables, stop, seed) for i in range(hive)]
    for client in clients:
        client.start()
    try:
        result = during()
    finally:
        stop.set()
        for client in clients:
            client.join(2 * TIMEOUT_S)
    for client in clients:
        assert client.problem is None, f"{client.name}: {client.problem!r}"
        assert not client.is_alive(), f"{client.name} is still waiting"
    return result
