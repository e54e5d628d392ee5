# SPDX-License-Identifier: Apache-2.0
"""Tables of real files, dropped: a purge takes all of them and nothing else, across restarts and servers; what was dropped
without one comes back through both doors."""
import os
import pathlib
import shutil
import signal
import subprocess
import time
import uuid

import pyarrow as pa
import pytest
import requests
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestEntry, \
    ManifestEntryStatus, ManifestWriterV2, write_manifest_list
from pyiceberg.schema import Schema
from pyiceberg.typedef import Record
from pyiceberg.types import LongType, NestedField

SCHEMA = Schema(NestedField(1, "id", LongType(), required=False))


def rows(*values):
    return pa.table({"id": pa.array(values, pa.int64())})


def directory_of(table):
    return pathlib.Path(table.location().removeprefix("file://"))


def files_below(path):
    return sorted(str(p) for p in pathlib.Path(path).rglob("*") if p.is_file())


def tasks(url, table=None):
    listed = requests.get(f"{url}/management/v1/tasks", timeout=30).json()["tasks"]
    return [t for t in listed if table is None or t["table"] == table]


def wait_for(condition, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come about")


def done_task(url, table):
    return wait_for(lambda: [t for t in tasks(url, table) if t["state"] == "done"])[0]


def drop(url, namespace, name, purge):
    answer = requests.delete(f"{url}/v1/namespaces/{namespace}/tables/{name}", timeout=30,
                             params={"purgeRequested": "true"} if purge else {})
    assert answer.status_code == 204, answer.text


def entry_of(content, path, file_format, snapshot_id):
    return ManifestEntry.from_args(
        status=ManifestEntryStatus.ADDED, snapshot_id=snapshot_id, sequence_number=None, file_sequence_number=None,
        data_file=DataFile.from_args(_table_format_version=2, content=content, file_path=path, file_format=file_format,
                                     partition=Record(), record_count=1, file_size_in_bytes=1))


class DeleteManifest(ManifestWriterV2):
    def content(self):
        return ManifestContent.DELETES

    @property
    def _meta(self):
        return {**super()._meta, "content": "deletes"}


def add_delete_files(table, url, namespace, name):
    """A snapshot of position deletes, equality deletes and a deletion vector, whose files are empty but there."""
    io = PyArrowFileIO()
    snapshot_id = 4711
    base = table.location()
    outside = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"skep-outside-{uuid.uuid4()}.parquet"
    outside.write_bytes(b"x")
    wanted = [(DataFileContent.EQUALITY_DELETES, f"file://{outside}", FileFormat.PARQUET),
              (DataFileContent.POSITION_DELETES, f"{base}/data/pos.parquet", FileFormat.PARQUET),
              (DataFileContent.EQUALITY_DELETES, f"{base}/data/eq.parquet", FileFormat.PARQUET),
              (DataFileContent.POSITION_DELETES, f"{base}/data/dv.puffin", FileFormat.PUFFIN),
              (DataFileContent.POSITION_DELETES, f"{base}/data/dv.puffin", FileFormat.PUFFIN)]
    for _, path, _ in wanted[1:]:
        pathlib.Path(path.removeprefix("file://")).write_bytes(b"x")
    manifest_path = f"{base}/metadata/deletes.avro"
    with DeleteManifest(table.spec(), table.schema(), io.new_output(manifest_path), snapshot_id, "deflate") as writer:
        for content, path, file_format in wanted:
            writer.add_entry(entry_of(content, path, file_format, snapshot_id))
        manifest = writer.to_manifest_file()
    list_path = f"{base}/metadata/snap-deletes.avro"
    parent = table.current_snapshot()
    with write_manifest_list(2, io.new_output(list_path), snapshot_id, parent.snapshot_id, parent.sequence_number + 1,
                             "deflate") as writer:
        writer.add_manifests([manifest, *parent.manifests(io)])
    for path in ("stats.puffin", "partition-stats.parquet"):
        pathlib.Path(f"{base}/metadata/{path}".removeprefix("file://")).write_bytes(b"x")
    snapshot = {"snapshot-id": snapshot_id, "parent-snapshot-id": parent.snapshot_id,
                "sequence-number": parent.sequence_number + 1, "timestamp-ms": parent.timestamp_ms + 1, "schema-id": 0,
                "summary": {"operation": "delete"}, "manifest-list": list_path}
    answer = requests.post(f"{url}/v1/namespaces/{namespace}/tables/{name}", timeout=30, json={
        "requirements": [], "updates": [
            {"action": "add-snapshot", "snapshot": snapshot},
            {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": snapshot_id},
            {"action": "set-statistics", "snapshot-id": snapshot_id, "statistics": {
                "snapshot-id": snapshot_id, "statistics-path": f"{base}/metadata/stats.puffin", "file-size-in-bytes": 1,
                "file-footer-size-in-bytes": 1, "blob-metadata": []}},
            {"action": "set-partition-statistics", "partition-statistics": {
                "snapshot-id": snapshot_id, "statistics-path": f"{base}/metadata/partition-stats.parquet",
                "file-size-in-bytes": 1}}]})
    assert answer.status_code == 200, answer.text
    return outside


def make_table(catalog, name, appends=3):
    table = catalog.create_table(name, SCHEMA, properties={"format-version": "2"})
    for i in range(appends):
        table.append(rows(i, i + 100))
    return table


def test_a_purge_takes_every_file_that_the_table_names_and_nothing_else(skep, catalogs, namespace):
    table = make_table(catalogs["rest"], f"{namespace}.t")
    other = make_table(catalogs["rest"], f"{namespace}.other", 1)
    table.overwrite(rows(7))
    outside = add_delete_files(table, skep.rest_url, namespace, "t")
    directory = directory_of(table)
    stray = directory / "data" / "stray.txt"
    stray.write_text("not the table's")
    count = len(files_below(directory))
    assert any(name.endswith(".puffin") for name in files_below(directory))
    drop(skep.rest_url, namespace, "t", purge=True)
    task = done_task(skep.rest_url, "t")
    assert files_below(directory) == [str(stray)]
    assert (task["files-deleted"], task["files-left"], task["kind"]) == (count - 1, 1, "purge_table"), task
    assert task["files-found"] == task["files-deleted"] + 1 and "error" not in task
    assert outside.exists()
    outside.unlink()
    assert sorted(other.scan().to_arrow()["id"].to_pylist()) == [0, 100]
    assert not requests.get(f"{skep.rest_url}/management/v1/namespaces/{namespace}/dropped", timeout=10).json()["dropped"]


def test_without_garbage_collection_the_data_stay_and_the_metadata_go(skep, catalogs, namespace):
    table = catalogs["rest"].create_table(f"{namespace}.nogc", SCHEMA, properties={"gc.enabled": "false"})
    table.append(rows(1))
    directory = directory_of(table)
    data = files_below(directory / "data")
    drop(skep.rest_url, namespace, "nogc", purge=True)
    done_task(skep.rest_url, "nogc")
    assert data and files_below(directory) == data


def test_a_table_that_is_registered_twice_is_purged_by_its_last_drop(skep, catalogs, namespace):
    table = make_table(catalogs["rest"], f"{namespace}.one")
    twin = catalogs["rest"].register_table(f"{namespace}.twin", table.metadata_location)
    files = files_below(directory_of(table))
    drop(skep.rest_url, namespace, "one", purge=True)
    assert done_task(skep.rest_url, "one")["files-deleted"] == 0
    assert files_below(directory_of(table)) == files
    assert twin.scan().to_arrow().num_rows == 6
    drop(skep.rest_url, namespace, "twin", purge=True)
    assert done_task(skep.rest_url, "twin")["files-left"] == 0
    assert not directory_of(table).exists()


@pytest.mark.parametrize("door", ["rest", "hive"])
def test_what_was_dropped_comes_back_through_both_doors(skep, catalogs, namespace, door):
    table = make_table(catalogs["rest"], f"{namespace}.back")
    table.manage_snapshots().create_tag(table.current_snapshot().snapshot_id, "v1").commit()
    management = f"{skep.rest_url}/management/v1/namespaces/{namespace}"
    before = requests.get(f"{management}/tables/back", timeout=10).json()
    history = requests.get(f"{management}/tables/back/history", timeout=10).json()
    catalogs[door].drop_table(f"{namespace}.back")
    assert [t["uuid"] for t in requests.get(f"{management}/dropped", timeout=10).json()["dropped"]] == [before["uuid"]]
    replacement = make_table(catalogs["rest"], f"{namespace}.back", 1)
    taken = requests.post(f"{management}/undrop", json={"name": "back"}, timeout=10)
    assert taken.status_code == 409, taken.text
    done = requests.post(f"{management}/undrop", json={"name": "back", "new-name": "old"}, timeout=10)
    assert done.status_code == 200 and done.json()["uuid"] == before["uuid"], done.text
    after = requests.get(f"{management}/tables/old", timeout=10).json()
    differing = {key for key in before if before[key] != after.get(key)}
    assert differing == {"name", "version"}
    assert requests.get(f"{management}/tables/old/history", timeout=10).json() == history
    for reader in catalogs.values():
        assert reader.load_table(f"{namespace}.old").scan().to_arrow().num_rows == 6
        assert reader.load_table(f"{namespace}.back").metadata.table_uuid == replacement.metadata.table_uuid
    again = catalogs[door].load_table(f"{namespace}.old")
    assert again.metadata.refs["v1"].snapshot_id == table.current_snapshot().snapshot_id
    again.append(rows(9))
    gone = requests.post(f"{management}/undrop", json={"name": "back"}, timeout=10)
    assert gone.status_code == 404 and "back" in gone.json()["error"]["message"]


def test_a_repeated_drop_with_a_key_leaves_one_task(skep, catalogs, namespace):
    make_table(catalogs["rest"], f"{namespace}.keyed", 1)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"{skep.rest_url}/v1/namespaces/{namespace}/tables/keyed?purgeRequested=true"
    assert [requests.delete(path, headers=key, timeout=30).status_code for _ in range(2)] == [204, 204]
    done_task(skep.rest_url, "keyed")
    assert len(tasks(skep.rest_url, "keyed")) == 1


def test_metrics_and_the_management_api_tell_how_background_work_goes(skep):
    listed = requests.get(f"{skep.rest_url}/management/v1/duties", timeout=10).json()["duties"]
    assert {"tasks", "event_numbering", "undrop_expiry", "metadata_sweep"} <= {d["name"] for d in listed}
    assert all(d["failures"] == 0 and d["overdue-ms"] == 0 for d in listed), listed
    metrics = requests.get(f"{skep.management_url}/metrics", timeout=10).text
    for sample in ('skep_task_oldest_seconds{kind="purge_table"}', 'skep_tasks{kind="purge_table",state="failed"}',
                   'skep_duty_age_seconds{duty="tasks"}', 'skep_duty_overdue_seconds{duty="lock_expiry"} 0'):
        assert sample in metrics, sample


# --- two servers on one database


def sql(database, statement):
    done = subprocess.run([shutil.which("psql") or "psql", "-XAtq", database, "-c", statement], capture_output=True,
                          text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_another_server_goes_on_when_the_one_at_work_is_killed(skepd_factory):
    """The first server keeps the database and sleeps; the second is killed in the middle of a purge; the third ends it."""
    home = skepd_factory(environment={"SKEP_DUTY_LEASE_S": "3"}).start()
    lines = next((home.data_dir / "postgresql").rglob("postmaster.pid")).read_text(encoding="utf-8").splitlines()
    database = f"host={lines[4]} port={lines[3]} user=skep dbname=postgres"
    environment = {"SKEP_DATABASE_URI": database, "SKEP_WAREHOUSE": home.warehouse, "SKEP_DUTY_LEASE_S": "3"}
    base = home.rest_url + "/v1/namespaces"
    assert requests.post(base, json={"namespace": ["k"]}, timeout=10).status_code == 200
    made = requests.post(f"{base}/k/tables", timeout=10, json={"name": "t", "schema": {"type": "struct", "fields": [
        {"id": 1, "name": "id", "type": "long", "required": False}]}}).json()
    metadata = pathlib.Path(made["metadata-location"].removeprefix("file://"))
    never = "UPDATE skep.duties SET holder = 'nobody', lease_ends_ms = 9223372036854775807 WHERE name = 'tasks'"
    wait_for(lambda: sql(database, "SELECT count(*) FROM skep.duties WHERE name = 'tasks' AND lease_ends_ms = 0") == "1")
    sql(database, never)
    drop(home.rest_url, "k", "t", purge=True)
    os.kill(home.process.pid, signal.SIGSTOP)
    holder = subprocess.Popen([shutil.which("psql") or "psql", "-XAtq", database], stdin=subprocess.PIPE, text=True)
    first = skepd_factory(environment=environment).start()
    second = None
    try:
        holder.stdin.write("BEGIN; LOCK TABLE skep.dropped_tables IN ACCESS EXCLUSIVE MODE;\n")
        holder.stdin.flush()
        wait_for(lambda: sql(database, "SELECT count(*) FROM pg_locks WHERE relation = 'skep.dropped_tables'::regclass "
                                       "AND mode = 'AccessExclusiveLock' AND granted") == "1")
        sql(database, "UPDATE skep.duties SET lease_ends_ms = 0, due_ms = 0 WHERE name = 'tasks'")
        mine = f"% {first.process.pid} %"
        wait_for(lambda: sql(database, f"SELECT count(*) FROM skep.tasks WHERE holder LIKE '{mine}' "
                                       "AND lease_ends_ms > 0") == "1")
        second = skepd_factory(environment=environment).start()
        first.kill()
        holder.stdin.close()
        assert metadata.exists()
        finished = done_task(second.rest_url, "t")
        assert f" {second.process.pid} " in finished["server"] and finished["attempts"] == 2
        assert not metadata.exists() and finished["files-deleted"] == 1
        done_by = wait_for(lambda: sql(database, "SELECT holder FROM skep.duties WHERE name = 'tasks' AND failures = 0 "
                                                 "AND lease_ends_ms = 0"))
        assert f" {second.process.pid} " in done_by
    finally:
        holder.kill()
        os.kill(home.process.pid, signal.SIGCONT)
        if second:
            second.stop()
