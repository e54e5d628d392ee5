# SPDX-License-Identifier: Apache-2.0
"""Goal: what HMS clients made that is not Iceberg's is listed and loaded nowhere at the REST door, and its name is taken.

Method: a Hive table and the views of Hive, Trino and Spark made through the Thrift door; every REST operation on the name.
"""
import pytest
from rest_client import SCHEMA, assert_error, view_request

KINDS = {
    "hive table": ("MANAGED_TABLE", {}, None, None),
    "external table": ("EXTERNAL_TABLE", {"EXTERNAL": "TRUE"}, None, None),
    "delta table": ("EXTERNAL_TABLE", {"EXTERNAL": "TRUE", "spark.sql.sources.provider": "delta"}, None, None),
    "hive view": ("VIRTUAL_VIEW", {}, "select 1 a", "select 1 as `a`"),
    "trino view": ("VIRTUAL_VIEW", {"presto_view": "true", "comment": "Presto View", "trino_created_by": "Trino Hive connector"},
                   "/* Presto View: eyJvcmlnaW5hbFNxbCI6IlNFTEVDVCAxIn0= */", "/* Presto View */"),
    "spark view": ("VIRTUAL_VIEW", {"view.catalogAndNamespace.numParts": "2", "spark.sql.create.version": "4.0.1",
                                    "view.schemaMode": "COMPENSATION"}, "select 1 a", "select 1 a"),
    "materialized view": ("MATERIALIZED_VIEW", {}, "select 1 a", "select 1 a"),
}


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def other(request, namespace, hive_client):
    """Makes `h`; tells whether names call it a view."""
    from hive_metastore.ttypes import FieldSchema, SerDeInfo, StorageDescriptor, Table

    table_type, parameters, original, expanded = request.param
    storage = StorageDescriptor(cols=[FieldSchema("a", "int", None)], serdeInfo=SerDeInfo(parameters={}), parameters={},
                                bucketCols=[], sortCols=[], numBuckets=-1)
    hive_client.create_table(Table(dbName=namespace, tableName="h", owner="ann", sd=storage, parameters=dict(parameters),
                                   partitionKeys=[], tableType=table_type, viewOriginalText=original,
                                   viewExpandedText=expanded))
    return table_type.endswith("VIEW")


def tables(namespace, name=""):
    return f"/v1/namespaces/{namespace}/tables{name}"


def views(namespace, name=""):
    return f"/v1/namespaces/{namespace}/views{name}"


def rename(rest, namespace, kind, source, target):
    return rest.post(f"/v1/{kind}/rename", {"source": {"namespace": [namespace], "name": source},
                                            "destination": {"namespace": [namespace], "name": target}})


def test_it_is_seen_nowhere(rest, namespace, hive_client, other):
    assert rest.get(tables(namespace)).json()["identifiers"] == []
    assert rest.get(views(namespace)).json()["identifiers"] == []
    assert rest.head(tables(namespace, "/h")).status_code == rest.head(views(namespace, "/h")).status_code == 404
    for call in (rest.get, rest.delete, lambda path: rest.post(path, {"requirements": [], "updates": []})):
        assert_error(call(tables(namespace, "/h")), 404, "NoSuchTableException", f"Table does not exist: {namespace}.h")
        assert_error(call(views(namespace, "/h")), 404, "NoSuchViewException", f"View does not exist: {namespace}.h")
    assert_error(rest.post(tables(namespace, "/h/unregister")), 404, "NoSuchTableException")
    assert_error(rest.post(tables(namespace, "/h/metrics"), {"report-type": "x"}), 404, "NoSuchTableException")
    assert_error(rename(rest, namespace, "tables", "h", "x"), 404, "NoSuchTableException")
    assert_error(rename(rest, namespace, "views", "h", "x"), 404, "NoSuchViewException")
    assert hive_client.get_all_tables(namespace) == ["h"]


def test_its_name_is_taken(rest, namespace, other):
    as_table = f"View with same name already exists: {namespace}.h" if other else f"Table already exists: {namespace}.h"
    as_view = f"View already exists: {namespace}.h" if other else f"Table with same name already exists: {namespace}.h"
    taken = (409, "AlreadyExistsException")
    location = rest.create_table(namespace, "t")["metadata-location"]
    view_location = rest.create_view(namespace, "v")["metadata-location"]
    assert_error(rest.post(tables(namespace), {"name": "h", "schema": SCHEMA}), *taken, as_table)
    assert_error(rest.post(tables(namespace), {"name": "H", "schema": SCHEMA, "stage-create": True}), *taken, as_table)
    assert_error(rest.post(views(namespace), view_request("h")), *taken, as_view)
    for overwrite in (False, True):
        body = {"name": "h", "metadata-location": location, "overwrite": overwrite}
        assert_error(rest.post(f"/v1/namespaces/{namespace}/register", body), *taken, as_table)
    body = {"name": "h", "metadata-location": view_location}
    assert_error(rest.post(f"/v1/namespaces/{namespace}/register-view", body), *taken, as_view)
    word = "View" if other else "Table"
    for kind, source in (("tables", "t"), ("views", "v")):
        assert_error(rename(rest, namespace, kind, source, "h"), *taken,
                     f"Cannot rename {namespace}.{source} to {namespace}.h. {word} already exists")


def test_a_staged_table_cannot_be_committed_over_it(rest, namespace, other):
    staged = rest.create_table(namespace, "free", **{"stage-create": True})["metadata"]
    updates = [
        {"action": "assign-uuid", "uuid": staged["table-uuid"]},
        {"action": "set-location", "location": staged["location"]},
        {"action": "add-schema", "schema": staged["schemas"][0]},
        {"action": "set-current-schema", "schema-id": -1},
        {"action": "add-spec", "spec": staged["partition-specs"][0]},
        {"action": "set-default-spec", "spec-id": -1},
        {"action": "add-sort-order", "sort-order": staged["sort-orders"][0]},
        {"action": "set-default-sort-order", "sort-order-id": -1},
    ]
    answer = rest.commit(namespace, "h", updates, [{"type": "assert-create"}])
    assert answer.status_code == 409, answer.text
    assert "already exists" in answer.json()["error"]["message"]


def test_a_namespace_with_it_is_not_empty(rest, namespace, other):
    assert_error(rest.delete(f"/v1/namespaces/{namespace}"), 409, "NamespaceNotEmptyException")
