# SPDX-License-Identifier: Apache-2.0
"""Goal: every 64-bit integer of a table's metadata keeps every digit on every way through the server. Method: one table of
version 3 whose members are at both ends of int64; the bytes of commit, load, register and management answers, requirements,
plans and the parameters that HMS clients see are compared with what was sent.
"""
import re

import pytest
from rest_client import SCHEMA

MAX, MIN = 9223372036854775807, -9223372036854775808
PARENT = 9223372036854775806  # as doubles these two are one number
LONG = {"id": 3, "name": "big", "type": "long", "required": False, "initial-default": MIN, "write-default": MAX}


def updates(main_id, now_ms):
    def snapshot(snapshot_id, sequence_number, **members):
        return {"action": "add-snapshot", "snapshot": {
            "snapshot-id": snapshot_id, "sequence-number": sequence_number, "timestamp-ms": now_ms, "first-row-id": 0,
            "added-rows": 0, "manifest-list": "file:///nowhere/snap.avro", "schema-id": 1,
            "summary": {"operation": "append", "total-records": str(MAX)}, **members}}

    statistics = {"snapshot-id": main_id, "statistics-path": "file:///nowhere/s", "file-size-in-bytes": MAX}
    blob = {"type": "x", "snapshot-id": main_id, "sequence-number": MAX, "fields": [1]}
    return [
        {"action": "add-schema", "schema": {**SCHEMA, "fields": SCHEMA["fields"] + [LONG]}},
        {"action": "set-current-schema", "schema-id": -1},
        snapshot(PARENT, PARENT, **{"timestamp-ms": MIN}),
        snapshot(main_id, MAX, **{"parent-snapshot-id": PARENT, "added-rows": MAX}),
        {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": main_id,
         "max-snapshot-age-ms": MAX, "max-ref-age-ms": MAX},
        {"action": "set-snapshot-ref", "ref-name": "t", "type": "tag", "snapshot-id": PARENT, "max-ref-age-ms": PARENT},
        {"action": "set-statistics", "snapshot-id": main_id, "statistics": {
            **statistics, "file-footer-size-in-bytes": PARENT, "blob-metadata": [blob]}},
        {"action": "set-partition-statistics", "partition-statistics": statistics},
    ]


def check_metadata(answer, main_id, now_ms):
    assert answer.status_code == 200, answer.text
    metadata = answer.json()["metadata"]
    parent, main = metadata["snapshots"]
    assert (metadata["current-snapshot-id"], metadata["last-sequence-number"], metadata["next-row-id"]) == (main_id, MAX, MAX)
    assert (parent["snapshot-id"], parent["sequence-number"], parent["timestamp-ms"]) == (PARENT, PARENT, MIN)
    assert (main["snapshot-id"], main["sequence-number"], main["parent-snapshot-id"], main["added-rows"]) == (
        main_id, MAX, PARENT, MAX)
    assert metadata["refs"]["main"] == {"snapshot-id": main_id, "type": "branch", "max-snapshot-age-ms": MAX, "max-ref-age-ms": MAX}
    assert metadata["refs"]["t"] == {"snapshot-id": PARENT, "type": "tag", "max-ref-age-ms": PARENT}
    assert metadata["snapshot-log"] == [{"timestamp-ms": now_ms, "snapshot-id": main_id}]
    (statistics,), (partition_statistics,) = metadata["statistics"], metadata["partition-statistics"]
    assert (statistics["snapshot-id"], statistics["file-size-in-bytes"], statistics["file-footer-size-in-bytes"]) == (
        main_id, MAX, PARENT)
    assert (statistics["blob-metadata"][0]["snapshot-id"], statistics["blob-metadata"][0]["sequence-number"]) == (main_id, MAX)
    assert (partition_statistics["snapshot-id"], partition_statistics["file-size-in-bytes"]) == (main_id, MAX)
    assert metadata["schemas"][1]["fields"][2] == LONG
    assert not re.search(rb"[0-9]\.[0-9]*e|[0-9]e\+", answer.content)


@pytest.fixture(params=[MAX, MIN], ids=["highest", "lowest"])
def table(request, rest, namespace):
    created = rest.create_table(namespace, "t", properties={"format-version": "3"})["metadata"]
    committed = rest.commit(namespace, "t", updates(request.param, created["last-updated-ms"]), [
        {"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": None}])
    check_metadata(committed, request.param, created["last-updated-ms"])
    return request.param, created["last-updated-ms"]


def test_both_ways_to_load_and_a_registered_copy_have_every_digit(rest, namespace, table):
    check_metadata(rest.load(namespace, "t"), *table)
    check_metadata(rest.load(namespace, "t", params={"snapshots": "refs"}), *table)
    location = rest.load(namespace, "t").json()["metadata-location"]
    registered = rest.post(f"/v1/namespaces/{namespace}/register", {"name": "copy", "metadata-location": location})
    check_metadata(registered, *table)
    check_metadata(rest.load(namespace, "copy"), *table)


def test_requirements_and_removals_see_the_last_digit(rest, namespace, table):
    main_id, _ = table
    nearly = main_id - 1 if main_id > 0 else main_id + 1
    wanted = [{"action": "set-properties", "updates": {"k": "v"}}]

    def require(name, snapshot_id):
        return rest.commit(namespace, "t", wanted, [{"type": "assert-ref-snapshot-id", "ref": name, "snapshot-id": snapshot_id}])
    assert require("main", nearly).status_code == 409
    assert str(main_id) in require("main", nearly).json()["error"]["message"]
    assert require("t", PARENT + 1).status_code == 409
    assert require("main", main_id).status_code == 200
    removed = rest.commit(namespace, "t", [{"action": "remove-snapshots", "snapshot-ids": [PARENT]}])
    assert [snapshot["snapshot-id"] for snapshot in removed.json()["metadata"]["snapshots"]] == [main_id]
    stale = updates(17, table[1])[3]
    stale["snapshot"]["parent-snapshot-id"] = main_id
    answer = rest.commit(namespace, "t", [stale])
    assert answer.status_code == 409 and f"{MAX} older than last sequence number {MAX}" in answer.text, answer.text


def test_history_and_hive_clients_have_every_digit(rest, namespace, table, hive_client):
    main_id, now_ms = table
    place = f"/management/v1/namespaces/{namespace}/tables/t"
    first = rest.get(place + "/history").json()["history"][0]
    assert (first["snapshot-id"], first["parent-snapshot-id"], first["sequence-number"]) == (main_id, PARENT, MAX)
    shown = rest.get(place).json()
    assert shown["current-snapshot-id"] == main_id
    for parameters in (shown["parameters"], hive_client.get_table(namespace, "t").parameters):
        assert parameters["current-snapshot-id"] == str(main_id)
        assert parameters["current-snapshot-timestamp-ms"] == str(now_ms)
        assert parameters["numRows"] == str(MAX)


def test_a_plan_is_of_the_very_snapshot(rest, namespace, table):
    main_id, _ = table
    nearly = main_id - 2 if main_id > 0 else main_id + 1
    answer = rest.post(f"/v1/namespaces/{namespace}/tables/t/plan", {"snapshot-id": nearly})
    assert answer.status_code in (400, 404) and str(nearly) in answer.json()["error"]["message"], answer.text
    answer = rest.post(f"/v1/namespaces/{namespace}/tables/t/plan", {"snapshot-id": main_id})
    assert "nowhere/snap.avro" in answer.text, answer.text  # it got as far as its manifest list, which is not there
