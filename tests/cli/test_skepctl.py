# SPDX-License-Identifier: Apache-2.0
"""skepctl against a running server: what it prints and the status that it ends with."""
import json
import os
import subprocess
import time

import pytest
import requests

SCHEMA = {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "id", "required": True, "type": "long"}]}


@pytest.fixture
def skepctl(skep):
    def run(*arguments):
        env = dict(os.environ, SKEPCTL_URL=skep.rest_url)
        return subprocess.run([os.environ["SKEPCTL"], *arguments], env=env, capture_output=True, text=True, timeout=60)
    return run


def test_a_namespace_is_made_shown_changed_listed_and_dropped(skepctl):
    made = skepctl("namespace", "create", "cli_ns", "--property", "team=a", "--comment", "for a test")
    assert made.returncode == 0, made.stderr
    shown = skepctl("namespace", "show", "cli_ns", "--json")
    properties = json.loads(shown.stdout)["properties"]
    assert properties["team"] == "a" and properties["comment"] == "for a test"
    assert skepctl("namespace", "set", "cli_ns", "--property", "team=b", "--remove", "nothing").returncode == 0
    assert "team" in skepctl("namespace", "show", "cli_ns").stdout
    assert ["cli_ns"] in json.loads(skepctl("namespace", "list", "--json").stdout)
    assert "cli_ns" in skepctl("namespace", "list").stdout.splitlines()
    assert skepctl("namespace", "create", "cli_ns.child").returncode == 0
    assert ["cli_ns", "child"] in json.loads(skepctl("namespace", "list", "--parent", "cli_ns", "--json").stdout)
    refused = skepctl("namespace", "drop", "cli_ns")
    assert refused.returncode == 1 and "cli_ns" in refused.stderr
    assert skepctl("namespace", "drop", "cli_ns.child").returncode == 0
    assert skepctl("namespace", "drop", "cli_ns").returncode == 0
    assert skepctl("namespace", "show", "cli_ns").returncode == 1


def test_options_of_every_command_may_stand_before_it(skepctl, skep):
    nowhere = "http://127.0.0.1:1"
    assert "default" in skepctl("--url", skep.rest_url, "namespace", "list").stdout.splitlines()
    assert ["default"] in json.loads(skepctl("--json", "--timeout=20", "namespace", "list", f"--url={skep.rest_url}").stdout)
    assert skepctl("--url", nowhere, "namespace", "list").returncode == 1
    assert skepctl("--url", skep.rest_url, "--catalog", "nope", "namespace", "list").returncode == 1
    # what it finds is what other tests of this server have left
    assert isinstance(json.loads(skepctl("--json", "fsck").stdout), list)
    for wrong in (["--url"], ["--url", nowhere], ["--json", "nonsense"], ["--purge", "table", "drop", "a.b"],
                  ["--urls", "namespace", "list"]):
        assert skepctl(*wrong).returncode == 2, wrong
    assert skepctl("--json", "--help").returncode == 0 and skepctl("--json", "table", "drop", "--help").returncode == 0


def test_a_table_is_listed_shown_told_of_and_dropped(skepctl, skep):
    assert skepctl("namespace", "create", "cli_tables").returncode == 0
    base = skep.rest_url + "/v1/namespaces/cli_tables/tables"
    made = requests.post(base, json={"name": "t", "schema": SCHEMA}, timeout=10)
    assert made.status_code == 200, made.text
    changed = requests.post(base + "/t", timeout=10, json={
        "requirements": [], "updates": [{"action": "set-properties", "updates": {"k": "v"}}]})
    assert changed.status_code == 200, changed.text
    listed = json.loads(skepctl("table", "list", "cli_tables", "--json").stdout)
    assert [t["name"] for t in listed] == ["t"]
    assert "t" in skepctl("table", "list", "cli_tables").stdout
    shown = json.loads(skepctl("table", "show", "cli_tables.t", "--json").stdout)
    assert shown["metadata-location"] == changed.json()["metadata-location"]
    assert "bigint" in skepctl("table", "show", "cli_tables.t").stdout
    history = json.loads(skepctl("table", "history", "cli_tables.t", "--json").stdout)
    assert [c["metadata-location"] for c in history] == [
        changed.json()["metadata-location"], made.json()["metadata-location"]]
    assert len(json.loads(skepctl("table", "history", "cli_tables.t", "--limit", "1", "--json").stdout)) == 1
    assert "VERSION" in skepctl("table", "history", "cli_tables.t").stdout
    assert json.loads(skepctl("table", "reports", "cli_tables.t", "--json").stdout) == []
    for report in ({"report-type": "scan-report"},
                   {"report-type": "commit-report", "snapshot-id": 7, "operation": "append"}):
        assert requests.post(base + "/t/metrics", json=report, timeout=10).status_code == 204
    reports = json.loads(skepctl("table", "reports", "cli_tables.t", "--json").stdout)
    assert [r["report-type"] for r in reports] == ["commit-report", "scan-report"]
    assert len(json.loads(skepctl("table", "reports", "cli_tables.t", "--limit", "1", "--json").stdout)) == 1
    assert "append" in skepctl("table", "reports", "cli_tables.t").stdout
    assert skepctl("table", "drop", "cli_tables.t").returncode == 0
    dropped = json.loads(skepctl("table", "dropped", "cli_tables", "--json").stdout)
    assert [d["name"] for d in dropped] == ["t"] and dropped[0]["until"].startswith("20")
    assert skepctl("table", "undrop", "cli_tables.t", "--as", "u").returncode == 0
    twice = skepctl("table", "undrop", "cli_tables.t")
    assert twice.returncode == 1 and "cli_tables.t" in twice.stderr
    assert json.loads(skepctl("table", "show", "cli_tables.u", "--json").stdout)["uuid"] == dropped[0]["uuid"]
    assert skepctl("table", "drop", "cli_tables.u", "--purge").returncode == 0
    tasks = json.loads(skepctl("task", "list", "--limit", "1", "--json").stdout)
    assert (tasks[0]["kind"], tasks[0]["table"], tasks[0]["table-uuid"]) == ("purge_table", "u", dropped[0]["uuid"])
    assert "purge_table" in skepctl("task", "list").stdout
    assert skepctl("task", "list", "--state", "asleep").returncode == 1
    assert skepctl("task", "cancel", "999999").returncode == 1
    gone = skepctl("table", "show", "cli_tables.t")
    assert gone.returncode == 1 and "cli_tables.t" in gone.stderr
    assert skepctl("namespace", "drop", "cli_tables").returncode == 0


@pytest.mark.parametrize("arguments,status", [
    ((), 2),
    (("dance",), 2),
    (("table",), 2),
    (("table", "dance"), 2),
    (("table", "show"), 2),
    (("table", "show", "no_dot"), 2),
    (("table", "show", "a..b"), 2),
    (("namespace", "list", "--no-such-option"), 2),
    (("namespace", "create", "x", "--property", "no_equals"), 2),
    (("namespace", "set", "x"), 2),
    (("--help",), 0),
    (("table", "--help"), 0),
    (("table", "drop", "--help"), 0),
    (("--version",), 0),
    (("namespace", "list", "--url", "http://127.0.0.1:1"), 1),
    (("namespace", "show", "no_such_namespace"), 1),
])
def test_the_exit_status_tells_success_failure_and_wrong_usage_apart(skepctl, arguments, status):
    done = skepctl(*arguments)
    assert done.returncode == status, done.stderr
    if status:
        assert done.stderr
    else:
        assert done.stdout


def test_a_function_is_registered_listed_shown_replaced_and_dropped(skepctl, tmp_path):
    assert skepctl("namespace", "create", "cli_functions").returncode == 0
    assert skepctl("namespace", "create", "cli_functions.inner").returncode == 0
    name = "cli_functions.inner.add_one"
    version = {"version-id": 2, "timestamp-ms": 3055729675574597004, "representations": [
        {"type": "sql", "dialect": "trino", "sql": "x + 1"}, {"type": "sql", "dialect": "spark", "sql": "1 + x"}]}
    document = {
        "function-uuid": "11111111-2222-4333-8444-555555555577", "format-version": 1, "doc": "adds one", "properties": {"team": "a"},
        "definitions": [{
            "definition-id": "int", "function-type": "udf", "return-type": "long", "current-version-id": version["version-id"],
            "parameters": [{"name": "x", "type": "int"}], "versions": [version]}],
        "definition-log": [{"timestamp-ms": 1, "definition-versions": [
            {"definition-id": "int", "version-id": version["version-id"]}]}]}
    file = tmp_path / "add_one.json"
    file.write_text(json.dumps(document))
    registered = skepctl("function", "register", name, str(file))
    assert registered.returncode == 0, registered.stderr
    assert json.loads(skepctl("function", "list", "cli_functions.inner", "--json").stdout) == [["cli_functions", "inner", "add_one"]]
    assert skepctl("function", "list", "cli_functions.inner").stdout == f"{name}\n"
    assert json.loads(skepctl("function", "show", name, "--json").stdout) == document
    shown = skepctl("function", "show", name).stdout
    assert "adds one" in shown and "property team" in shown
    assert any(line.split() == ["x", "int", "long", "2", "spark", "1", "+", "x"] for line in shown.splitlines())

    document["doc"] = "still adds one"
    file.write_text(json.dumps(document))
    taken = skepctl("function", "register", name, str(file))
    assert taken.returncode == 1 and "exist" in taken.stderr
    assert skepctl("function", "register", "--replace", name, str(file)).returncode == 0
    assert "still adds one" in skepctl("function", "show", name).stdout
    file.write_text("{")
    unreadable = skepctl("function", "register", name, str(file))
    assert unreadable.returncode == 1 and str(file) in unreadable.stderr
    assert skepctl("function", "register", name, str(tmp_path / "missing")).returncode == 1
    assert skepctl("function", "show", "add_one").returncode == 2
    assert skepctl("function", "drop", name).returncode == 0
    gone = skepctl("function", "drop", name)
    assert gone.returncode == 1 and name in gone.stderr


def age(location, seconds):
    path = location.removeprefix("file://")
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_fsck_finds_says_what_it_would_do_and_repairs_only_what_it_is_told(skepd_factory):
    server = skepd_factory().start()

    def skepctl(*arguments):
        return subprocess.run([os.environ["SKEPCTL"], *arguments], env=dict(os.environ, SKEPCTL_URL=server.rest_url),
                              capture_output=True, text=True, timeout=60)
    base = server.rest_url + "/v1/namespaces"
    assert requests.post(base, json={"namespace": ["f"]}, timeout=10).status_code == 200
    assert requests.post(base, json={"namespace": ["f", "g"]}, timeout=10).status_code == 200
    tables = base + "/f%1Fg/tables"
    made = [requests.post(tables, json={"name": "t", "schema": SCHEMA}, timeout=10)]
    for value in "ab":
        made.append(requests.post(tables + "/t", timeout=10, json={
            "requirements": [], "updates": [{"action": "set-properties", "updates": {"k": value}}]}))
    locations = [m.json()["metadata-location"] for m in made]
    for location in locations:
        age(location, 7200)
    clean = skepctl("fsck")
    assert clean.returncode == 0 and clean.stdout == "nothing found\n", clean.stdout + clean.stderr

    os.unlink(locations[2].removeprefix("file://"))
    found = skepctl("fsck")
    assert found.returncode == 1 and "f.g.t: pointer-missing" in found.stdout
    assert f"--repair rewind would point it to {locations[1]}" in found.stdout
    assert skepctl("fsck", "--repair", "delete").returncode == 1
    assert requests.get(tables + "/t", timeout=10).status_code == 404
    repaired = skepctl("fsck", "--repair", "rewind")
    assert repaired.returncode == 0 and "done: pointed f.g.t to" in repaired.stdout, repaired.stdout
    assert requests.get(tables + "/t", timeout=10).json()["metadata-location"] == locations[1]

    assert requests.post(tables + "/t/unregister", timeout=10).status_code == 200
    lost = json.loads(skepctl("fsck", "--json").stdout)
    assert [(f["kind"], f["namespace"], f["name"]) for f in lost] == [("table-lost", "f.g", "t")]
    assert skepctl("fsck", "--repair", "register").returncode == 0
    assert requests.get(tables + "/t", timeout=10).json()["metadata"]["properties"]["k"] == "a"
    assert skepctl("fsck", "--repair", "everything").returncode == 2
    assert skepctl("fsck", "words").returncode == 2


def test_a_warehouse_is_made_shown_changed_checked_and_dropped(skepctl, skep, tmp_path):
    location = f"{skep.warehouse}/cli_lake"
    made = skepctl("warehouse", "create", "cli_lake", "--location", location, "--comment", "c", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["own"] is True
    assert skepctl("namespace", "create", "n", "--catalog", "cli_lake").returncode == 0
    assert location + "/n.db" in skepctl("namespace", "show", "n", "--catalog", "cli_lake").stdout
    changed = skepctl("warehouse", "alter", "cli_lake", "--allow", location + "2")
    assert changed.returncode == 0 and location + "2" in changed.stdout
    assert "its own" in skepctl("warehouse", "list").stdout and "the server's" in skepctl("warehouse", "list").stdout
    assert skepctl("warehouse", "check", "cli_lake").stdout.count("works") == 4
    refused = skepctl("warehouse", "drop", "cli_lake")
    assert refused.returncode == 1 and "cli_lake" in refused.stderr
    assert skepctl("namespace", "drop", "n", "--catalog", "cli_lake").returncode == 0

    secret = tmp_path / "secret"
    secret.write_text("canary-cli\n")
    on_the_line = skepctl("warehouse", "alter", "cli_lake", "--storage", "secret-access-key=canary-cli")
    assert on_the_line.returncode == 2 and "--secret-file" in on_the_line.stderr
    kept = skepctl("warehouse", "create", "cli_s3", "--location", "s3://cli", "--skip-check", "--storage",
                   "endpoint=http://127.0.0.1:1", "--storage", "access-key-id=AK", "--secret-file", str(secret))
    assert kept.returncode == 1 and "secrets_key_file" in kept.stderr  # this server has none
    assert "canary" not in on_the_line.stdout + kept.stdout + kept.stderr
    far = skepctl("warehouse", "create", "cli_s3", "--location", "s3://cli", "--skip-check", "--json", "--storage",
                  "endpoint=http://127.0.0.1:1", "--storage", "key-source=environment", "--storage", "path-style=false",
                  "--storage", "key-lifetime-s=900")
    assert far.returncode == 0, far.stderr
    assert json.loads(far.stdout)["storage"]["path-style"] is False
    tried = skepctl("warehouse", "check", "cli_s3")
    assert tried.returncode == 1 and "write" in tried.stdout
    for name in ("cli_lake", "cli_s3"):
        assert skepctl("warehouse", "drop", name).returncode == 0
