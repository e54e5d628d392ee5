# SPDX-License-Identifier: Apache-2.0
"""Goal: a warehouse that takes no more files costs no acknowledged commit and leaves no half file, and commits go on when
there is room again, without a restart.

Method: the kernel's limit for the size of a file, which can be set on the running server as any user, is put below a metadata
document's. The error is another one than a full disk's (EFBIG, not ENOSPC) and takes the same way."""
import json
import pathlib
import resource
import time

import requests

from clients import NAMESPACE, make_table, read_chain, run_clients, wait_for_commits
from history import History, check
from test_postgres import commit_once, expect_resumption, start_server

LIMIT = 500


def set_limit(server, size):
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def test_no_room_for_metadata_files(skepd_factory, postgres):
    server = start_server(skepd_factory, postgres.uri())
    make_table(server.rest_url, "probe")
    make_table(server.rest_url, "t")
    history = History()
    commits_without_room = []

    def during():
        for _ in range(3):
            while not commit_once(server):
                pass
            set_limit(server, LIMIT)
            commits_without_room.append(commit_once(server))
            assert requests.get(f"{server.rest_url}/v1/namespaces/{NAMESPACE}/tables/t", timeout=30).status_code == 200
            set_limit(server, resource.RLIM_INFINITY)
            expect_resumption(server, "room again")
            wait_for_commits(history, 5)

    # REST clients alone: the others write their files themselves.
    run_clients(server, history, ["t"], "disk", during, hive=0)
    assert commits_without_room == [False] * 3
    problems = check(history, {"t": read_chain(server.rest_url, "t")})
    assert not problems, problems[:20]
    for file in pathlib.Path(server.warehouse.removeprefix("file://")).rglob("*.metadata.json"):
        json.loads(file.read_text(encoding="utf-8"))
    server.stop()
