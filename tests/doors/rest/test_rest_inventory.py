# SPDX-License-Identifier: Apache-2.0
"""Goal: the admin command sees and drops tables of every kind through Skep's own part of the API.

Method: Iceberg tables made through REST, shown as the Hive records that HMS clients read; Hive tables are covered where
both doors are spoken to.
"""
import pytest
from rest_client import assert_error


def tables_path(namespace, prefix=""):
    return f"/management/v1/{prefix}namespaces/{namespace}/tables"


def without_owner(entries):
    """The owner is the server's user, which differs from machine to machine."""
    assert all(entry["owner"] for entry in entries)
    return [{key: entry[key] for key in ("name", "kind", "type")} for entry in entries]


def test_tables_are_listed_with_kind_and_type(rest, namespace):
    for name in ("a", "b", "c"):
        rest.create_table(namespace, name)
    expected = [{"name": n, "kind": "iceberg-table", "type": "EXTERNAL_TABLE"} for n in ("a", "b", "c")]
    answer = rest.get(tables_path(namespace)).json()
    assert without_owner(answer["tables"]) == expected and answer["next-page-token"] is None
    assert rest.get(tables_path(namespace, "hive/")).json() == answer
    first = rest.get(tables_path(namespace), params={"pageToken": "", "pageSize": 2}).json()
    second = rest.get(tables_path(namespace), params={"pageToken": first["next-page-token"], "pageSize": 2}).json()
    assert without_owner(first["tables"] + second["tables"]) == expected


def test_a_table_is_shown_as_its_hive_record(rest, namespace):
    created = rest.create_table(namespace, "t")
    shown = rest.get(tables_path(namespace) + "/t").json()
    assert shown["namespace"] == [namespace]
    assert (shown["name"], shown["kind"], shown["type"]) == ("t", "iceberg-table", "EXTERNAL_TABLE")
    assert shown["uuid"] and shown["version"] >= 1 and shown["id"] >= 1
    assert shown["metadata-location"] == created["metadata-location"]
    assert shown["parameters"]["table_type"].upper() == "ICEBERG"
    assert shown["parameters"]["metadata_location"] == created["metadata-location"]
    assert [(c["name"], c["type"]) for c in shown["columns"]] == [("id", "bigint"), ("day", "date")]
    assert shown["partition-keys"] == []


def test_history_is_newest_first_and_bounded(rest, namespace):
    created = rest.create_table(namespace, "t")
    for i in range(3):
        assert rest.commit(namespace, "t", [{"action": "set-properties", "updates": {"i": str(i)}}]).status_code == 200
    commits = rest.get(tables_path(namespace) + "/t/history").json()["history"]
    versions = [c["version"] for c in commits]
    assert versions == sorted(versions, reverse=True)
    assert commits[0]["metadata-location"] == rest.load(namespace, "t").json()["metadata-location"]
    assert created["metadata-location"] in [c["metadata-location"] for c in commits]
    assert len(rest.get(tables_path(namespace) + "/t/history", params={"limit": 2}).json()["history"]) == 2
    assert_error(rest.get(tables_path(namespace) + "/t/history", params={"limit": "x"}), 400, "BadRequestException",
                 "limit")


def test_a_table_of_any_kind_is_dropped(rest, namespace):
    rest.create_table(namespace, "t")
    answer = rest.delete(tables_path(namespace) + "/t")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("/t", "/t/history"):
        assert_error(rest.get(tables_path(namespace) + path), 404, "NoSuchTableException")
    assert_error(rest.delete(tables_path(namespace) + "/t"), 404, "NoSuchTableException")


@pytest.mark.parametrize("path", ["", "/t", "/t/history"])
def test_a_missing_namespace_is_404(rest, path):
    answer = rest.get(tables_path("missing") + path)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] in ("NoSuchNamespaceException", "NoSuchTableException")


def test_more_tables_than_one_statement_asks_for_are_listed(rest, namespace):
    staged = [f"t{i:04}" for i in range(520)]
    location = rest.create_table(namespace, staged[0])["metadata-location"]
    for name in staged[1:]:
        answer = rest.post(f"/v1/namespaces/{namespace}/register", {"name": name, "metadata-location": location})
        assert answer.status_code == 200, answer.text
    listed = rest.get(tables_path(namespace)).json()["tables"]
    assert [t["name"] for t in listed] == staged


@pytest.fixture
def hive_client(skep):
    """The Thrift client that PyIceberg brings along."""
    metastore = pytest.importorskip("hive_metastore.ThriftHiveMetastore")
    from thrift.protocol import TBinaryProtocol
    from thrift.transport import TSocket, TTransport

    transport = TTransport.TBufferedTransport(TSocket.TSocket("127.0.0.1", skep.thrift_port))
    transport.open()
    yield metastore.Client(TBinaryProtocol.TBinaryProtocol(transport))
    transport.close()


def test_a_hive_table_is_seen_and_dropped_here_and_hidden_from_iceberg(rest, namespace, hive_client):
    from hive_metastore.ttypes import FieldSchema, SerDeInfo, StorageDescriptor, Table

    storage = StorageDescriptor(cols=[FieldSchema("a", "int", "first")], inputFormat="in", outputFormat="out",
                                serdeInfo=SerDeInfo(serializationLib="lib", parameters={"k": "v"}), parameters={},
                                bucketCols=[], sortCols=[], numBuckets=-1)
    hive_client.create_table(Table(dbName=namespace, tableName="h", owner="ann", sd=storage, parameters={"p": "q"},
                                   partitionKeys=[FieldSchema("ds", "string", None)], tableType="MANAGED_TABLE"))
    listed = rest.get(tables_path(namespace)).json()["tables"]
    assert listed == [{"name": "h", "kind": "hive-table", "type": "MANAGED_TABLE", "owner": "ann"}]
    shown = rest.get(tables_path(namespace) + "/h").json()
    assert shown["columns"] == [{"name": "a", "type": "int", "comment": "first"}]
    assert [key["name"] for key in shown["partition-keys"]] == ["ds"]
    assert shown["storage"]["serde-library"] == "lib"
    assert shown["parameters"]["p"] == "q" and "metadata-location" not in shown
    assert rest.get(f"/v1/namespaces/{namespace}/tables").json()["identifiers"] == []
    assert_error(rest.load(namespace, "h"), 404, "NoSuchTableException")
    assert_error(rest.delete(f"/v1/namespaces/{namespace}/tables/h"), 404, "NoSuchTableException")
    taken = rest.post(f"/v1/namespaces/{namespace}/tables", {"name": "h", "schema": {
        "type": "struct", "fields": [{"id": 1, "name": "a", "type": "int", "required": False}]}})
    assert_error(taken, 409, "AlreadyExistsException")
    assert rest.delete(tables_path(namespace) + "/h", params={"purgeRequested": "true"}).status_code == 204
    assert rest.get(tables_path(namespace)).json()["tables"] == []
