# SPDX-License-Identifier: Apache-2.0
"""skepd as a process: start, stop, kill -9, clear errors for what a newcomer meets."""
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
import requests


def run_skepd(*arguments, environment=None, timeout=60):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SKEP_", "PG"))}
    env.update(environment or {})
    return subprocess.run([os.environ["SKEPD"], *arguments], env=env, capture_output=True, text=True, timeout=timeout)


def children_of(pid):
    return [int(child) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()]


def process_exists(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def wait_until(condition, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def create_namespace(server, name):
    answer = requests.post(server.rest_url + "/v1/namespaces", json={"namespace": [name]}, timeout=10)
    assert answer.status_code == 200, answer.text


def namespaces(server):
    return requests.get(server.rest_url + "/v1/namespaces", timeout=10).json()["namespaces"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_and_its_postgresql_cleanly(skepd_factory, number):
    server = skepd_factory().start()
    create_namespace(server, "kept")
    started = children_of(server.process.pid)
    assert started, "the embedded PostgreSQL is a child"
    server.process.send_signal(number)
    assert server.process.wait(60) == 0
    assert wait_until(lambda: not any(process_exists(p) for p in started), 10)
    server.start()
    assert ["kept"] in namespaces(server)
    assert server.stop() == 0


def test_kill_9_loses_nothing_and_the_next_start_works(skepd_factory):
    server = skepd_factory().start()
    create_namespace(server, "before_kill")
    server.kill()
    server.start()
    assert ["before_kill"] in namespaces(server)
    create_namespace(server, "after_kill")
    server.kill()
    server.start()
    assert ["after_kill"] in namespaces(server)
    assert server.stop() == 0


def test_a_taken_port_is_named_together_with_its_setting(skepd_factory):
    for setting in ("SKEP_THRIFT_LISTEN", "SKEP_REST_LISTEN", "SKEP_MANAGEMENT_LISTEN"):
        server = skepd_factory()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            server.extra_environment = {setting: address}
            env = server.environment()
            done = run_skepd("serve", environment={k: v for k, v in env.items() if k.startswith("SKEP_")})
        assert done.returncode == 1
        assert address in done.stderr and setting in done.stderr


def test_a_data_directory_without_the_right_to_write_is_explained(skepd_factory):
    done = run_skepd("serve", environment={"SKEP_DATA_DIR": "/proc/skep"})
    assert done.returncode == 1
    assert "/proc/skep" in done.stderr


def embedded_database(server):
    """libpq's words for the embedded PostgreSQL of a running server: line 4 and 5 of postmaster.pid are port and socket."""
    pid_file = next((server.data_dir / "postgresql").rglob("postmaster.pid"))
    lines = pid_file.read_text(encoding="utf-8").splitlines()
    return f"host={lines[4]} port={lines[3]} user=skep dbname=postgres"


def test_a_database_of_the_settings_is_used_and_no_other_is_started(skep, skepd_factory):
    """A second server on the first one's PostgreSQL sees what the first one made."""
    second = skepd_factory(environment={
        "SKEP_DATABASE_URI": embedded_database(skep),
        "SKEP_WAREHOUSE": skep.warehouse,
    }).start()
    create_namespace(skep, "seen_by_both")
    assert ["seen_by_both"] in namespaces(second)
    assert not children_of(second.process.pid)
    assert second.stop() == 0


def test_a_database_that_is_away_is_waited_for_by_wait_for_db_and_told():
    done = run_skepd("wait-for-db", "--timeout", "1", environment={"SKEP_DATABASE_URI": "host=/nowhere connect_timeout=1"})
    assert done.returncode == 1
    assert done.stderr.startswith("skepd: ")


def test_unknown_settings_and_commands_are_usage_errors():
    assert run_skepd("serve", environment={"SKEP_NO_SUCH": "1"}).returncode == 2
    assert run_skepd("dance").returncode == 2
    assert run_skepd("--no-such-option").returncode == 2
    assert "thrift_listen" in run_skepd("--help").stdout
    assert "[skep]" in run_skepd("config").stdout


def test_health_and_metrics_answer(skep):
    for path in ("live", "ready", "started"):
        with urllib.request.urlopen(f"{skep.management_url}/health/{path}", timeout=5) as answer:
            assert answer.status == 200
    text = requests.get(skep.management_url + "/metrics", timeout=5).text
    assert "skep_http_requests_total" in text


def test_what_is_printed_for_clients_works_as_it_stands(skepd_factory):
    server = skepd_factory(arguments=["--print-clients"]).start()
    deadline = time.monotonic() + 20
    while "Ctrl-C stops everything" not in server.log_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    printed = server.log_text().partition("Skep serves.")[2]
    command = printed.partition("The admin command:\n")[2].splitlines()[0]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SKEPCTL")}
    done = subprocess.run(["sh", "-c", command], env=clean, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["NAMESPACE", "default"]), done.stderr
    here = f"localhost:{server.rest_port}"
    assert printed.count(f"http://{here}") >= 6 and printed.count(f"thrift://localhost:{server.thrift_port}") == 4
    assert f"ENDPOINT 'http://{here}'" in printed and f"spark.sql.warehouse.dir={server.warehouse} " in printed


def test_a_hive_site_file_sets_what_applies_and_names_what_does_not(skepd_factory, tmp_path):
    site = tmp_path / "metastore-site.xml"
    server = skepd_factory()
    warehouse = server.data_dir.parent / "hive"
    warehouse.mkdir(mode=0o755)
    site.write_text(
        "<configuration>"
        f"<property><name>metastore.warehouse.dir</name><value>{warehouse}</value></property>"
        "<property><name>hive.metastore.sasl.enabled</name><value>false</value></property>"
        "</configuration>")
    server.arguments = ["--hive-site", str(site)]
    server.start()
    create_namespace(server, "placed")
    location = requests.get(server.rest_url + "/v1/namespaces/placed", timeout=10).json()["properties"]["location"]
    assert str(warehouse) in location
    assert "hive.metastore.sasl.enabled" in server.log_text()
    assert server.stop() == 0


@pytest.mark.parametrize("page", ["hms-api.md", "rest-api.md", "management-api.json"])
def test_the_page_of_a_door_is_what_the_program_serves(page):
    page = pathlib.Path(__file__).parents[2] / "docs" / page
    printed = run_skepd(page.stem)
    assert printed.returncode == 0
    assert printed.stdout == page.read_text(encoding="utf-8"), "run `make docs`"
