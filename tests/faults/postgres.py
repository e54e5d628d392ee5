# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL and PgBouncer of a test's own: started, killed, stopped, promoted. As root they run as the user postgres."""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

USER = "postgres" if os.geteuid() == 0 else None
START_S = 30


def bin_directory():
    return sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_directory():
    path = pathlib.Path(tempfile.mkdtemp(prefix="skep-faults-"))
    path.chmod(0o755)
    return path


def give_away(path):
    if USER:
        who = pwd.getpwnam(USER)
        os.chown(path, who.pw_uid, who.pw_gid)


def spawn(arguments, log, **environment):
    as_user = {"user": USER, "group": USER, "extra_groups": []} if USER else {}
    with open(log, "ab") as out:
        return subprocess.Popen([str(a) for a in arguments], stdout=out, stderr=out, cwd="/", start_new_session=True,
                                env={**os.environ, **environment}, **as_user)


def children_of(pid):
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Postgres:
    """One cluster on 127.0.0.1:port. fsync is off: what dies here are processes, never the machine."""

    def __init__(self, environment=None):
        self.environment = environment or {}
        self.root = make_directory()
        give_away(self.root)
        self.data, self.log = self.root / "data", self.root / "log"
        self.port = free_port()
        self.process = None

    def run(self, program, *arguments, may_fail=False):
        done = spawn([bin_directory() / program, *arguments], self.log)
        assert done.wait(120) == 0 or may_fail, f"{program}:\n{self.log.read_text()[-3000:]}"

    def make(self, *arguments):
        self.run("initdb", "-D", self.data, "-U", "skep", "--auth=trust", "-N", "-E", "UTF8", "--locale=C", *arguments)
        self.configure(fsync="off", max_connections="60", shared_buffers="16MB", listen_addresses="'127.0.0.1'",
                       unix_socket_directories=f"'{self.root}'", wal_level="replica", autovacuum="off")
        return self

    def configure(self, **settings):
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def copy_of(self, primary):
        """A standby that streams from a primary."""
        self.run("pg_basebackup", "-D", self.data, "-h", "127.0.0.1", "-p", primary.port, "-U", "skep", "-X", "stream",
                 "-c", "fast")
        (self.data / "standby.signal").touch()
        give_away(self.data / "standby.signal")
        self.configure(primary_conninfo=f"'host=127.0.0.1 port={primary.port} user=skep application_name=standby'",
                       unix_socket_directories=f"'{self.root}'")
        return self

    def start(self):
        """Until it answers: after a kill the dead server's memory may be in use for a moment."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self.process = spawn([bin_directory() / "postgres", "-D", self.data, "-p", self.port], self.log,
                                     **self.environment)
            if self.answers():
                return self
            time.sleep(0.03)
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()[-3000:]}")

    def answers(self):
        asked = subprocess.run([bin_directory() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False)
        return asked.returncode == 0

    def everybody(self):
        return [self.process.pid, *children_of(self.process.pid)]

    def kill(self):
        signal_all(self.everybody(), signal.SIGKILL)
        self.process.wait(30)

    def stop(self, number=signal.SIGINT):
        """SIGINT is a fast shutdown, SIGQUIT an immediate one."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(60)

    def sql(self, text):
        done = subprocess.run([bin_directory() / "psql", "-XAtq", "-h", "127.0.0.1", "-p", str(self.port), "-U", "skep",
                               "-d", "postgres", "-c", text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def uri(self, port=None):
        return f"postgresql://skep@127.0.0.1:{port or self.port}/postgres"

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.root, ignore_errors=True)


class Pooler:
    """PgBouncer in transaction mode before a cluster, or whatever else has a port."""

    def __init__(self, postgres):
        self.root, self.port = make_directory(), free_port()
        self.file = self.root / "pgbouncer.ini"
        self.write(postgres.port)
        give_away(self.root)
        give_away(self.file)
        self.process = spawn([shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), "-q", self.file], self.root / "out")
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, (self.root / "log").read_text()
                time.sleep(0.05)

    def write(self, port):
        self.file.write_text(
            f"[databases]\npostgres = host=127.0.0.1 port={port} user=skep\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nlogfile = {self.root}/log\n"
            "auth_type = any\npool_mode = transaction\ndefault_pool_size = 8\nserver_login_retry = 1\n"
            "server_connect_timeout = 3\n")

    def point_to(self, postgres):
        """As an operator does after a promotion: the file is changed and read again."""
        self.write(postgres.port)
        self.process.send_signal(signal.SIGHUP)

    def remove(self):
        self.process.kill()
        self.process.wait(30)
        shutil.rmtree(self.root, ignore_errors=True)
