# SPDX-License-Identifier: Apache-2.0
"""Goal: an append that lost its branch to other appends is made anew where the table wants it, and only there; sent again
it is not applied again; what is refused says why.

Method: appends with manifest lists of PyIceberg's, sent by hand on heads that are not the present ones."""
import concurrent.futures
import itertools
import pathlib
import re
import time
import uuid

import pytest
from object_store import ObjectStore
from rest_client import SCHEMA, Rest
from support.manifest_lists import manifest_path, read_list, write_list

WANTED = {"skep.commit.rebase-appends": "true"}
_snapshots = itertools.count(1000)


class Table:
    def __init__(self, rest, namespace, name, **properties):
        self.rest, self.name = rest, name
        self.path = f"/v1/namespaces/{namespace}/tables/{name}"
        made = rest.post(f"/v1/namespaces/{namespace}/tables", {"name": name, "schema": SCHEMA, "properties": properties})
        assert made.status_code == 200, made.text

    def load(self):
        return self.rest.get(self.path).json()["metadata"]

    def request(self, metadata, branch="main", operation="append", **members):
        """The body of an append to a branch on what was seen, its list written; and its snapshot's id."""
        head = metadata.get("refs", {}).get(branch, {}).get("snapshot-id")
        number = next(_snapshots)
        snapshot = {"snapshot-id": number, "sequence-number": metadata["last-sequence-number"] + 1,
                    "timestamp-ms": int(time.time() * 1000), "schema-id": 0,
                    "manifest-list": f"{metadata['location']}/metadata/snap-{number}-1-{uuid.uuid4()}.avro",
                    "summary": {"operation": operation, "added-records": "1", "total-records": "1"}, **members}
        if head:
            snapshot["parent-snapshot-id"] = head
        write_list(snapshot, next((s for s in metadata.get("snapshots", []) if s["snapshot-id"] == head), None))
        return {"requirements": [{"type": "assert-table-uuid", "uuid": metadata["table-uuid"]},
                                 {"type": "assert-ref-snapshot-id", "ref": branch, "snapshot-id": head}],
                "updates": [{"action": "add-snapshot", "snapshot": snapshot},
                            {"action": "set-snapshot-ref", "ref-name": branch, "type": "branch", "snapshot-id": number}]}

    def send(self, body, **headers):
        return self.rest.call("POST", self.path, body, headers=dict(headers))

    def append(self, metadata, **arguments):
        answer = self.send(self.request(metadata, **arguments))
        assert answer.status_code == 200, answer.text
        return answer.json()["metadata"]

    def paths(self, metadata, branch="main"):
        head = metadata["refs"][branch]["snapshot-id"]
        snapshot, = (s for s in metadata["snapshots"] if s["snapshot-id"] == head)
        return sorted(m.manifest_path for m in read_list(snapshot["manifest-list"]))


@pytest.fixture
def table(rest, namespace):
    return Table(rest, namespace, "t", **WANTED)


def id_of(body):
    return body["updates"][0]["snapshot"]["snapshot-id"]


def test_an_append_that_is_sent_again_is_not_applied_again(table):
    empty = table.load()
    first, second = table.request(empty), table.request(empty)
    assert table.send(first).status_code == 200
    made = table.send(second)
    assert made.status_code == 200, made.text
    for body in (first, second):
        again = table.send(body)
        assert again.status_code == 200 and again.json() == made.json()
    after = table.load()
    assert [s["snapshot-id"] for s in after["snapshots"]] == [id_of(first), id_of(second)]
    assert after["snapshots"][1]["summary"]["total-records"] == "2"
    assert table.paths(after) == sorted(manifest_path(id_of(b)) for b in (first, second))


def test_an_append_with_a_key_is_made_anew_once_and_answered_alike(table):
    empty = table.load()
    table.append(empty)
    body, key = table.request(empty), {"Idempotency-Key": str(uuid.uuid4())}
    answers = [table.send(body, **key) for _ in range(3)]
    assert {a.status_code for a in answers} == {200} and len({a.text for a in answers}) == 1
    assert len(table.load()["snapshots"]) == 2


def test_branches_move_by_themselves(table):
    seen = table.append(table.load())
    seen = table.send({"requirements": [], "updates": [
        {"action": "set-snapshot-ref", "ref-name": "audit", "type": "branch",
         "snapshot-id": seen["current-snapshot-id"]}]}).json()["metadata"]
    on_main, on_audit = (table.append(seen, branch=b) for b in ("main", "audit"))
    late = table.append(seen, branch="audit")
    assert len(table.paths(late, "audit")) == 3 and len(table.paths(late, "main")) == 2
    numbers = [s["sequence-number"] for s in late["snapshots"]]
    assert numbers == [1, 2, 3, 4] and late["last-sequence-number"] == 4
    assert table.paths(on_main) == table.paths(late) and len(table.paths(on_audit, "audit")) == 2


def refusal(table, body):
    answer = table.send(body)
    assert answer.status_code == 409 and answer.json()["error"]["type"] == "CommitFailedException", answer.text
    return answer.json()["error"]["message"]


def test_what_is_not_wanted_or_not_plain_is_refused_as_ever(rest, namespace, table):
    unwanted = Table(rest, namespace, "unwanted")
    empty = unwanted.load()
    unwanted.append(empty)
    assert refusal(unwanted, unwanted.request(empty)).endswith("was created concurrently")

    seen = table.append(table.load())
    table.append(seen, operation="overwrite")
    assert "has changed" in refusal(table, table.request(seen))  # not by appends alone
    seen = table.load()
    table.append(seen)
    for wrong in ("delete", "overwrite", "replace"):
        assert "has changed" in refusal(table, table.request(seen, operation=wrong))
    assert "has changed" in refusal(table, table.request(seen, **{"key-id": "k"}))
    body = table.request(seen)
    body["requirements"].append({"type": "assert-last-assigned-field-id", "last-assigned-field-id": 77})
    refusal(table, body)
    body = table.request(seen)
    body["updates"].append({"action": "remove-snapshots", "snapshot-ids": [seen["snapshots"][0]["snapshot-id"]]})
    refusal(table, body)
    table.append(seen)  # and the table is as good as ever


def test_a_list_that_cannot_be_read_is_told_in_brackets(table):
    seen = table.append(table.load())
    table.append(seen)
    body = table.request(seen)
    with open(body["updates"][0]["snapshot"]["manifest-list"].removeprefix("file://"), "wb") as file:
        file.write(b"no list")
    assert refusal(table, body).endswith("(Damaged Avro file: it does not begin as one)")
    body["updates"][0]["snapshot"]["manifest-list"] += ".gone"
    assert "has changed" in refusal(table, body)


def test_a_list_of_another_table_is_not_copied_from(rest, namespace, table):
    other = Table(rest, namespace, "other", **WANTED)
    seen = table.append(table.load())
    table.append(seen)
    body, stolen = table.request(seen), other.request(other.load())
    body["updates"][0]["snapshot"]["manifest-list"] = stolen["updates"][0]["snapshot"]["manifest-list"]
    assert refusal(table, body).endswith("its manifest list is not in the table's place)")


def test_in_a_transaction_of_many_tables(rest, namespace, table):
    other = Table(rest, namespace, "other", **WANTED)
    seen = [t.append(t.load()) for t in (table, other)]
    for late, metadata in zip((table, other), seen):
        late.append(metadata)
    changes = [{"identifier": {"namespace": [namespace], "name": t.name}, **t.request(m)}
               for t, m in zip((table, other), seen)]
    answer = rest.post("/v1/transactions/commit", {"table-changes": changes})
    assert answer.status_code == 204, answer.text
    assert [len(t.paths(t.load())) for t in (table, other)] == [3, 3]


def test_the_setting_holds_where_the_table_does_not_say(skepd_factory):
    server = skepd_factory({"SKEP_REBASE_APPENDS": "true"}).start()
    rest = Rest(server.rest_url)
    rest.create_namespace("n")
    silent = Table(rest, "n", "silent")
    empty = silent.load()
    silent.append(empty)
    assert len(silent.append(empty)["snapshots"]) == 2
    against = Table(rest, "n", "against", **{"skep.commit.rebase-appends": "false"})
    empty = against.load()
    against.append(empty)
    refusal(against, against.request(empty))
    server.stop()


@pytest.fixture
def store():
    made = ObjectStore()
    yield made
    made.shutdown()


class StoredTable(Table):
    """Its lists are written here, and put into the store; those that are read are fetched from there."""

    store, directory = None, None

    def local(self, location):
        path = pathlib.Path(self.directory, location.rsplit("/", 1)[1])
        if not path.exists():
            path.write_bytes(self.store.objects[location.removeprefix("s3://")])
        return f"file://{path}"

    def request(self, metadata, **arguments):
        here = {**metadata, "location": f"file://{self.directory}",
                "snapshots": [{**s, "manifest-list": self.local(s["manifest-list"])} for s in metadata.get("snapshots", [])]}
        pathlib.Path(self.directory, "metadata").mkdir(exist_ok=True)
        body = super().request(here, **arguments)
        snapshot = body["updates"][0]["snapshot"]
        content = pathlib.Path(snapshot["manifest-list"].removeprefix("file://")).read_bytes()
        snapshot["manifest-list"] = f"{metadata['location']}/metadata/{snapshot['manifest-list'].rsplit('/', 1)[1]}"
        self.store.objects[snapshot["manifest-list"].removeprefix("s3://")] = content
        return body

    def lists_by_the_server(self):
        return {name for name in self.store.below("wh/") if re.search(r"/snap-\d+-0-", name)}


def test_in_an_object_store(skepd_factory, store, tmp_path):
    server = skepd_factory({"SKEP_WAREHOUSE": "s3://wh/root", "SKEP_S3_ENDPOINT": store.url, "SKEP_S3_KEY_SOURCE": "given",
                            "SKEP_S3_ACCESS_KEY_ID": "k", "SKEP_S3_SECRET_ACCESS_KEY": "secret-of-the-store"}).start()
    rest = Rest(server.rest_url)
    rest.create_namespace("n")
    table = StoredTable(rest, "n", "t", **WANTED)
    table.store, table.directory = store, str(tmp_path)
    empty = table.load()
    bodies = [table.request(empty) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: Rest(server.rest_url).post(table.path, body), bodies))
    assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
    after = table.load()
    lists = {s["manifest-list"] for s in after["snapshots"]}
    assert len(lists) == 8 and table.lists_by_the_server() == {name.removeprefix("s3://") for name in lists if "-0-" in name}
    head, = (s for s in after["snapshots"] if s["snapshot-id"] == after["current-snapshot-id"])
    listed = sorted((m.sequence_number, m.manifest_path) for m in read_list(table.local(head["manifest-list"])))
    assert [n for n, _ in listed] == list(range(1, 9))
    assert {p for _, p in listed} == {manifest_path(id_of(b)) for b in bodies}

    before, late = table.lists_by_the_server(), table.request(empty)
    for refused in ("-0-", ".metadata.json"):  # first the list, then the document behind it
        store.refuses = refused
        assert table.send(late).status_code >= 400
        assert table.load() == after and table.lists_by_the_server() == before
    store.refuses = None
    assert table.send(late).status_code == 200

    assert rest.delete(table.path + "?purgeRequested=true").status_code == 204  # lists that nothing names go as well
    deadline = time.monotonic() + 60
    while left := store.below("wh/root/n.db/t/"):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    server.stop()
