# SPDX-License-Identifier: Apache-2.0
"""A Ceph RADOS Gateway for tests: one monitor, one OSD in memory and one gateway with S3 and STS, as a user of this
machine, from Debian's own packages, which are unpacked and not installed. What is stored is gone when it stops.

    with Gateway(pathlib.Path("build/rgw")) as gateway: ... gateway.endpoint ...
    python3 tests/storage/rgw.py DIRECTORY      runs one until it is interrupted, and prints how to reach it
"""
import contextlib
import json
import os
import pathlib
import platform
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

PROGRAMS = ("radosgw", "ceph-osd", "ceph-mon", "ceph-common")
# What only an installed service needs.
LEFT_OUT = ("sudo", "logrotate", "lvm2", "dmeventd", "liblvm2cmd", "cryptsetup-bin", "smartmontools", "xfsprogs", "nvme-cli",
            "dmidecode", "hdparm", "gdisk", "parted")
ACCESS_KEY, SECRET_KEY, ROLE = "skepkey", "skepsecretskepsecret", "arn:aws:iam:::role/lake"


PORTS = 10  # the gateway's with and without TLS, the monitor's, and some for the OSD to choose from
# *.localhost is this machine for libcurl, and for no name server: buckets as names of hosts need no resolver.
DNS_NAME = "s3.localhost"


def free_block():
    """The first of so many ports in a row that nobody listens on."""
    while True:
        first = random.randrange(20000, 30000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + PORTS):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def fetch(debs):
    """What PROGRAMS need and this machine lacks, as packages in a directory."""
    plan = subprocess.run(["apt-get", "install", "-s", "--no-install-recommends", *PROGRAMS], check=True, capture_output=True, text=True)
    names = [line.split()[1] for line in plan.stdout.splitlines() if line.startswith("Inst ")]
    names = [name for name in names if not name.startswith(LEFT_OUT)]
    if names:
        subprocess.run(["apt-get", "download", *names], cwd=debs, check=True, capture_output=True)


def unpack(directory):
    """The programs below directory/root, with the libraries that this machine lacks. Once."""
    root = directory / "root"
    if (directory / "unpacked").exists():
        return root
    debs = directory / "debs"
    shutil.rmtree(root, ignore_errors=True)
    for needed in (debs, root):
        needed.mkdir(parents=True, exist_ok=True)
    try:
        fetch(debs)
    except subprocess.CalledProcessError:  # lists of packages that are old, or not there at all
        subprocess.run(([] if os.geteuid() == 0 else ["sudo"]) + ["apt-get", "update", "-qq"], check=True)
        fetch(debs)
    for deb in debs.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(deb), str(root)], check=True)
        deb.unlink()
    (directory / "unpacked").touch()
    return root


def make_certificate(directory, name, *hosts):
    """An authority of that name, and a certificate by it for the hosts: directory/name.ca, .pem and .key."""
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], cwd=directory, check=True, capture_output=True)

    directory.mkdir(parents=True, exist_ok=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-days", 2, "-subj", f"/CN={name} authority", "-keyout", f"{name}.ca.key", "-out", f"{name}.ca")
    openssl("req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    (directory / f"{name}.ext").write_text("subjectAltName=" + ",".join(hosts))
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{name}.ca", "-CAkey", f"{name}.ca.key", "-CAcreateserial",
            "-days", 2, "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class Gateway:
    """endpoint: by its address, buckets in the path. named_endpoint, secure_endpoint: by a name, also with the bucket before
    it; the latter with TLS, by a certificate of ca_file for these names alone."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).absolute()
        self.run = self.directory / f"run-{os.getpid()}"
        self.processes = []
        self.access_key, self.secret_key, self.role = ACCESS_KEY, SECRET_KEY, ROLE
        self.port = free_block()
        self.secure_port, self.monitor_port = self.port + 1, self.port + 2
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.named_endpoint = f"http://{DNS_NAME}:{self.port}"
        self.secure_endpoint = f"https://{DNS_NAME}:{self.secure_port}"
        self.ca_file = self.run / "tls/gateway.ca"

    def __enter__(self):
        root = unpack(self.directory)
        libraries = root / "usr/lib" / f"{platform.machine()}-linux-gnu"
        paths = (libraries, root / "lib" / f"{platform.machine()}-linux-gnu", libraries / "ceph")
        self.environment = dict(
            os.environ, PATH=f"{root}/usr/bin:{root}/usr/sbin:{os.environ['PATH']}",
            LD_LIBRARY_PATH=":".join(map(str, paths)), PYTHONPATH=f"{root}/usr/lib/python3/dist-packages")
        for needed in ("mon", "osd", "log"):
            (self.run / needed).mkdir(parents=True)
        make_certificate(self.run / "tls", "gateway", f"DNS:{DNS_NAME}", f"DNS:*.{DNS_NAME}")
        self.config, self.keyring = self.run / "ceph.conf", self.run / "keyring"
        self.admin = ["-c", str(self.config), "-n", "client.admin", "-k", str(self.keyring)]
        try:
            self.write_config(libraries)
            self.start_monitor()
            self.start_osd()
            self.start_gateway()
            self.make_users()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.run, ignore_errors=True)

    def call(self, *words, timeout=60, **options):
        return subprocess.run(list(map(str, words)), env=self.environment, check=True, capture_output=True, text=True,
                              timeout=timeout, **options).stdout

    def spawn(self, name, *words):
        with open(self.run / "log" / f"{name}.out", "wb") as out:
            self.processes.append(subprocess.Popen(list(map(str, words)), env=self.environment, stdout=out, stderr=out))

    def write_config(self, libraries):
        common = {
            "fsid": uuid.uuid4(), "mon host": f"v2:127.0.0.1:{self.monitor_port}/0", "mon initial members": "a",
            "auth cluster required": "cephx", "auth service required": "cephx", "auth client required": "cephx",
            "osd pool default size": 1, "osd pool default min size": 1, "mon allow pool size one": "true",
            "osd pool default pg num": 8, "osd pool default pgp num": 8, "osd pool default pg autoscale mode": "off",
            "osd crush chooseleaf type": 0, "mon max pg per osd": 1000, "ms bind msgr1": "false",
            "public network": "127.0.0.0/8", "run dir": self.run, "admin socket": f"{self.run}/$name.$pid.asok",
            "log file": f"{self.run}/log/$name.log", "plugin dir": libraries / "ceph",
            "erasure code dir": libraries / "ceph/erasure-code", "osd class dir": libraries / "rados-classes"}
        tls = self.run / "tls"
        frontend = (f"beast endpoint=127.0.0.1:{self.port} ssl_endpoint=127.0.0.1:{self.secure_port} "
                    f"ssl_certificate={tls}/gateway.pem ssl_private_key={tls}/gateway.key")
        parts = {
            "global": common,
            "mon.a": {"host": "localhost", "mon data": self.run / "mon"},
            "osd.0": {"osd data": self.run / "osd", "osd objectstore": "memstore", "memstore device bytes": 2 << 30},
            "client": {"rgw frontends": frontend, "rgw dns name": DNS_NAME, "rgw s3 auth use sts": "true",
                       "rgw sts key": "skepskepskepskep", "rgw thread pool size": 64, "rgw data": self.run}}
        self.fsid = common["fsid"]
        self.config.write_text("".join(
            f"[{part}]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()) for part, values in parts.items()))

    def start_monitor(self):
        self.call("ceph-authtool", "-C", self.keyring, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *",
                  "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
        self.call("ceph-authtool", self.keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        self.call("monmaptool", "--create", "--clobber", "--fsid", self.fsid, "--addv", "a",
                  f"[v2:127.0.0.1:{self.monitor_port}/0]", self.run / "monmap")
        self.call("ceph-mon", "-i", "a", "--mkfs", "--monmap", self.run / "monmap", "--keyring", self.keyring, "-c", self.config)
        self.spawn("mon", "ceph-mon", "-i", "a", "-f", "-c", self.config)
        self.wait_for(lambda: self.call("ceph", *self.admin, "-s", timeout=10), 60)

    def start_osd(self):
        secret = self.call("ceph-authtool", "--gen-print-key").strip()
        osd_id = uuid.uuid4()
        self.call("ceph", *self.admin, "osd", "new", osd_id, "-i", "-", input=json.dumps({"cephx_secret": secret}))
        self.call("ceph-authtool", "-C", self.run / "osd/keyring", "--name", "osd.0", "--add-key", secret)
        osd = ("ceph-osd", "-i", "0", "-c", self.config, "-k", self.run / "osd/keyring")
        self.call(*osd, "--mkfs", "--osd-uuid", osd_id, "--no-mon-config")
        self.spawn("osd", *osd, "-f")

    def start_gateway(self):
        self.spawn("rgw", "radosgw", *self.admin, "--no-mon-config", "-f")
        self.wait_for(lambda: urllib.request.urlopen(self.endpoint, timeout=5).read(), 120)

    def make_users(self):
        def administer(*words):
            self.call("radosgw-admin", *self.admin, "--no-mon-config", *words)

        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/skep"]}, "Action": ["sts:AssumeRole"]}]}
        rights = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}]}
        administer("user", "create", "--uid=skep", "--display-name=skep", f"--access-key={ACCESS_KEY}", f"--secret-key={SECRET_KEY}")
        administer("caps", "add", "--uid=skep", "--caps=roles=*")
        administer("role", "create", "--role-name=lake", "--path=/", "--assume-role-policy-doc=" + json.dumps(trust))
        administer("role-policy", "put", "--role-name=lake", "--policy-name=all", "--policy-doc=" + json.dumps(rights))

    def access_log(self):
        """Its lines, one a request; the names of clients are in them."""
        return (self.run / "log/client.admin.log").read_text(errors="replace").splitlines()

    @staticmethod
    def wait_until(holds, seconds=60):
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def wait_for(self, attempt, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return attempt()
            except (OSError, subprocess.SubprocessError, urllib.error.URLError):
                if time.monotonic() > deadline or any(process.poll() is not None for process in self.processes):
                    for out in sorted((self.run / "log").glob("*.out")):
                        sys.stderr.write(f"--- {out.name}\n{out.read_text(errors='replace')[-2000:]}\n")
                    raise
                time.sleep(0.5)


if __name__ == "__main__":
    with Gateway(sys.argv[1]) as running:
        print(f"S3 and STS: {running.endpoint}  access key: {ACCESS_KEY}  secret: {SECRET_KEY}  role: {ROLE}", flush=True)
        try:
            while all(process.poll() is None for process in running.processes):
                time.sleep(1)
        except KeyboardInterrupt:
            pass
