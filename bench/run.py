#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Skep does beside what its PostgreSQL can do, measured here: bench/run.py BUILD

Starts a private skepd, loads both doors with bench/load.c, and runs the same statements with pgbench through the same PostgreSQL in the
same run, so that every rate stands beside its ceilings: the server's own statement, and for commits also a bare swap of one row and the two
syncs of a new metadata file. Prints a table; judges nothing.
"""
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent
TABLES = 16
HOT_WRITERS = 32
POINT_SECONDS = 4
SCHEMA = {"type": "struct", "schema-id": 0,
          "fields": [{"id": n, "name": f"column_{n}", "required": False, "type": "long"} for n in range(1, 11)]}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


class Server:
    """skepd on an embedded PostgreSQL, or on `database` when one is given."""

    def __init__(self, build, data_dir, database=None):
        self.ports = [free_port() for _ in range(3)]
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("SKEP_", "PG"))}
        self.environment.update(SKEP_DATA_DIR=str(data_dir), SKEP_LOG_LEVEL="warning",
                                SKEP_THRIFT_LISTEN=f"127.0.0.1:{self.ports[0]}",
                                SKEP_REST_LISTEN=f"127.0.0.1:{self.ports[1]}",
                                SKEP_MANAGEMENT_LISTEN=f"127.0.0.1:{self.ports[2]}")
        if database:
            self.environment["SKEP_DATABASE_URI"] = database
        self.program = str(pathlib.Path(build, "skepd"))
        self.process = None
        self.rest = f"http://127.0.0.1:{self.ports[1]}/v1"

    def start(self):
        """Returns the milliseconds from exec to the first ready answer."""
        begin = time.monotonic()
        self.process = subprocess.Popen([self.program, "serve"], env=self.environment)
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[2]}/health/ready") as answer:
                    if answer.status == 200:
                        return (time.monotonic() - begin) * 1000
            except OSError:
                if self.process.poll() is not None or time.monotonic() - begin > 60:
                    sys.exit("bench: skepd did not start")
                time.sleep(0.001)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def named_query(file, name):
    """SQL text and parameter list [(type, name)] of a named query."""
    block = re.search(rf"-- name: {name}\n(.*?)(?=\n-- name:|\Z)", (TOP / "server/store" / file).read_text(), re.S)[1]
    lines = block.splitlines()
    comments = " ".join(line for line in lines if line.startswith("--"))
    sql = "\n".join(line for line in lines if not line.startswith("--")).strip().rstrip(";")
    params = re.findall(r"\$(\d+) ((?:double precision|[a-z0-9]+)(?:\[\])?) (\w+)", comments)
    return sql, {int(number): (kind, parameter) for number, kind, parameter in params}


def pgbench_script(sql, params, values):
    """The statement with literals: `values` by parameter name, NULL for what is not named there."""
    def literal(match):
        kind, name = params[int(match[1])]
        value = values.get(name)
        return f"NULL::{kind}" if value is None else f"'{value}'::{kind}"
    return " ".join(re.sub(r"\$(\d+)", literal, sql).split()) + ";\n"


def pgbench(database, scripts, connections):
    """Transactions a second; script i is run by all clients in turn."""
    with tempfile.TemporaryDirectory() as directory:
        files = []
        for number, text in enumerate(scripts):
            path = pathlib.Path(directory, f"s{number}.sql")
            path.write_text(text)
            files += ["-f", str(path)]
        program = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
        out = subprocess.run([str(program), "-n", "-M", "prepared", "-D", "has_read=0", "-c", str(connections), "-j", "2",
                              "-T", str(POINT_SECONDS), *files, database], capture_output=True, text=True, check=True).stdout
        return float(re.search(r"tps = ([0-9.]+)", out)[1])


def own_swap_script(database, has_commit):
    """The server's own swap, of each client's own table: its values are the row's own, read once; its answer is the next version."""
    sql, params = named_query("table_commit.sql", "table_replace")
    kept = ("uuid", "kind", "hms_type", "owner_name", "owner_type", "created_s", "last_access_s", "retention_s", "parameters",
            "storage_id", "location", "partition_keys", "rewrite_enabled", "write_id", "metadata_location")
    values = {name: f":{name}" for name in (*kept, "id", "version")}
    values.update(catalog_name="'hive'", namespace_name="'bench'", old_namespace_name="'bench'", name=":table_name",
                  old_name=":table_name", previous_metadata_location=":metadata_location", has_commit=f"'{has_commit}'",
                  commit_sequence_number="'0'", commit_timestamp_ms="'0'", truncates="'false'")
    if has_commit:
        values.update(ref_names="'{}'", ref_is_tag="'{}'", ref_snapshot_ids="'{}'")

    def value(match):
        kind, name = params[int(match[1])]
        return f"{values.get(name, 'NULL')}::{kind}"
    swap = " ".join(re.sub(r"\$(\d+)", value, sql).split())
    return ("\\if :has_read\n\\else\n"
            f"SELECT {', '.join(kept)}, id, version, name AS table_name FROM skep.tables "
            f"WHERE id = {first_table_id(database)} + :client_id \\gset\n"
            f"\\set has_read 1\n\\endif\n{swap} \\gset\n")


def load(program, mode, port, connections, amount, namespace):
    out = subprocess.run([program, mode, str(port), str(connections), str(amount), namespace],
                         capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"bench: load {mode}: {out.stderr}")
    return json.loads(out.stdout)


def build_load(directory):
    program = str(pathlib.Path(directory, "load"))
    subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", str(TOP / "bench/load.c"), "-o", program, "-lpthread"], check=True)
    return program


def embedded_uri(data_dir):
    """libpq's words for the embedded PostgreSQL: lines 4 and 5 of postmaster.pid are its port and socket."""
    lines = next(pathlib.Path(data_dir, "postgresql").rglob("postmaster.pid")).read_text().splitlines()
    return f"host={lines[4]} port={lines[3]} user=skep dbname=postgres"


def swap_script(database):
    """A bare swap, each client on its own row: the tables were made one after another, so their ids are."""
    return ("UPDATE skep.tables SET metadata_location = metadata_location, version = version + 1 "
            f"WHERE id = {first_table_id(database)} + :client_id AND metadata_location IS NOT NULL;\n")


def measure_files(program, directory, connections):
    """New metadata files a second, each synced and named as the server does it, a directory for each connection."""
    for number in range(connections):
        pathlib.Path(directory, f"files.{number}").mkdir(exist_ok=True)
    return load(program, "file", 0, connections, 300 * connections, str(pathlib.Path(directory, "files")))["per_second"]


def measure_rates(server, program, database, directory, rows):
    swap = swap_script(database)
    own = own_swap_script(database, True)
    find = named_query("table.sql", "table_find")
    pointer = named_query("table.sql", "table_find_pointer")
    names = {"catalog_name": "hive", "namespace_name": "bench", "name": "t0"}
    for connections in (1, 16):
        ceiling = pgbench(database, [pgbench_script(*find, names)], connections)
        got = load(program, "get_table", server.ports[0], connections, 20000 * (1 + (connections > 1)), "bench")
        rows.append((f"get_table, {connections} connections", got, {"own": ceiling}))
        ceiling = pgbench(database, [pgbench_script(*pointer, names)], connections)
        got = load(program, "load_table", server.ports[1], connections, 10000 * (1 + (connections > 1)), "bench")
        rows.append((f"loadTable, {connections} connections", got, {"own": ceiling}))
        ceilings = {"bare": pgbench(database, [swap], connections), "own": pgbench(database, [own], connections),
                    "files": measure_files(program, directory, connections)}
        got = load(program, "commit", server.ports[1], connections, 300 * connections, "bench")
        rows.append((f"commits, {connections} writers on {connections} tables", got, ceilings))


# --- alter_table_with_environment_context in the framed binary protocol, as load.c replays it


def thrift_text(text):
    return struct.pack(">i", len(text.encode())) + text.encode()


def thrift_map(values):
    body = b"".join(thrift_text(key) + thrift_text(value) for key, value in values.items())
    return struct.pack(">bbi", 11, 11, len(values)) + body


def thrift_struct(**fields):
    """Fields as _<id>=value: text, a dict (a map of texts), bytes (a struct), a list (of structs)."""
    out = b""
    for name, value in fields.items():
        kind, data = {str: (11, thrift_text), dict: (13, thrift_map), bytes: (12, bytes),
                      list: (15, lambda items: struct.pack(">bi", 12, len(items)) + b"".join(items))}[type(value)]
        out += struct.pack(">bh", kind, int(name[1:])) + data(value)
    return out + b"\0"


def alter_frame(namespace, name, location, expected, proposed):
    """A commit as Iceberg's Hive catalog sends it: the pointer goes from `expected` to `proposed`."""
    columns = [thrift_struct(_1=field["name"], _2="bigint") for field in SCHEMA["fields"]]
    table = thrift_struct(
        _1=name, _2=namespace, _3="bench",
        _7=thrift_struct(_1=columns, _2=location, _7=thrift_struct()), _8=[],
        _9={"table_type": "ICEBERG", "EXTERNAL": "TRUE", "metadata_location": proposed, "previous_metadata_location": expected},
        _12="EXTERNAL_TABLE")
    context = thrift_struct(_1={"expected_parameter_key": "metadata_location", "expected_parameter_value": expected})
    call = (struct.pack(">I", 0x80010001) + thrift_text("alter_table_with_environment_context") + struct.pack(">i", 0)
            + thrift_struct(_1=namespace, _2=name, _3=table, _4=context))
    return struct.pack(">i", len(call)) + call


def write_alter_frames(server, directory):
    """Each table's pointer goes back and forth between the two documents that it has then. The files' prefix."""
    prefix = pathlib.Path(directory, "alter")
    for number in range(TABLES):
        url = f"{server.rest}/namespaces/bench/tables/t{number}"
        with urllib.request.urlopen(url) as answer:
            old = json.loads(answer.read())
        change = {"requirements": [], "updates": [{"action": "set-properties", "updates": {"other": "document"}}]}
        new = post(url, change)
        places = (new["metadata-location"], old["metadata-location"])
        for turn in range(2):
            pathlib.Path(f"{prefix}.{number}.{turn}").write_bytes(
                alter_frame("bench", f"t{number}", old["metadata"]["location"], places[turn], places[1 - turn]))
    return str(prefix)


def make_table(server, namespace, **properties):
    post(server.rest + "/namespaces", {"namespace": [namespace]})
    post(f"{server.rest}/namespaces/{namespace}/tables", {"name": "t0", "schema": SCHEMA, "properties": properties})


def measure_contention(server, program, database, directory, rows):
    """Many writers on one table, and commits through the other door, each beside bare swaps."""
    one = ("UPDATE skep.tables SET metadata_location = metadata_location, version = version + 1 "
           f"WHERE id = {first_table_id(database)};\n")
    ceiling = pgbench(database, [one], HOT_WRITERS)
    anew = {"skep.commit.rebase-appends": "true"}
    for mode, words, count, properties in (("commit_one", "properties", 100, {}), ("append_one", "appends", 10, {}),
                                           ("append_one", "appends made anew", 50, anew)):
        namespace = f"hot{len(rows)}"
        make_table(server, namespace, **properties)
        got = load(program, mode, server.ports[1], HOT_WRITERS, count * HOT_WRITERS, namespace)
        rows.append((f"{words}, {HOT_WRITERS} writers on one table", got, {"bare": ceiling}))
    ceilings = {"bare": pgbench(database, [swap_script(database)], TABLES),
                "own": pgbench(database, [own_swap_script(database, False)], TABLES)}
    got = load(program, "replay", server.ports[0], TABLES, 300 * TABLES, write_alter_frames(server, directory))
    rows.append((f"HMS alters, {TABLES} writers on {TABLES} tables", got, ceilings))


def first_table_id(database):
    return int(subprocess.run(["psql", "-AtX", database, "-c", "SELECT min(id) FROM skep.tables"],
                              capture_output=True, text=True, check=True).stdout)


def measure_idle(server, program, count=10000):
    before = server.resident_mib()
    holder = subprocess.Popen([program, "hold", str(server.ports[0]), str(count), "30"], stdout=subprocess.PIPE, text=True)
    holder.stdout.readline()
    time.sleep(1)
    after = server.resident_mib()
    with urllib.request.urlopen(f"{server.rest}/namespaces") as answer:
        assert answer.status == 200
    holder.kill()
    return before, after


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    with tempfile.TemporaryDirectory(prefix="skep-bench-") as directory:
        os.chmod(directory, 0o755)
        program = build_load(directory)
        data = pathlib.Path(directory, "data")
        server = Server(build, data)
        first = server.start()
        database = embedded_uri(data)
        post(server.rest + "/namespaces", {"namespace": ["bench"]})
        for number in range(TABLES):
            post(server.rest + "/namespaces/bench/tables", {"name": f"t{number}", "schema": SCHEMA})
        second = Server(build, pathlib.Path(directory, "second"), database)
        ready = sorted(second_start(second) for _ in range(5))
        idle = server.resident_mib()
        load(program, "get_table", server.ports[0], 16, 10000, "bench")
        busy = server.resident_mib()
        before, after = measure_idle(server, program)
        rows = []
        measure_rates(server, program, database, directory, rows)
        measure_contention(server, program, database, directory, rows)
        final = server.resident_mib()
        server.stop()
    print(f"start to ready: {ready[len(ready) // 2]:.0f} ms on an existing database (median of 5); "
          f"{first:.0f} ms with initdb of the embedded one")
    print(f"resident memory of skepd: {idle:.1f} MiB idle, {busy:.1f} MiB after 10,000 get_table on 16 connections, "
          f"{final:.1f} MiB at the end")
    print(f"10,000 idle connections: {after - before:.1f} MiB, {(after - before) * 1048576 / 10000:.0f} bytes each")
    print_rows(rows)


def print_rows(rows):
    """A rate and each of its ceilings, with the share of it that was reached."""
    kinds = ("own", "bare", "files")
    print(f"{'':45} {'per second':>10} {'p50 us':>8} {'p99 us':>8} {'success':>8}"
          + "".join(f" {kind:>8} {'share':>5}" for kind in kinds))
    for name, got, ceilings in rows:
        shares = "".join(f" {ceilings[kind]:>8.0f} {got['per_second'] / ceilings[kind]:>5.2f}" if kind in ceilings
                         else f" {'-':>8} {'-':>5}" for kind in kinds)
        print(f"{name:45} {got['per_second']:>10.0f} {got['p50_us']:>8.0f} {got['p99_us']:>8.0f} {got['succeeded']:>8.1%}{shares}")


def second_start(server):
    milliseconds = server.start()
    server.stop()
    return milliseconds


if __name__ == "__main__":
    main()
