# SPDX-License-Identifier: Apache-2.0
"""Starts one private skepd (embedded PostgreSQL, file: warehouse, free ports) for a test session.

SKEPD names the program. The doors' addresses are in the `skep` fixture; the same as the environment
SKEP_THRIFT_URL (host:port) and SKEP_REST_URL for code that wants text.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import pytest


def free_ports(count):
    """Ports that nobody listens on: all bound at once, then let go."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


class MemoryGrowth:
    """How much more memory was resident at most, since this was made, than before."""

    def __init__(self, server):
        self.server = server
        self.before = server.resident_mib("VmRSS")
        pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")

    def mib(self):
        return self.server.resident_mib("VmHWM") - self.before


class Skepd:
    """A running server; stop(), kill() and start() again on the same data."""

    def __init__(self, data_dir, extra_environment=None, arguments=()):
        self.data_dir = pathlib.Path(data_dir)
        self.thrift_port, self.rest_port, self.management_port = free_ports(3)
        self.extra_environment = extra_environment or {}
        self.arguments = list(arguments)
        self.log_path = self.data_dir.parent / (self.data_dir.name + ".log")
        self.process = None

    @property
    def rest_url(self):
        return f"http://127.0.0.1:{self.rest_port}"

    @property
    def management_url(self):
        return f"http://127.0.0.1:{self.management_port}"

    @property
    def thrift_url(self):
        return f"thrift://127.0.0.1:{self.thrift_port}"

    @property
    def warehouse(self):
        return f"file://{self.data_dir}/warehouse"

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("SKEP_", "PG"))}
        env.update(
            SKEP_DATA_DIR=str(self.data_dir),
            SKEP_THRIFT_LISTEN=f"127.0.0.1:{self.thrift_port}",
            SKEP_REST_LISTEN=f"127.0.0.1:{self.rest_port}",
            SKEP_MANAGEMENT_LISTEN=f"127.0.0.1:{self.management_port}",
        )
        env.update(self.extra_environment)
        return env

    def start(self, timeout_s=60):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [os.environ["SKEPD"], "serve", *self.arguments],
            env=self.environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"skepd ended with {self.process.returncode}:\n{self.log_text()}")
            try:
                with urllib.request.urlopen(self.management_url + "/health/ready", timeout=2) as answer:
                    if answer.status == 200:
                        return self
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"skepd was not ready after {timeout_s} s:\n{self.log_text()}")

    def stop(self, timeout_s=60):
        """SIGTERM; returns the exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout_s)
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)

    def log_text(self):
        return self.log_path.read_text(errors="replace")[-20000:]

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def resident_mib(self, key):
        """VmRSS (now) or VmHWM (at most), as the kernel counts."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        raise AssertionError(f"no {key}")

    def memory_growth(self):
        return MemoryGrowth(self)


def make_directory():
    """A directory that the user of the embedded PostgreSQL can reach (pytest's own are private)."""
    path = tempfile.mkdtemp(prefix="skep-test-")
    os.chmod(path, 0o755)
    return pathlib.Path(path)


@pytest.fixture(scope="session")
def skepd_factory():
    """Makes further servers of a test's own: skepd_factory(environment={...}).start()."""
    made = []

    def make(environment=None, arguments=(), data_dir=None):
        root = make_directory()
        server = Skepd(data_dir or root / "data", environment, arguments)
        made.append((server, root))
        return server

    yield make
    for server, root in made:
        if server.is_running():
            server.stop()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def skep(skepd_factory):
    server = skepd_factory().start()
    os.environ["SKEP_THRIFT_URL"] = f"127.0.0.1:{server.thrift_port}"
    os.environ["SKEP_REST_URL"] = server.rest_url
    os.environ["SKEP_MANAGEMENT_URL"] = server.management_url
    yield server
    alive = server.is_running()
    status = server.stop()
    assert alive, f"skepd died during the tests:\n{server.log_text()}"
    assert status == 0, f"skepd ended with status {status}:\n{server.log_text()}"
