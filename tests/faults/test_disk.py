# SPDX-License-Identifier: Apache-2.0
"""Goal: a disk without room, PostgreSQL's or the warehouse's, costs no acknowledged commit, leaves no half file, and is told
as such; commits go on within 2 s of PostgreSQL's when there is room again, without a restart of the server.

Method: ENOSPC at the calls that take room (disk.py), while clients commit. Also the kernel's limit for a file's size, which
any user may set on a running program: half of a document is written, and the error is EFBIG."""
import json
import os
import pathlib
import resource
import time

import pytest
import requests

from clients import NAMESPACE, PATIENCE_S, SCHEMA, TIMEOUT_S, make_table, read_chain, run_clients, wait_for_commits
from disk import NO_SPACE, FullDisk
from history import OK, History, check
from postgres import Postgres
from test_history import TABLES, begin, judge
from test_lost_answers import connect, hive_table, hms
from test_postgres import expect_resumption, start_server

CLIENTS = 4
LIMIT = 500
LONG_ANSWER = 6 << 20


@pytest.fixture
def full_disk():
    made = FullDisk()
    yield made
    made.remove()


def commit_probe(server):
    """Without waiting for anything: the answer."""
    body = {"requirements": [], "updates": [{"action": "set-properties", "updates": {"at": str(time.time())}}]}
    return requests.post(f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables/probe", json=body, timeout=TIMEOUT_S)


def expect_refusal(answer, *statuses):
    """In the protocol's form; its words."""
    assert answer.status_code in statuses, answer.text
    error = answer.json()["error"]
    assert error["code"] == answer.status_code and error["type"] and error["message"], answer.text
    return error["message"]


def read_table(server):
    return requests.get(f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables/t", timeout=TIMEOUT_S).status_code


def local(location):
    return pathlib.Path(location.removeprefix("file://"))


def expect_whole_files(server, postgres):
    """Each document that a pointer or a commit names is there and whole; nothing else is half there."""
    named = postgres.sql("SELECT metadata_location FROM skep.tables WHERE metadata_location IS NOT NULL "
                         "UNION SELECT metadata_location FROM skep.commits").splitlines()
    assert named
    for location in named:
        assert json.loads(local(location).read_text(encoding="utf-8"))["format-version"] in (1, 2, 3), location
    for file in local(server.warehouse).rglob("*.metadata.json"):
        json.loads(file.read_text(encoding="utf-8"))
    assert not list(local(server.warehouse).rglob(".skep-*.tmp"))


# --- PostgreSQL's ---


def use_up_the_log(postgres):
    """Segment after segment, until one must be made."""
    panics = postgres.log.read_text(errors="replace").count("PANIC")
    deadline = time.monotonic() + PATIENCE_S
    while postgres.log.read_text(errors="replace").count("PANIC") == panics:
        assert time.monotonic() < deadline, "PostgreSQL finds room for its log"
        postgres.run("psql", "-XAtq", "-h", "127.0.0.1", "-p", postgres.port, "-U", "skep", "-d", "postgres",
                     "-c", "SELECT pg_switch_wal()", may_fail=True)


def no_room_for_tables(server, postgres, full_disk, kind):
    """PostgreSQL goes on: what needs no new page is done, the rest is refused, and the server says why."""
    full_disk.fill(kind, postgres.data / "base")
    deadline = time.monotonic() + PATIENCE_S
    while (answer := commit_probe(server)).status_code == 200:
        assert time.monotonic() < deadline, "everything finds room"
    assert "disk space" in expect_refusal(answer, 503)
    assert read_table(server) == 200
    assert postgres.process.poll() is None


def no_room_for_the_log(server, postgres, full_disk, kind):
    """PostgreSQL dies of it, and of each new segment after its recovery, until there is room or it gives up."""
    full_disk.fill(kind, postgres.data / "pg_wal")
    use_up_the_log(postgres)
    answer = commit_probe(server)
    assert answer.status_code == 200 or expect_refusal(answer, 500, 503, 504)


@pytest.mark.parametrize("fault", [no_room_for_tables, no_room_for_the_log], ids=["tables", "log"])
@pytest.mark.parametrize("kind", ["blocks", pytest.param("inodes", marks=pytest.mark.heavy)])
def test_postgresql_has_no_room(skepd_factory, full_disk, fault, kind):
    postgres = Postgres(full_disk.environment()).make("--wal-segsize=1").start()
    try:
        server = start_server(skepd_factory, postgres.uri())
        history = begin(server)
        make_table(server.rest_url, "probe")

        def during():
            wait_for_commits(history, 10)
            fault(server, postgres, full_disk, kind)
            full_disk.free()
            postgres.start()
            expect_resumption(server, "room again")
            wait_for_commits(history, 10)

        run_clients(server, history, TABLES, "disk", during)
        assert NO_SPACE in postgres.log.read_text(errors="replace")
        judge(server, history, 20)
        expect_whole_files(server, postgres)
        assert server.stop() == 0
    finally:
        postgres.remove()


# --- the warehouse's ---


class FileLimit:
    """Stands in for a full disk."""

    def __init__(self, server):
        self.process = server.process.pid

    def set(self, size):
        _, hard = resource.prlimit(self.process, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process, resource.RLIMIT_FSIZE, (size, hard))

    def fill(self, _kind, _directory):
        self.set(LIMIT)

    def free(self):
        self.set(resource.RLIM_INFINITY)


def refuse_without_room(server, kind):
    """What is refused now can be done when there is room, under the same name."""
    status, words = (413, "File too large") if kind == "limit" else (503, NO_SPACE)
    assert words in expect_refusal(commit_probe(server), status)
    made = {"name": f"new_{time.monotonic_ns()}", "schema": SCHEMA}
    url = f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables"
    assert words in expect_refusal(requests.post(url, json=made, timeout=TIMEOUT_S), status)
    assert read_table(server) == 200
    return lambda: requests.post(url, json=made, timeout=TIMEOUT_S).status_code


@pytest.mark.parametrize("kind", ["limit", "blocks", "inodes", pytest.param("sync", marks=pytest.mark.heavy)])
def test_no_room_for_metadata_files(skepd_factory, postgres, full_disk, kind):
    server = start_server(skepd_factory, postgres.uri(), **full_disk.environment())
    for table in ("probe", "t"):
        make_table(server.rest_url, table)
    history = History()
    disk = FileLimit(server) if kind == "limit" else full_disk

    def during():
        for _ in range(3):
            wait_for_commits(history, 5)
            disk.fill(kind, local(server.warehouse))
            again = refuse_without_room(server, kind)
            before = history.count(OK)
            time.sleep(0.3)
            # Whose file was there already may have been on its way still.
            assert history.count(OK) <= before + CLIENTS, "commits are acknowledged without room"
            disk.free()
            expect_resumption(server, "room again")
            assert again() == 200

    # REST clients alone: the others write their files themselves.
    run_clients(server, history, ["t"], kind, during, rest=CLIENTS, hive=0)
    problems = check(history, {"t": read_chain(server.rest_url, "t")})
    assert not problems, problems[:20]
    expect_whole_files(server, postgres)
    assert server.stop() == 0


# --- of long answers ---


def make_long(server):
    """A document and a listing that are answered from disk, by a server that has kept neither."""
    make_table(server.rest_url, "long", **{f"p{i}": "x" * 65536 for i in range(LONG_ANSWER >> 16)})
    os.environ["SKEP_THRIFT_URL"] = f"127.0.0.1:{server.thrift_port}"
    client = connect()
    row = hive_table(NAMESPACE, "parts", keys=(("day", "int"),))
    client.create_table(row)
    for day in range(32):
        client.add_partition(hms.Partition(dbName=NAMESPACE, tableName="parts", values=[str(day)], sd=row.sd,
                                           parameters={"p": "x" * 65536}))
    assert server.stop() == 0
    server.start()
    os.environ["SKEP_THRIFT_URL"] = f"127.0.0.1:{server.thrift_port}"
    return connect()


@pytest.mark.parametrize("kind", ["blocks", pytest.param("inodes", marks=pytest.mark.heavy)])
def test_no_room_for_long_answers(skepd_factory, postgres, full_disk, kind):
    spools = full_disk.root / "spools"
    spools.mkdir()
    server = start_server(skepd_factory, postgres.uri(), SKEP_SPOOL_DIR=str(spools), **full_disk.environment())
    client = make_long(server)
    url = f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables/long"

    full_disk.fill(kind, spools)
    assert NO_SPACE in expect_refusal(requests.get(url, timeout=TIMEOUT_S), 503)
    with pytest.raises(hms.MetaException, match=NO_SPACE):
        client.get_partitions(NAMESPACE, "parts", -1)
    assert client.get_table(NAMESPACE, "parts").tableName == "parts"

    full_disk.free()
    answer = requests.get(url, timeout=TIMEOUT_S)
    assert answer.status_code == 200 and len(answer.json()["metadata"]["properties"]["p0"]) == 65536
    assert [len(p.parameters["p"]) for p in client.get_partitions(NAMESPACE, "parts", -1)] == [65536] * 32
    assert server.stop() == 0
