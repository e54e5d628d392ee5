# SPDX-License-Identifier: Apache-2.0
"""Goal: the metadata of a table may be as long as the server takes at all, and those who load it, side by side, cost it
next to no memory. Method: a document of many snapshots is written into the warehouse, plain and packed, and registered;
clients load it at one time; /proc tells the most memory that was resident.
"""
import gzip
import hashlib
import json
import os
import pathlib
import threading

import pytest
import requests
from rest_client import SCHEMA, Rest

MIB = 1024 * 1024
IS_SANITIZED = b"__asan_init" in pathlib.Path(os.environ["SKEPD"]).read_bytes()
LENGTH = {"plain": 250 * MIB, "packed": 40 * MIB}  # the latter is committed to as well, which reads it into memory
# AddressSanitizer keeps what was freed and pads what is not.
GROWTH_MIB_MAX = 64 if IS_SANITIZED else 32  # while clients load
CLIENTS = 4
SNAPSHOT = ('{"snapshot-id":%d,"sequence-number":%d,"timestamp-ms":%d,"manifest-list":"file:///nowhere/%s.avro","schema-id":0,'
            '"summary":{"operation":"append","comment":"%s"}}')


def document(place, length):
    """Text of metadata that is about so long: the last snapshot is main's, the first a tag's."""
    wide = "x" * 20000
    count = length // (len(SNAPSHOT) + len(wide) + 40)
    snapshots = ",".join(SNAPSHOT % (9223372036854000000 + n, n, 1700000000000 + n, n, wide) for n in range(1, count + 1))
    head = json.dumps({
        "format-version": 2, "table-uuid": "11111111-2222-4333-8444-555555555555", "location": place,
        "last-updated-ms": 1700000000000 + count, "last-column-id": 2, "current-schema-id": 0, "schemas": [SCHEMA],
        "default-spec-id": 0, "partition-specs": [{"spec-id": 0, "fields": []}], "last-partition-id": 999,
        "default-sort-order-id": 0, "sort-orders": [{"order-id": 0, "fields": []}], "properties": {},
        "last-sequence-number": count, "current-snapshot-id": 9223372036854000000 + count,
        "refs": {"main": {"snapshot-id": 9223372036854000000 + count, "type": "branch"},
                 "first": {"snapshot-id": 9223372036854000001, "type": "tag"}},
        "snapshot-log": [], "metadata-log": [], "statistics": [], "partition-statistics": []})
    return f'{head[:-1]},"snapshots":[{snapshots}]}}', count


@pytest.fixture(scope="module")
def server(skepd_factory):
    sanitizer = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "quarantine_size_mb=4"]))
    made = skepd_factory(environment={"ASAN_OPTIONS": sanitizer, "SKEP_SPOOL_BYTES_MAX": str(4 * 1024 * MIB)})
    made.start()
    yield made
    made.stop()


class LongTable:
    """A registered table, its metadata file, the digest and the length of its text, and how many snapshots it has."""

    def __init__(self, server, name):
        place = pathlib.Path(str(server.data_dir / "warehouse")) / "long" / name
        (place / "metadata").mkdir(parents=True)
        text, self.count = document(place.as_uri(), LENGTH[name])
        content = text.encode()
        self.digest, self.length = hashlib.sha256(content).hexdigest(), len(content)
        self.path = place / "metadata" / ("00000-a.gz.metadata.json" if name == "packed" else "00000-a.metadata.json")
        self.path.write_bytes(gzip.compress(content, 1) if name == "packed" else content)
        answer = requests.post(f"{server.rest_url}/v1/namespaces/long/register", timeout=120, stream=True, json={
            "name": name, "metadata-location": self.path.as_uri()})
        assert answer.status_code == 200, answer.text[:1000]
        answer.close()


@pytest.fixture(scope="module")
def long_tables(server):
    Rest(server.rest_url).create_namespace("long")
    return {name: LongTable(server, name) for name in LENGTH}


def load(url, name):
    """The digest and the length of the document in the answer, which is not kept either."""
    with requests.get(f"{url}/v1/namespaces/long/tables/{name}", stream=True, timeout=120) as answer:
        assert answer.status_code == 200
        length = int(answer.headers["Content-Length"])
        digest, taken, middle = hashlib.sha256(), 0, b'"metadata":'
        head = answer.raw.read(4096)
        begin, end = head.index(middle) + len(middle), length - len(',"config":{}}')
        assert json.loads(head[:begin] + b"0}")["metadata-location"].endswith(".metadata.json")
        piece = head
        while piece:
            kept = piece[max(0, begin - taken):max(0, end - taken)]
            digest.update(kept)
            taken += len(piece)
            piece = answer.raw.read(MIB)
        assert taken == length
        return digest.hexdigest(), end - begin


@pytest.mark.parametrize("name", ["plain", "packed"])
def test_many_load_a_long_document_in_little_memory(server, long_tables, name):
    answers, growth = [], server.memory_growth()
    threads = [threading.Thread(target=lambda: answers.append(load(server.rest_url, name))) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(long_tables[name].digest, long_tables[name].length)] * CLIENTS
    assert growth.mib() < GROWTH_MIB_MAX


def test_a_tag_of_a_long_document_saves_its_bytes(server, long_tables):
    url = f"{server.rest_url}/v1/namespaces/long/tables/plain"
    with requests.get(url, stream=True, timeout=120) as answer:
        tag = answer.headers["ETag"]
    growth = server.memory_growth()
    assert requests.get(url, headers={"If-None-Match": tag}, timeout=120).status_code == 304
    assert growth.mib() < GROWTH_MIB_MAX


def test_a_long_document_that_is_gone_is_told(server, long_tables):
    path = long_tables["packed"].path
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        answer = requests.get(f"{server.rest_url}/v1/namespaces/long/tables/packed", timeout=120)
        assert answer.status_code == 404 and answer.json()["error"]["type"] == "NotFoundException"
    finally:
        away.rename(path)


@pytest.mark.parametrize("name", ["plain", "packed"])
def test_the_snapshots_of_refs_are_answered_in_little_memory(server, long_tables, name):
    answers, growth = [], server.memory_growth()
    url = f"{server.rest_url}/v1/namespaces/long/tables/{name}?snapshots=refs"
    threads = [threading.Thread(target=lambda: answers.append(requests.get(url, timeout=120))) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert growth.mib() < GROWTH_MIB_MAX
    for answer in answers:
        ids = [snapshot["snapshot-id"] for snapshot in answer.json()["metadata"]["snapshots"]]
        assert ids == [9223372036854000001, 9223372036854000000 + long_tables[name].count]
    assert len(answers) == CLIENTS


def test_a_long_table_is_committed_to_and_the_memory_given_back(server, long_tables):
    rest = Rest(server.rest_url)
    growth = server.memory_growth()
    answer = rest.commit("long", "packed", [{"action": "set-properties", "updates": {"k": "v"}}])
    assert answer.status_code == 200, answer.text[:1000]
    assert answer.json()["metadata"]["properties"] == {"k": "v"}
    # what it prints lies on disk; pages of that which are looked at count as resident, once
    assert growth.mib() < LENGTH["packed"] / MIB + GROWTH_MIB_MAX
    if not IS_SANITIZED:
        assert server.resident_mib("VmRSS") - growth.before < GROWTH_MIB_MAX
    assert rest.load("long", "packed").json() == answer.json() | {"config": {}}


def hive_parameters(server):
    """What an HMS client sees of the packed table."""
    metastore = pytest.importorskip("hive_metastore.ThriftHiveMetastore")
    from thrift.protocol import TBinaryProtocol
    from thrift.transport import TSocket, TTransport

    transport = TTransport.TBufferedTransport(TSocket.TSocket("127.0.0.1", server.thrift_port))
    transport.open()
    try:
        return metastore.Client(TBinaryProtocol.TBinaryProtocol(transport)).get_table("long", "packed").parameters
    finally:
        transport.close()


def test_the_snapshots_of_a_long_table_are_rolled_back_to_and_removed(server, long_tables):
    rest, count = Rest(server.rest_url), long_tables["packed"].count
    ids = [9223372036854000000 + n for n in range(1, count + 1)]
    before = rest.load("long", "packed").json()["metadata"]
    main = {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": ids[4]}
    answer = rest.commit("long", "packed", [main])
    assert answer.status_code == 200, answer.text[:1000]
    assert answer.json()["metadata"]["snapshots"] == before["snapshots"]
    shown = hive_parameters(server)
    assert shown["current-snapshot-id"] == str(ids[4]) and int(shown["current-snapshot-timestamp-ms"]) == 1700000000005
    snapshot = {"snapshot-id": 7, "parent-snapshot-id": ids[4], "sequence-number": count + 1, "schema-id": 0,
                "timestamp-ms": answer.json()["metadata"]["last-updated-ms"], "manifest-list": "file:///nowhere/seven.avro",
                "summary": {"operation": "append", "total-records": "77"}}
    answer = rest.commit("long", "packed", [{"action": "remove-snapshots", "snapshot-ids": ids[10:20]},
                                            {"action": "add-snapshot", "snapshot": snapshot}, main | {"snapshot-id": 7}])
    assert answer.status_code == 200, answer.text[:1000]
    assert answer.json()["metadata"]["snapshots"] == before["snapshots"][:10] + before["snapshots"][20:] + [snapshot]
    assert hive_parameters(server)["numRows"] == "77"
