# SPDX-License-Identifier: Apache-2.0
"""Goal: Iceberg tables behave as the specification says, and 64-bit integers keep every digit on every path.

Method: tables made, committed to, loaded, renamed, registered and dropped over HTTP; bytes and statuses compared.
"""
import os
import re
import urllib.parse

import pytest
from rest_client import SCHEMA, assert_error

INT64_MAX = 9223372036854775807
ODD = 3055729675574597004  # a double would print another number


def table_path(namespace, name):
    return f"/v1/namespaces/{namespace}/tables/{name}"


def snapshot(snapshot_id, sequence_number, timestamp_ms, parent=None):
    body = {
        "snapshot-id": snapshot_id,
        "sequence-number": sequence_number,
        "timestamp-ms": timestamp_ms,
        "manifest-list": f"file:///nowhere/snap-{snapshot_id}.avro",
        "summary": {"operation": "append", "added-records": "1"},
        "schema-id": 0,
    }
    if parent is not None:
        body["parent-snapshot-id"] = parent
    return body


def append(snapshot_id, sequence_number, timestamp_ms, parent=None, ref="main"):
    return [
        {"action": "add-snapshot", "snapshot": snapshot(snapshot_id, sequence_number, timestamp_ms, parent)},
        {"action": "set-snapshot-ref", "ref-name": ref, "type": "branch", "snapshot-id": snapshot_id},
    ]


def now_of(metadata):
    return metadata["last-updated-ms"]


def test_create_load_and_list_agree(rest, namespace):
    created = rest.create_table(namespace, "t", properties={"owner-team": "bees"})
    assert created["metadata-location"].endswith(".metadata.json")
    assert created["metadata"]["format-version"] == 2
    assert created["metadata"]["properties"]["owner-team"] == "bees"
    assert created["config"] == {}
    loaded = rest.load(namespace, "t")
    assert loaded.status_code == 200
    assert loaded.json()["metadata"] == created["metadata"]
    assert loaded.json()["metadata-location"] == created["metadata-location"]
    listed = rest.get(f"/v1/namespaces/{namespace}/tables").json()
    assert listed == {"identifiers": [{"namespace": [namespace], "name": "t"}], "next-page-token": None}
    assert rest.head(table_path(namespace, "t")).status_code == 204


def test_load_answers_the_bytes_of_the_metadata_file(rest, namespace):
    location = rest.create_table(namespace, "t")["metadata-location"]
    path = urllib.parse.unquote(urllib.parse.urlsplit(location).path)
    if not os.path.exists(path):
        pytest.skip("the warehouse is not on this machine")
    with open(path, "rb") as file:
        assert file.read().strip() in rest.load(namespace, "t").content


def test_create_twice_is_409(rest, namespace):
    rest.create_table(namespace, "t")
    answer = rest.post(f"/v1/namespaces/{namespace}/tables", {"name": "t", "schema": SCHEMA})
    assert_error(answer, 409, "AlreadyExistsException", f"Table already exists: {namespace}.t")


def test_a_missing_table_is_404_everywhere(rest, namespace):
    path = table_path(namespace, "missing")
    text = f"Table does not exist: {namespace}.missing"
    assert_error(rest.get(path), 404, "NoSuchTableException", text)
    assert_error(rest.delete(path), 404, "NoSuchTableException", text)
    assert_error(rest.post(path, {"requirements": [], "updates": []}), 404, "NoSuchTableException", text)
    assert_error(rest.post("/v1/tables/rename", {"source": {"namespace": [namespace], "name": "missing"},
                                                 "destination": {"namespace": [namespace], "name": "x"}}),
                 404, "NoSuchTableException", text)
    assert rest.head(path).status_code == 404
    assert_error(rest.get(table_path("missing", "t")), 404, "NoSuchTableException")


def test_a_staged_table_is_stored_nowhere_until_its_commit(rest, namespace):
    staged = rest.create_table(namespace, "s", **{"stage-create": True})
    assert staged.get("metadata-location") is None
    assert rest.load(namespace, "s").status_code == 404
    metadata = staged["metadata"]
    updates = [
        {"action": "assign-uuid", "uuid": metadata["table-uuid"]},
        {"action": "upgrade-format-version", "format-version": 2},
        {"action": "add-schema", "schema": metadata["schemas"][0], "last-column-id": metadata["last-column-id"]},
        {"action": "set-current-schema", "schema-id": -1},
        {"action": "add-spec", "spec": metadata["partition-specs"][0]},
        {"action": "set-default-spec", "spec-id": -1},
        {"action": "add-sort-order", "sort-order": metadata["sort-orders"][0]},
        {"action": "set-default-sort-order", "sort-order-id": -1},
        {"action": "set-location", "location": metadata["location"]},
    ]
    committed = rest.commit(namespace, "s", updates, [{"type": "assert-create"}])
    assert committed.status_code == 200, committed.text
    assert committed.json()["metadata"]["table-uuid"] == metadata["table-uuid"]
    assert rest.load(namespace, "s").status_code == 200
    assert rest.commit(namespace, "s", updates, [{"type": "assert-create"}]).status_code == 409


def test_a_table_is_made_in_the_order_and_with_the_doubled_member_that_duckdb_sends(rest, namespace):
    """DuckDB 1.5 names the current schema last, 1.4 writes "type" twice into nested types."""
    staged = rest.create_table(namespace, "d", **{"stage-create": True})["metadata"]
    text = """{"requirements": [{"type": "assert-create"}], "updates": [
        {"action": "assign-uuid", "uuid": "%s"}, {"action": "upgrade-format-version", "format-version": 2},
        {"action": "add-schema", "last-column-id": 3, "schema": {"type": "struct", "schema-id": 0, "fields": [
            {"id": 1, "name": "a", "required": false, "type": "long"},
            {"id": 2, "name": "b", "required": false, "type": {"type": {}, "type": "list", "element-id": 3,
                "element": "int", "element-required": false}}], "identifier-field-ids": []}},
        {"action": "add-spec", "spec": {"spec-id": 0, "fields": [
            {"source-id": 1, "field-id": 1000, "name": "a", "transform": "identity"}]}},
        {"action": "set-default-spec", "spec-id": 0},
        {"action": "add-sort-order", "sort-order": {"order-id": 1, "fields": [
            {"source-id": 1, "transform": "identity", "direction": "asc", "null-order": "nulls-first"}]}},
        {"action": "set-default-sort-order", "sort-order-id": 1},
        {"action": "set-location", "location": "%s"},
        {"action": "set-current-schema", "schema-id": 0}]}""" % (staged["table-uuid"], staged["location"])
    committed = rest.post(table_path(namespace, "d"), data=text)
    assert committed.status_code == 200, committed.text
    made = rest.load(namespace, "d").json()["metadata"]
    assert made["current-schema-id"] == 0 and made["schemas"][0]["fields"][1]["type"]["type"] == "list"
    assert made["partition-specs"][0]["fields"][0]["source-id"] == 1
    assert made["sort-orders"][0]["fields"][0]["source-id"] == 1 and made["default-sort-order-id"] == 1


@pytest.mark.parametrize("snapshot_id", [INT64_MAX, ODD, 1, 2**53 + 1])
def test_int64_extremes_survive_commit_and_load(rest, namespace, snapshot_id):
    created = rest.create_table(namespace, "t")
    updates = append(snapshot_id, 1, now_of(created["metadata"]))
    committed = rest.commit(namespace, "t", updates)
    assert committed.status_code == 200, committed.text
    for answer in (committed, rest.load(namespace, "t"), rest.load(namespace, "t", params={"snapshots": "refs"})):
        assert answer.status_code == 200
        metadata = answer.json()["metadata"]
        assert metadata["current-snapshot-id"] == snapshot_id
        assert metadata["refs"]["main"]["snapshot-id"] == snapshot_id
        assert metadata["snapshots"][0]["snapshot-id"] == snapshot_id
        digits = re.findall(rb'"snapshot-id"\s*:\s*(-?[0-9.eE+]+)', answer.content)
        assert set(digits) == {str(snapshot_id).encode()}
    history = rest.get(f"/management/v1/namespaces/{namespace}/tables/t/history").json()["history"]
    assert history[0]["snapshot-id"] == snapshot_id
    shown = rest.get(f"/management/v1/namespaces/{namespace}/tables/t").json()
    assert shown["current-snapshot-id"] == snapshot_id


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1e3", "1.5", '"7"', "true"])
def test_what_is_no_int64_is_400(rest, namespace, number):
    created = rest.create_table(namespace, "t")
    body = ('{"requirements":[],"updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":%s,"sequence-number":1,'
            '"timestamp-ms":%d,"manifest-list":"file:///nowhere/x.avro","summary":{"operation":"append"}}}]}'
            % (number, now_of(created["metadata"])))
    answer = rest.call("POST", table_path(namespace, "t"), data=body)
    assert_error(answer, 400, "BadRequestException")
    assert rest.load(namespace, "t").json()["metadata-location"] == created["metadata-location"]


def test_snapshots_refs_leaves_only_what_refs_name(rest, namespace):
    created = rest.create_table(namespace, "t")
    time_ms = now_of(created["metadata"])
    assert rest.commit(namespace, "t", append(ODD, 1, time_ms)).status_code == 200
    assert rest.commit(namespace, "t", append(ODD + 1, 2, time_ms, ODD)).status_code == 200
    every = rest.load(namespace, "t", params={"snapshots": "all"})
    only = rest.load(namespace, "t", params={"snapshots": "refs"})
    assert [s["snapshot-id"] for s in every.json()["metadata"]["snapshots"]] == [ODD, ODD + 1]
    assert [s["snapshot-id"] for s in only.json()["metadata"]["snapshots"]] == [ODD + 1]
    assert only.json()["metadata"]["snapshot-log"] == every.json()["metadata"]["snapshot-log"]
    assert only.headers["ETag"] != every.headers["ETag"]
    assert_error(rest.load(namespace, "t", params={"snapshots": "some"}), 400, "BadRequestException", "snapshots")


def test_an_unchanged_table_is_304_until_it_changes(rest, namespace):
    rest.create_table(namespace, "t")
    tag = rest.load(namespace, "t").headers["ETag"]
    unchanged = rest.load(namespace, "t", headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    update = {"action": "set-properties", "updates": {"a": "b"}}
    committed = rest.commit(namespace, "t", [update])
    assert committed.status_code == 200
    assert committed.headers["ETag"] != tag
    changed = rest.load(namespace, "t", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == committed.headers["ETag"]


def test_a_requirement_that_does_not_hold_is_409_by_name(rest, namespace):
    created = rest.create_table(namespace, "t")
    update = {"action": "set-properties", "updates": {"a": "b"}}
    for requirement, text in [
        ({"type": "assert-table-uuid", "uuid": "00000000-0000-4000-8000-000000000000"}, "UUID does not match"),
        ({"type": "assert-current-schema-id", "current-schema-id": 7}, "current schema changed"),
        ({"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 5}, "Requirement failed"),
        ({"type": "assert-last-assigned-field-id", "last-assigned-field-id": 77}, "Requirement failed"),
    ]:
        answer = rest.commit(namespace, "t", [update], [requirement])
        assert_error(answer, 409, "CommitFailedException", text)
    assert rest.load(namespace, "t").json()["metadata-location"] == created["metadata-location"]


@pytest.mark.parametrize("body", [
    {"requirements": [], "updates": [{"action": "invent-something"}]},
    {"requirements": [{"type": "assert-weather"}], "updates": []},
    {"requirements": [], "updates": [{}]},
    {"requirements": [], "updates": ["set-properties"]},
    {"requirements": [], "updates": {}},
    {"requirements": {}, "updates": []},
    {"requirements": []},
    {},
])
def test_unknown_updates_and_requirements_are_400(rest, namespace, body):
    rest.create_table(namespace, "t")
    assert_error(rest.post(table_path(namespace, "t"), body), 400, "BadRequestException")


def test_an_empty_commit_changes_nothing(rest, namespace):
    created = rest.create_table(namespace, "t")
    answer = rest.commit(namespace, "t", [])
    assert answer.status_code == 200
    assert answer.json()["metadata-location"] == created["metadata-location"]


def test_unknown_members_of_metadata_survive_a_commit(rest, namespace):
    created = rest.create_table(namespace, "t", properties={"big": str(INT64_MAX)})
    schema = dict(SCHEMA, **{"x-novelty": {"n": INT64_MAX}})
    answer = rest.commit(namespace, "t", [
        {"action": "add-schema", "schema": dict(schema, fields=SCHEMA["fields"] + [
            {"id": 3, "name": "c", "type": "string", "required": False}])},
        {"action": "set-current-schema", "schema-id": -1},
    ])
    assert answer.status_code == 200, answer.text
    assert answer.json()["metadata"]["current-schema-id"] == 1
    assert answer.json()["metadata"]["properties"]["big"] == str(INT64_MAX)
    assert created["metadata"]["current-schema-id"] == 0


def test_many_tables_are_committed_together_or_not_at_all(rest, namespace):
    before = [rest.create_table(namespace, name)["metadata-location"] for name in ("a", "b")]

    def change(name, requirement):
        return {"identifier": {"namespace": [namespace], "name": name}, "requirements": requirement,
                "updates": [{"action": "set-properties", "updates": {"together": name}}]}

    wrong = [{"type": "assert-current-schema-id", "current-schema-id": 9}]
    answer = rest.post("/v1/transactions/commit", {"table-changes": [change("a", []), change("b", wrong)]})
    assert_error(answer, 409, "CommitFailedException")
    assert [rest.load(namespace, name).json()["metadata-location"] for name in ("a", "b")] == before
    twice = rest.post("/v1/transactions/commit", {"table-changes": [change("a", []), change("a", [])]})
    assert_error(twice, 400, "BadRequestException")
    answer = rest.post("/v1/transactions/commit", {"table-changes": [change("a", []), change("b", [])]})
    assert (answer.status_code, answer.content) == (204, b"")
    for name in ("a", "b"):
        assert rest.load(namespace, name).json()["metadata"]["properties"]["together"] == name
    assert_error(rest.post("/v1/transactions/commit", {"table-changes": [{"updates": []}]}), 400,
                 "BadRequestException", "identifier")
    assert_error(rest.post("/v1/transactions/commit", {}), 400, "BadRequestException", "table-changes")


def test_rename_keeps_the_table_and_refuses_taken_names(rest, namespace, fresh_name):
    other = fresh_name()
    rest.create_namespace(other)
    uuid = rest.create_table(namespace, "t")["metadata"]["table-uuid"]
    rest.create_table(namespace, "taken")

    def rename(from_name, to_namespace, to_name):
        return rest.post("/v1/tables/rename", {"source": {"namespace": [namespace], "name": from_name},
                                               "destination": {"namespace": [to_namespace], "name": to_name}})

    assert_error(rename("t", namespace, "taken"), 409, "AlreadyExistsException", f"{namespace}.taken")
    assert_error(rename("t", "missing", "t"), 404, "NoSuchNamespaceException")
    answer = rename("t", other, "u")
    assert (answer.status_code, answer.content) == (204, b"")
    assert rest.load(namespace, "t").status_code == 404
    assert rest.load(other, "u").json()["metadata"]["table-uuid"] == uuid
    assert_error(rest.post("/v1/tables/rename", {"source": {"namespace": [namespace], "name": "t"}}), 400,
                 "BadRequestException", "destination")


def test_drop_without_purge_keeps_files_that_register_takes_again(rest, namespace):
    created = rest.create_table(namespace, "t")
    answer = rest.delete(table_path(namespace, "t"), params={"purgeRequested": "False"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert rest.load(namespace, "t").status_code == 404
    body = {"name": "again", "metadata-location": created["metadata-location"]}
    registered = rest.post(f"/v1/namespaces/{namespace}/register", body)
    assert registered.status_code == 200, registered.text
    assert registered.json()["metadata"]["table-uuid"] == created["metadata"]["table-uuid"]
    assert registered.headers["ETag"]
    assert_error(rest.post(f"/v1/namespaces/{namespace}/register", body), 409, "AlreadyExistsException")
    over = rest.post(f"/v1/namespaces/{namespace}/register", dict(body, overwrite=True))
    assert over.status_code == 200, over.text
    missing = dict(body, name="other", **{"metadata-location": created["metadata-location"] + ".gone"})
    assert rest.post(f"/v1/namespaces/{namespace}/register", missing).status_code in (400, 404)
    assert_error(rest.delete(table_path(namespace, "again"), params={"purgeRequested": "maybe"}), 400,
                 "BadRequestException", "purgeRequested")


def test_a_lost_metadata_file_is_404_not_found(rest, namespace):
    location = rest.create_table(namespace, "t")["metadata-location"]
    tag = rest.load(namespace, "t").headers["ETag"]
    path = urllib.parse.unquote(urllib.parse.urlsplit(location).path)
    if not os.path.exists(path):
        pytest.skip("the warehouse is not on this machine")
    os.remove(path)
    text = "Failed to open input stream for file:"
    assert_error(rest.load(namespace, "t"), 404, "NotFoundException", text)
    assert_error(rest.load(namespace, "t", headers={"If-None-Match": tag}), 404, "NotFoundException", text)


def test_tables_are_paged(rest, namespace):
    names = [f"t{i}" for i in range(5)]
    for name in names:
        rest.create_table(namespace, name)
    seen, token = [], ""
    while token is not None:
        page = rest.get(f"/v1/namespaces/{namespace}/tables", params={"pageToken": token, "pageSize": 2}).json()
        assert len(page["identifiers"]) <= 2
        seen += [i["name"] for i in page["identifiers"]]
        token = page.get("next-page-token")
    assert seen == names


def test_metrics_reports_are_taken_and_counted(rest, namespace, management_url):
    rest.create_table(namespace, "t")
    path = table_path(namespace, "t") + "/metrics"
    report = {"report-type": "scan-report", "table-name": "t", "snapshot-id": INT64_MAX, "metrics": {}}
    assert rest.post(path, report).status_code == 204
    assert_error(rest.post(path, {"snapshot-id": 1}), 400, "BadRequestException", "report-type")
    assert_error(rest.call("POST", path, data="{"), 400, "BadRequestException")
    import requests
    text = requests.get(management_url + "/metrics", timeout=10).text
    assert 'skep_iceberg_metrics_reports_total{type="scan"}' in text


@pytest.mark.parametrize("body", [
    {"schema": SCHEMA},
    {"name": "t"},
    {"name": 5, "schema": SCHEMA},
    {"name": "t", "schema": []},
    {"name": "t", "schema": {"type": "struct", "fields": [{"id": 1, "name": "a", "type": "longish", "required": True}]}},
    {"name": "t", "schema": SCHEMA, "properties": {"a": 1}},
    {"name": "t", "schema": SCHEMA, "partition-spec": {"fields": [{"source-id": 99, "transform": "identity", "name": "x"}]}},
    {"name": "", "schema": SCHEMA},
    {"name": "a\x1fb", "schema": SCHEMA},
])
def test_a_wrong_table_is_400_and_makes_nothing(rest, namespace, body):
    assert_error(rest.post(f"/v1/namespaces/{namespace}/tables", body), 400, "BadRequestException")
    assert rest.get(f"/v1/namespaces/{namespace}/tables").json()["identifiers"] == []
