# SPDX-License-Identifier: Apache-2.0
"""Drops whose files are in an object store: the answer comes at once, a task deletes, and errors of the store only delay it."""
import os
import sys
import time

import pytest
import requests
from object_store import ObjectStore
from rest_client import SCHEMA

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "thrift"))
import hms_client  # noqa: E402


@pytest.fixture(scope="module")
def store():
    made = ObjectStore()
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def server(skepd_factory, store):
    made = skepd_factory(environment={
        "SKEP_WAREHOUSE": "s3://wh/root", "SKEP_S3_ENDPOINT": store.url, "SKEP_S3_KEY_SOURCE": "given",
        "SKEP_S3_ACCESS_KEY_ID": "k", "SKEP_S3_SECRET_ACCESS_KEY": "secret-of-the-store"}).start()
    assert requests.post(f"{made.rest_url}/v1/namespaces", json={"namespace": ["d"]}, timeout=10).status_code == 200
    return made


def tasks(server, table):
    listed = requests.get(f"{server.rest_url}/management/v1/tasks", timeout=10).json()["tasks"]
    return [task for task in listed if task["table"] == table]


def wait_for(condition, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come about")


def done(server, table):
    return wait_for(lambda: [t for t in tasks(server, table) if t["state"] == "done"])[0]


def test_a_purge_empties_the_prefix_of_a_table_and_no_other(server, store):
    tables = f"{server.rest_url}/v1/namespaces/d/tables"
    for name in ("t", "t1"):
        made = requests.post(tables, json={"name": name, "schema": SCHEMA}, timeout=10)
        assert made.status_code == 200, made.text
        for value in "ab":
            assert requests.post(f"{tables}/{name}", timeout=10, json={"requirements": [], "updates": [
                {"action": "set-properties", "updates": {"k": value}}]}).status_code == 200
    assert len(store.below("wh/root/d.db/t/")) == 3
    store.fails = 100
    assert requests.delete(f"{tables}/t?purgeRequested=true", timeout=10).status_code == 204
    waiting = wait_for(lambda: [t for t in tasks(server, "t") if t["failures"] == 1])[0]
    assert waiting["state"] == "waiting" and waiting["error"] and waiting["due-ms"] > waiting["created-ms"]
    store.fails = 0
    assert requests.post(f"{server.rest_url}/management/v1/tasks/{waiting['id']}/retry", timeout=10).status_code == 204
    task = done(server, "t")
    assert task["files-deleted"] == 3 and "error" not in task
    assert store.below("wh/root/d.db/t/") == []
    assert len(store.below("wh/root/d.db/t1/")) == 3
    repeated = requests.post(f"{server.rest_url}/management/v1/tasks/{waiting['id']}/retry", timeout=10)
    assert repeated.status_code == 400
    assert requests.delete(f"{server.rest_url}/management/v1/tasks/999999", timeout=10).status_code == 404
    assert requests.get(f"{server.rest_url}/management/v1/tasks?state=odd", timeout=10).status_code == 400


def test_a_hive_drop_with_its_data_leaves_the_objects_to_a_task(server, store, monkeypatch):
    monkeypatch.setenv("SKEP_THRIFT_URL", f"127.0.0.1:{server.thrift_port}")
    client = hms_client.connect()
    hms = hms_client.hms
    storage = hms.StorageDescriptor(cols=[hms.FieldSchema("a", "int", "")], location="s3a://wh/root/d.db/h",
                                    serdeInfo=hms.SerDeInfo(parameters={}), parameters={})
    client.create_table(hms.Table(tableName="h", dbName="d", sd=storage, partitionKeys=[], parameters={},
                                  tableType="MANAGED_TABLE"))
    with store.lock:
        for i in range(2300):
            store.objects[f"wh/root/d.db/h/p={i % 3}/f{i}"] = b"x"
        store.objects["wh/root/d.db/h2/f"] = b"x"
    client.drop_table("d", "h", True)
    client.close()
    task = done(server, "h")
    assert (task["kind"], task["files-deleted"], task["files-left"]) == ("delete_directory", 2300, 0)
    assert store.below("wh/root/d.db/h/") == [] and store.below("wh/root/d.db/h2/") == ["wh/root/d.db/h2/f"]


def hive_table(name, location=None):
    hms = hms_client.hms
    storage = hms.StorageDescriptor(cols=[hms.FieldSchema("a", "int", "")], location=location,
                                    serdeInfo=hms.SerDeInfo(parameters={}), parameters={})
    return hms.Table(tableName=name, dbName="d", sd=storage, partitionKeys=[], parameters={}, tableType="MANAGED_TABLE")


@pytest.fixture
def hive(server, monkeypatch):
    monkeypatch.setenv("SKEP_THRIFT_URL", f"127.0.0.1:{server.thrift_port}")
    client = hms_client.connect()
    yield client
    client.close()


def place_of(client, name, database="d"):
    return client.get_table(database, name).sd.location.partition("://")[2]


def test_a_new_table_does_not_get_the_place_of_a_renamed_one(server, store, hive):
    hive.create_table(hive_table("old"))
    kept = place_of(hive, "old")
    assert kept == "wh/root/d.db/old"
    renamed = hive.get_table("d", "old")
    renamed.tableName = "moved"
    hive.alter_table("d", "old", renamed)
    assert place_of(hive, "moved") == kept
    hive.create_table(hive_table("old"))
    beside = place_of(hive, "old")
    assert beside.startswith(kept + "-") and len(beside) == len(kept) + 9
    with store.lock:
        store.objects[f"{kept}/f"] = store.objects[f"{beside}/f"] = b"x"
    hive.drop_table("d", "old", True)
    assert done(server, "old")["files-deleted"] == 1
    assert store.below(kept) == [f"{kept}/f"]


def test_a_new_table_does_not_get_files_that_are_still_to_be_deleted(server, store, hive):
    hive.create_table(hive_table("again"))
    place = place_of(hive, "again")
    with store.lock:
        store.objects[f"{place}/f"] = b"x"
        store.fails = 1000
    hive.drop_table("d", "again", True)
    hive.create_table(hive_table("again"))
    with pytest.raises(hms_client.hms.AlreadyExistsException):
        hive.create_table(hive_table("again"))
    assert place_of(hive, "again").startswith(place + "-")
    store.fails = 0
    [task] = tasks(server, "again")
    requests.post(f"{server.rest_url}/management/v1/tasks/{task['id']}/retry", timeout=10)
    assert done(server, "again")["files-deleted"] == 1 and store.below(place) == []


def test_a_cascade_leaves_objects_to_tasks_and_keeps_iceberg_tables(server, store, hive):
    hms = hms_client.hms
    hive.create_database(hms.Database(name="c", description="", locationUri=None, parameters={}))
    tables = f"{server.rest_url}/v1/namespaces/c/tables"
    made = requests.post(tables, json={"name": "ice", "schema": SCHEMA}, timeout=10).json()
    table = hive_table("whole")
    table.dbName = "c"
    hive.create_table(table)
    place = place_of(hive, "whole", "c")
    with store.lock:
        for i in range(1200):
            store.objects[f"{place}/f{i}"] = b"x"
        store.fails = 1000
    hive.drop_database("c", True, True)
    assert len(store.below(f"{place}/")) == 1200  # the answer did not wait for them
    store.fails = 0
    [task] = tasks(server, "whole")
    requests.post(f"{server.rest_url}/management/v1/tasks/{task['id']}/retry", timeout=10)
    assert done(server, "whole")["files-deleted"] == 1200 and store.below(f"{place}/") == []

    management = f"{server.rest_url}/management/v1/namespaces/c"
    [kept] = requests.get(f"{management}/dropped", timeout=10).json()["dropped"]
    assert kept["name"] == "ice" and kept["uuid"] == made["metadata"]["table-uuid"]
    assert requests.post(f"{server.rest_url}/v1/namespaces", json={"namespace": ["c"]}, timeout=10).status_code == 200
    assert requests.post(f"{management}/undrop", json={"name": "ice"}, timeout=10).status_code == 200
    loaded = requests.get(f"{tables}/ice", timeout=10).json()
    assert loaded["metadata-location"] == made["metadata-location"]
    assert requests.get(f"{management}/dropped", timeout=10).json() == {"dropped": []}


def test_a_managed_partition_that_cannot_be_moved_keeps_its_name(server, store, hive):
    hms = hms_client.hms
    table = hive_table("parts")
    table.partitionKeys = [hms.FieldSchema("p", "string", "")]
    hive.create_table(table)
    storage = hms.StorageDescriptor(cols=table.sd.cols, location=None, serdeInfo=hms.SerDeInfo(parameters={}), parameters={})
    made = hive.add_partition(hms.Partition(values=["a"], dbName="d", tableName="parts", sd=storage, parameters={}))
    assert made.sd.location.startswith("s3") and made.sd.location.endswith("/parts/p=a")
    made.values = ["b"]
    with pytest.raises(hms.InvalidOperationException, match="cannot be moved"):
        hive.rename_partition("d", "parts", ["a"], made)
    assert hive.get_partition_names("d", "parts", -1) == ["p=a"]


def test_what_was_dropped_in_no_namespace_is_not_found(server):
    for path in ("namespaces/nowhere", "nocatalog/namespaces/d"):
        assert requests.get(f"{server.rest_url}/management/v1/{path}/dropped", timeout=10).status_code == 404, path
    assert requests.get(f"{server.rest_url}/management/v1/namespaces/d/dropped", timeout=10).status_code == 200
