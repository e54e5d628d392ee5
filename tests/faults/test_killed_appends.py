# SPDX-License-Identifier: Apache-2.0
"""Goal: appends that the server makes anew behind others (skep.commit.rebase-appends) are there once when they are
acknowledged, whatever died on the way, and each list has exactly what was appended until then.

Method: clients append to one table, each with a manifest list on what it saw, and send again what was not answered, as it
was; the server dies at each place in turn. An append does not end right behind the head that it expected, so the rule is
that of history.py without that."""
import itertools
import pathlib
import re

import pytest
import requests
from clients import NAMESPACE, TIMEOUT_S, RestClient, make_table, new_snapshot, read_chain, run_clients, wait_for_commits
from history import OK, REFUSED, History, check_order, place_chain
from support.manifest_lists import manifest_path, read_list, write_list
from test_history import wait_for_death

PLACES = ["commit-before-file", "append-after-list", "commit-after-file", "commit-before-swap", "commit-after-swap",
          "rest-before-answer"]
CLIENTS = 8
TABLE = "hot"
_files = itertools.count(1)


class AppendClient(RestClient):
    def change(self, metadata, operation):
        snapshot = new_snapshot(metadata, operation.snapshot, operation.expected)
        snapshot["summary"].update({"added-records": "1", "total-records": "0"})
        snapshot["manifest-list"] += f".{next(_files)}"
        write_list(snapshot, next((s for s in metadata.get("snapshots", []) if s["snapshot-id"] == operation.expected), None))
        return {"requirements": [{"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": operation.expected}],
                "updates": [{"action": "add-snapshot", "snapshot": snapshot},
                            {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch",
                             "snapshot-id": operation.snapshot}]}

    def send(self, path, body):
        """Until there is an answer: what landed and was not answered must not land again."""
        while True:
            status, text = super().send(path, body)
            if status is not None and status not in (500, 503):
                return status, text
            if self.stop_event.wait(0.1):
                return None, ""


def check_appends(history, chain):
    places, problems = place_chain(chain)
    operations = [o for o in history.operations if o.table == TABLE]
    appends = [o for o in operations if o.kind == "append"]
    for o in appends:
        if (o.snapshot in places) != (o.outcome == OK) and o.outcome in (OK, REFUSED):
            problems.append(f"{o.snapshot} was answered with {o.outcome}, and is {'' if o.snapshot in places else 'not '}there")
        if o.snapshot in places and places.get(o.expected, 0) >= places[o.snapshot]:
            problems.append(f"{o.snapshot} is before {o.expected}, on which it was made")
    asked = {o.snapshot for o in appends}
    problems += [f"nobody asked for {s}" for s in places if s is not None and s not in asked]
    return problems + check_order(operations, places)


def load(url):
    return requests.get(f"{url}/v1/namespaces/{NAMESPACE}/tables/{TABLE}", timeout=TIMEOUT_S).json()["metadata"]


def check_lists(url, chain):
    metadata = load(url)
    snapshots = {s["snapshot-id"]: s for s in metadata["snapshots"]}
    assert list(snapshots) == [s for s, _ in chain]
    for place, (snapshot, _) in enumerate(chain, start=1):
        assert snapshots[snapshot]["sequence-number"] == place
        listed = read_list(snapshots[snapshot]["manifest-list"])
        expected = [(manifest_path(s), n) for n, (s, _) in enumerate(chain[:place], start=1)]
        assert sorted(((m.manifest_path, m.sequence_number) for m in listed), key=lambda m: m[1]) == expected


def rebased(server):
    text = requests.get(f"{server.management_url}/metrics", timeout=30).text
    return int(re.search(r"^skep_appends_rebased_total (\d+)", text, re.M).group(1))


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.heavy) for n in (2, 3))])
def test_killed_while_appends_are_made_anew(skepd_factory, tmp_path, seed):
    file = tmp_path / "failpoints"
    file.write_text("")
    server = skepd_factory({"SKEP_FAILPOINTS_FILE": str(file)}).start()
    make_table(server.rest_url, TABLE, **{"skep.commit.rebase-appends": "true"})
    history = History()
    anew = []

    def during():
        for place in PLACES:
            wait_for_commits(history, 10)
            anew.append(rebased(server))
            file.write_text(f"{place}=crash@2\n")
            wait_for_death(server)
            file.write_text("")
            server.start()
        wait_for_commits(history, 10)
        anew.append(rebased(server))

    run_clients(server, history, [TABLE], seed, during, rest=CLIENTS, hive=0, rest_kind=AppendClient)
    chain = read_chain(server.rest_url, TABLE)
    problems = check_appends(history, chain)
    assert not problems, "\n".join(problems[:20])
    check_lists(server.rest_url, chain)
    assert any(anew), "no append was made anew: nothing was shown"
    refused = [o.told for o in history.operations if o.outcome == REFUSED and not o.excused]
    assert not refused, refused[:3]
    print(f"{history.count(OK)} appends acknowledged, made anew in each life of the server: {anew}")
    server.stop()


def test_two_servers_make_appends_anew_behind_one_another(skepd_factory, postgres):
    """Each server's groups lose their swaps to the other's, and no list of a lost one stays."""
    servers = [skepd_factory({"SKEP_DATABASE_URI": postgres.uri()}) for _ in range(2)]
    servers[0].data_dir.mkdir(exist_ok=True)
    for server in servers:
        server.extra_environment["SKEP_WAREHOUSE"] = servers[0].warehouse
        server.start()
    make_table(servers[0].rest_url, TABLE, **{"skep.commit.rebase-appends": "true"})
    history = History()

    def clients_of(server, during):
        return run_clients(server, history, [TABLE], 1, during, rest=CLIENTS // 2, hive=0, rest_kind=AppendClient)

    clients_of(servers[0], lambda: clients_of(servers[1], lambda: wait_for_commits(history, 60)))
    chain = read_chain(servers[0].rest_url, TABLE)
    problems = check_appends(history, chain)
    assert not problems, "\n".join(problems[:20])
    check_lists(servers[1].rest_url, chain)
    assert all(rebased(server) for server in servers)
    metadata = load(servers[0].rest_url)
    directory = pathlib.Path(metadata["location"].removeprefix("file://"), "metadata")
    named = {s["manifest-list"].rsplit("/", 1)[1] for s in metadata["snapshots"]}
    assert {p.name for p in directory.glob("snap-*-0-*.avro")} <= named
    for server in servers:
        server.stop()
