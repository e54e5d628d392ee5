# SPDX-License-Identifier: Apache-2.0
"""Goal: Iceberg views behave as the specification says, share names with tables, and are views to Hive clients.

Method: views made, replaced, renamed, registered and dropped over HTTP; the Hive records read through the other door.
"""
import pytest
from rest_client import SCHEMA, assert_error, view_request, view_version


def views_path(namespace):
    return f"/v1/namespaces/{namespace}/views"


def view_path(namespace, name):
    return f"{views_path(namespace)}/{name}"


def load(rest, namespace, name):
    answer = rest.get(view_path(namespace, name))
    assert answer.status_code == 200, answer.text
    return answer.json()


def replace(rest, namespace, name, updates, requirements=()):
    return rest.post(view_path(namespace, name), {"requirements": list(requirements), "updates": updates})


def new_version(sql, dialect="spark", version_id=2):
    return [
        {"action": "add-view-version", "view-version": view_version(sql, dialect, version_id)},
        {"action": "set-current-view-version", "view-version-id": -1},
    ]


def rename(rest, namespace, source, target, target_namespace=None, noun="views"):
    return rest.post(f"/v1/{noun}/rename", {
        "source": {"namespace": [namespace], "name": source},
        "destination": {"namespace": [target_namespace or namespace], "name": target},
    })


def current_sql(metadata):
    version = next(v for v in metadata["versions"] if v["version-id"] == metadata["current-version-id"])
    return version["representations"][0]["sql"]


def test_create_load_and_list_agree(rest, namespace):
    created = rest.create_view(namespace, "v", "select 1", properties={"comment": "one"})
    assert created["metadata-location"].endswith(".metadata.json") and created["config"] == {}
    assert created["metadata"]["format-version"] == 1
    assert created["metadata"]["properties"]["comment"] == "one"
    assert current_sql(created["metadata"]) == "select 1"
    loaded = load(rest, namespace, "v")
    assert loaded == created
    assert rest.get(views_path(namespace)).json() == {
        "identifiers": [{"namespace": [namespace], "name": "v"}], "next-page-token": None}
    assert rest.head(view_path(namespace, "v")).status_code == 204
    assert rest.get(f"/v1/namespaces/{namespace}/tables").json()["identifiers"] == []


def test_a_missing_view_is_404_everywhere(rest, namespace):
    text = f"View does not exist: {namespace}.missing"
    path = view_path(namespace, "missing")
    assert_error(rest.get(path), 404, "NoSuchViewException", text)
    assert_error(rest.delete(path), 404, "NoSuchViewException", text)
    assert_error(replace(rest, namespace, "missing", new_version("select 2")), 404, "NoSuchViewException", text)
    assert_error(rename(rest, namespace, "missing", "x"), 404, "NoSuchViewException", text)
    assert rest.head(path).status_code == 404


def test_a_missing_namespace_is_told_as_such(rest, fresh_name):
    nowhere = fresh_name()
    text = f"Namespace does not exist: {nowhere}"
    assert_error(rest.get(views_path(nowhere)), 404, "NoSuchNamespaceException", text)
    assert_error(rest.post(views_path(nowhere), view_request("v")), 404, "NoSuchNamespaceException", text)


def test_a_table_is_no_view_and_a_view_no_table(rest, namespace):
    rest.create_table(namespace, "t")
    rest.create_view(namespace, "v")
    assert_error(rest.get(view_path(namespace, "t")), 404, "NoSuchViewException")
    assert_error(rest.delete(view_path(namespace, "t")), 404, "NoSuchViewException")
    assert_error(rest.load(namespace, "v"), 404, "NoSuchTableException", f"Table does not exist: {namespace}.v")
    assert_error(rest.delete(f"/v1/namespaces/{namespace}/tables/v"), 404, "NoSuchTableException")
    assert_error(rename(rest, namespace, "v", "x", noun="tables"), 404, "NoSuchTableException")
    assert rest.head(view_path(namespace, "v")).status_code == 204


def test_tables_and_views_take_each_others_names(rest, namespace):
    table = rest.create_table(namespace, "t")
    view = rest.create_view(namespace, "v")
    tables = f"/v1/namespaces/{namespace}"

    def assert_taken(answer, text):
        assert_error(answer, 409, "AlreadyExistsException", text)

    assert_taken(rest.post(views_path(namespace), view_request("v")), f"View already exists: {namespace}.v")
    assert_taken(rest.post(views_path(namespace), view_request("t")),
                 f"Table with same name already exists: {namespace}.t")
    view_in_the_way = f"View with same name already exists: {namespace}.v"
    assert_taken(rest.post(tables + "/tables", {"name": "v", "schema": SCHEMA}), view_in_the_way)
    assert_taken(rest.post(tables + "/tables", {"name": "v", "schema": SCHEMA, "stage-create": True}), view_in_the_way)
    assert_taken(rest.commit(namespace, "v", [{"action": "assign-uuid", "uuid": table["metadata"]["table-uuid"]}],
                             [{"type": "assert-create"}]), view_in_the_way)
    assert_taken(rest.post(tables + "/register", {"name": "v", "metadata-location": table["metadata-location"],
                                                  "overwrite": True}), view_in_the_way)
    assert_taken(rest.post(tables + "/register-view", {"name": "v", "metadata-location": view["metadata-location"]}),
                 f"View already exists: {namespace}.v")
    assert_taken(rest.post(tables + "/register-view", {"name": "t", "metadata-location": view["metadata-location"]}),
                 f"Table with same name already exists: {namespace}.t")
    rest.create_view(namespace, "w")
    cannot = f"Cannot rename {namespace}."
    assert_taken(rename(rest, namespace, "v", "w"), f"{cannot}v to {namespace}.w. View already exists")
    assert_taken(rename(rest, namespace, "v", "t"), f"{cannot}v to {namespace}.t. Table already exists")
    assert_taken(rename(rest, namespace, "t", "v", noun="tables"), f"{cannot}t to {namespace}.v. View already exists")
    assert load(rest, namespace, "v") == view


def test_a_replace_adds_a_version_and_moves_the_pointer(rest, namespace):
    created = rest.create_view(namespace, "v", "select 1")
    uuid = created["metadata"]["view-uuid"]
    answer = replace(rest, namespace, "v", new_version("select 2"), [{"type": "assert-view-uuid", "uuid": uuid}])
    assert answer.status_code == 200, answer.text
    replaced = answer.json()
    assert replaced["metadata-location"] != created["metadata-location"]
    assert "/00001-" in replaced["metadata-location"]
    assert current_sql(replaced["metadata"]) == "select 2"
    assert [entry["version-id"] for entry in replaced["metadata"]["version-log"]] == [1, 2]
    assert replaced["metadata"]["view-uuid"] == uuid
    assert load(rest, namespace, "v") == replaced


def test_an_empty_replace_commits_nothing(rest, namespace):
    created = rest.create_view(namespace, "v", properties={"a": "b"})
    answer = replace(rest, namespace, "v", [{"action": "set-properties", "updates": {"a": "b"}}])
    assert answer.status_code == 200 and answer.json()["metadata-location"] == created["metadata-location"]


def test_a_requirement_that_does_not_hold_is_409(rest, namespace):
    created = rest.create_view(namespace, "v")
    wrong = [{"type": "assert-view-uuid", "uuid": "00000000-0000-4000-8000-000000000000"}]
    assert_error(replace(rest, namespace, "v", new_version("select 2"), wrong), 409, "CommitFailedException",
                 "UUID does not match")
    assert load(rest, namespace, "v") == created


def test_a_dialect_is_lost_only_where_that_is_allowed(rest, namespace):
    rest.create_view(namespace, "v")
    trino = new_version("select 2", dialect="trino")
    assert_error(replace(rest, namespace, "v", trino), 400, "IllegalArgumentException", "loss of view dialects")
    allow = {"action": "set-properties", "updates": {"replace.drop-dialect.allowed": "true"}}
    assert replace(rest, namespace, "v", [allow, *trino]).status_code == 200


def test_old_versions_are_trimmed(rest, namespace):
    rest.create_view(namespace, "v", "select 1", properties={"version.history.num-entries": "2"})
    for i in range(2, 5):
        assert replace(rest, namespace, "v", new_version(f"select {i}", version_id=i)).status_code == 200
    metadata = load(rest, namespace, "v")["metadata"]
    assert [version["version-id"] for version in metadata["versions"]] == [3, 4]


def test_a_renamed_view_keeps_its_document(rest, namespace, fresh_name):
    created = rest.create_view(namespace, "v")
    other = fresh_name()
    rest.create_namespace(other)
    assert rename(rest, namespace, "v", "w", other).status_code == 204
    assert load(rest, other, "w") == created
    assert rest.head(view_path(namespace, "v")).status_code == 404
    answer = rename(rest, other, "w", "x", fresh_name())
    assert_error(answer, 404, "NoSuchNamespaceException")


def test_a_dropped_view_can_be_registered_and_made_again(rest, namespace):
    created = rest.create_view(namespace, "v")
    assert rest.delete(view_path(namespace, "v")).status_code == 204
    assert rest.get(views_path(namespace)).json()["identifiers"] == []
    again = rest.post(f"/v1/namespaces/{namespace}/register-view",
                      {"name": "back", "metadata-location": created["metadata-location"]})
    assert again.status_code == 200, again.text
    assert load(rest, namespace, "back") == created
    assert rest.create_view(namespace, "v")["metadata"]["view-uuid"] != created["metadata"]["view-uuid"]


def test_only_a_views_document_is_registered_as_a_view(rest, namespace):
    table = rest.create_table(namespace, "t")
    answer = rest.post(f"/v1/namespaces/{namespace}/register-view",
                       {"name": "x", "metadata-location": table["metadata-location"]})
    assert_error(answer, 400, "BadRequestException")
    view = rest.create_view(namespace, "v")
    answer = rest.post(f"/v1/namespaces/{namespace}/register",
                       {"name": "x", "metadata-location": view["metadata-location"]})
    assert_error(answer, 400, "BadRequestException")
    assert rest.head(view_path(namespace, "x")).status_code == 404


def test_views_are_paged(rest, namespace):
    names = [f"v{i}" for i in range(5)]
    for name in names:
        rest.create_view(namespace, name)
    seen, token = [], ""
    while token is not None:
        page = rest.get(views_path(namespace), params={"pageToken": token, "pageSize": 2}).json()
        assert len(page["identifiers"]) <= 2
        seen += [i["name"] for i in page["identifiers"]]
        token = page.get("next-page-token")
    assert seen == names


def test_a_namespace_with_a_view_is_not_empty(rest, namespace):
    rest.create_view(namespace, "v")
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 409, "NamespaceNotEmptyException")


@pytest.mark.parametrize("change", [
    {"name": None},
    {"name": ""},
    {"name": 5},
    {"schema": None},
    {"schema": []},
    {"view-version": None},
    {"view-version": {}},
    {"view-version": {**view_version("x"), "representations": [{"type": "sql", "sql": "x"}]}},
    {"view-version": {**view_version("x"), "representations": "x"}},
    {"view-version": {**view_version("x"), "default-namespace": None}},
    {"properties": {"a": 1}},
])
def test_a_wrong_view_is_400_and_makes_nothing(rest, namespace, change):
    body = {key: value for key, value in {**view_request("v"), **change}.items() if value is not None}
    assert_error(rest.post(views_path(namespace), body), 400, "BadRequestException")
    assert rest.get(views_path(namespace)).json()["identifiers"] == []


def test_an_unknown_update_or_requirement_is_400(rest, namespace):
    rest.create_view(namespace, "v")
    assert_error(replace(rest, namespace, "v", [{"action": "add-wings"}]), 400, "BadRequestException", "add-wings")
    assert_error(replace(rest, namespace, "v", [], [{"type": "assert-wings"}]), 400, "BadRequestException",
                 "assert-wings")
    assert_error(rest.post(view_path(namespace, "v"), {"requirements": []}), 400, "BadRequestException", "updates")


def test_hive_clients_see_a_view_and_its_changes(rest, namespace, hive_client):
    rest.create_view(namespace, "v", "select 1")
    replaced = replace(rest, namespace, "v", new_version("select 2")).json()
    seen = hive_client.get_table(namespace, "v")
    assert seen.tableType == "VIRTUAL_VIEW"
    assert seen.parameters["table_type"].upper() == "ICEBERG-VIEW"
    assert seen.parameters["metadata_location"] == replaced["metadata-location"]
    assert (seen.viewOriginalText, seen.viewExpandedText) == ("select 2", "select 2")
    assert [(column.name, column.type) for column in seen.sd.cols] == [("id", "bigint"), ("day", "date")]
    assert hive_client.get_all_tables(namespace) == ["v"]
    hive_client.drop_table(namespace, "v", False)
    assert rest.head(view_path(namespace, "v")).status_code == 404


def test_hive_views_are_hidden_and_their_names_taken(rest, namespace, hive_client):
    from hive_metastore.ttypes import FieldSchema, SerDeInfo, StorageDescriptor, Table

    storage = StorageDescriptor(cols=[FieldSchema("a", "int", None)], serdeInfo=SerDeInfo(parameters={}), parameters={},
                                bucketCols=[], sortCols=[], numBuckets=-1)
    hive_client.create_table(Table(dbName=namespace, tableName="h", owner="ann", sd=storage, parameters={},
                                   partitionKeys=[], tableType="VIRTUAL_VIEW", viewOriginalText="select 1 a",
                                   viewExpandedText="select 1 a"))
    assert rest.get(views_path(namespace)).json()["identifiers"] == []
    assert_error(rest.get(view_path(namespace, "h")), 404, "NoSuchViewException")
    assert_error(rest.delete(view_path(namespace, "h")), 404, "NoSuchViewException")
    assert_error(rest.post(views_path(namespace), view_request("h")), 409, "AlreadyExistsException",
                 f"View already exists: {namespace}.h")


def test_a_view_made_by_a_hive_client_is_served_and_replaced(rest, namespace, hive_client):
    from hive_metastore.ttypes import FieldSchema, SerDeInfo, StorageDescriptor, Table

    made = rest.create_view(namespace, "v", "select 1")
    hive_client.drop_table(namespace, "v", False)
    storage = StorageDescriptor(cols=[FieldSchema("id", "bigint", None)], serdeInfo=SerDeInfo(parameters={}),
                                parameters={}, bucketCols=[], sortCols=[], numBuckets=-1)
    parameters = {"table_type": "iceberg-view", "metadata_location": made["metadata-location"]}
    hive_client.create_table(Table(dbName=namespace, tableName="from_hive", owner="ann", sd=storage, partitionKeys=[],
                                   parameters=parameters, tableType="VIRTUAL_VIEW", viewOriginalText="select 1",
                                   viewExpandedText="select 1"))
    assert load(rest, namespace, "from_hive") == made
    assert [i["name"] for i in rest.get(views_path(namespace)).json()["identifiers"]] == ["from_hive"]
    assert replace(rest, namespace, "from_hive", new_version("select 2")).status_code == 200
    assert hive_client.get_table(namespace, "from_hive").viewExpandedText == "select 2"
