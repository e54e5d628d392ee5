# SPDX-License-Identifier: Apache-2.0
"""Goal: a standby answers listings, and no client ever goes back in time by it, whichever server it wrote through.

Method: a PostgreSQL with a standby whose replay is paused, resumed and stopped at will; two servers on both, one of which
writes while the other reads. Which database answered is read from the metrics.
"""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest
import requests
from rest_client import SCHEMA, Rest

PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))[-1]


def run(program, *arguments):
    """A program of PostgreSQL, as a user that it can run as."""
    command = [f"{PROGRAMS}/{program}", *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", timeout=60)


class Cluster:
    """One server of PostgreSQL on a Unix socket in its own directory."""

    def __init__(self, root, name):
        self.data, self.socket, self.log = root / name, root / f"{name}-socket", root / f"{name}.log"
        self.socket.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.socket, "postgres", "postgres")
        self.uri = f"host={self.socket} user=skep dbname=postgres"

    def start(self):
        settings = f"-k {self.socket} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
        run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.log, "-o", settings)

    def stop(self):
        run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self.data)

    def ask(self, sql):
        answer = subprocess.run([f"{PROGRAMS}/psql", "-AtX", self.uri, "-c", sql], capture_output=True, text=True, check=True)
        return answer.stdout.strip()


@pytest.fixture(scope="module")
def clusters(skepd_factory):
    """A primary and its standby, both running."""
    root = pathlib.Path(skepd_factory().data_dir).parent
    if os.geteuid() == 0:
        shutil.chown(root, "postgres", "postgres")
    primary, standby = Cluster(root, "primary"), Cluster(root, "standby")
    run("initdb", "-D", primary.data, "-U", "skep", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    primary.start()
    run("pg_basebackup", "-D", standby.data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", primary.uri)
    standby.start()
    yield primary, standby
    for cluster in (standby, primary):
        if (cluster.data / "postmaster.pid").exists():
            cluster.stop()


@pytest.fixture(scope="module")
def servers(clusters, skepd_factory):
    """Two servers on the same databases and files; the second takes its warehouse from the first."""
    primary, standby = clusters
    settings = {"SKEP_DATABASE_URI": primary.uri, "SKEP_DATABASE_READ_URI": standby.uri}
    first = skepd_factory(settings).start()
    second = skepd_factory({**settings, "SKEP_WAREHOUSE": first.warehouse}).start()
    return first, second


def counts(server):
    text = requests.get(server.management_url + "/metrics", timeout=10).text
    found = re.findall(r'^skep_replica_reads_total\{answered_by="(\w+)"\} (\d+)', text, re.M)
    return {who: int(count) for who, count in found}


def grown(server, before, who):
    return counts(server).get(who, 0) - before.get(who, 0)


def names(server, namespace):
    answer = Rest(server.rest_url).get(f"/v1/namespaces/{namespace}/tables")
    assert answer.status_code == 200, answer.text
    return {item["name"] for item in answer.json()["identifiers"]}


def make(server, namespace, name):
    answer = Rest(server.rest_url).post(f"/v1/namespaces/{namespace}/tables", {"name": name, "schema": SCHEMA})
    assert answer.status_code == 200, answer.text


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_standby_that_follows_answers_listings(clusters, servers):
    first, second = servers
    Rest(first.rest_url).create_namespace("follows")
    make(first, "follows", "t")
    before = counts(second)

    def answered():
        assert names(second, "follows") == {"t"}
        return grown(second, before, "standby") > 0

    until(answered)


def test_a_read_after_a_write_through_any_server_is_never_stale(clusters, servers):
    primary, standby = clusters
    Rest(servers[0].rest_url).create_namespace("paused")
    standby.ask("SELECT pg_wal_replay_pause()")
    until(lambda: standby.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")
    before = counts(servers[1])
    try:
        made = set()
        for number in range(10):
            make(servers[number % 2], "paused", f"t{number}")
            made.add(f"t{number}")
            assert names(servers[0], "paused") == made
            assert names(servers[1], "paused") == made
        assert standby.ask("SELECT count(*) FROM skep.tables WHERE name = 't9'") == "0"
        assert grown(servers[1], before, "standby") == 0
        assert grown(servers[1], before, "primary") >= 10
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")
    until(lambda: names(servers[1], "paused") == made and grown(servers[1], before, "standby") > 0)


def test_writes_and_reads_in_turn_while_the_standby_follows_are_never_stale(servers):
    Rest(servers[0].rest_url).create_namespace("turns")
    made = set()
    for number in range(30):
        make(servers[number % 2], "turns", f"t{number}")
        made.add(f"t{number}")
        assert names(servers[(number + 1) % 2], "turns") == made


def test_without_its_standby_a_server_answers_from_the_primary_without_delay(clusters, servers):
    primary, standby = clusters
    Rest(servers[0].rest_url).create_namespace("gone")
    make(servers[0], "gone", "t")
    standby.stop()
    for _ in range(3):
        begin = time.monotonic()
        assert names(servers[0], "gone") == {"t"}
        assert time.monotonic() - begin < 3
    before = counts(servers[0])
    standby.start()

    def answered():
        assert names(servers[0], "gone") == {"t"}
        return grown(servers[0], before, "standby") > 0

    until(answered)


def test_a_standby_that_was_promoted_answers_nothing(clusters, servers):
    primary, standby = clusters
    Rest(servers[0].rest_url).create_namespace("promoted")
    make(servers[0], "promoted", "before")
    until(lambda: standby.ask("SELECT count(*) FROM skep.tables WHERE name = 'before'") == "1")
    run("pg_ctl", "promote", "-w", "-D", standby.data)
    before = counts(servers[0])
    make(servers[0], "promoted", "after")
    assert names(servers[0], "promoted") == {"before", "after"}
    assert grown(servers[0], before, "standby") == 0
