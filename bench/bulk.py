#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A table of a million partitions, beside what PostgreSQL and memory can do: bench/bulk.py BUILD [PARTITIONS]

Starts a private skepd, adds the partitions in batches of 1,000, reads them in every way, changes the table and drops it.
Beside each figure stand its ceiling, measured in the same run (psql's COPY of the same rows, or a copy of the same bytes
from memory to memory), and the most memory that skepd had resident in that phase. Ends with an error when that was more
than RESIDENT_MIB_MAX in any phase. Speaks Thrift by hand: making a million objects would measure the client.
"""
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

from run import TOP, Server, embedded_uri

sys.path.insert(0, str(TOP / "tests/doors/thrift"))
from bulk_client import BOOL, COLUMNS, I16, I32, LIST, MAP, PER_DAY, STRING, STRUCT  # noqa: E402
from bulk_client import Client, batch, field, mapping, name_of, table, text, texts  # noqa: E402

RESIDENT_MIB_MAX = 128
BATCH = 1000
LOCATION = "s3a://bench/warehouse"  # a place where the server makes no directories


# --- the phases ---

class Bench:
    def __init__(self, server, database, count):
        self.server = server
        self.database = database
        self.count = count
        self.client = Client(server.ports[0])
        self.rows = []
        self.peak_mib = 0.0

    def status(self, key):
        for line in pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def phase(self, name, run, unit=None, ceiling=None):
        """`run` returns an amount of `unit`; `ceiling` (its name, amount per second) is what it stands beside."""
        pathlib.Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")
        begin = time.monotonic()
        amount = run()
        seconds = time.monotonic() - begin
        peak = self.status("VmHWM")
        self.peak_mib = max(self.peak_mib, peak)
        text_of = f"{name:46} {seconds * 1000:>10.1f} ms {peak:>7.1f} MiB {self.status('VmRSS'):>7.1f} MiB"
        if unit:
            text_of += f" {amount / seconds:>12.0f} {unit}/s"
        if ceiling:
            text_of += f"  {amount / seconds / ceiling[1]:>5.2f} of {ceiling[0]} ({ceiling[1]:.0f})"
        print(text_of, flush=True)
        return seconds

    def fill(self, name, count):
        self.client.call("create_table", field(STRUCT, 1, table("bulk", name, f"{LOCATION}/{name}")))
        for first in range(0, count, BATCH):
            self.client.call("add_partitions", batch("bulk", name, first, min(BATCH, count - first)))
        return count

    def psql(self, sql):
        begin = time.monotonic()
        out = subprocess.run(["psql", "-AtqX", self.database, "-c", sql], capture_output=True, check=True).stdout
        return len(out), time.monotonic() - begin

    def copy_rate(self, expression):
        """Rows a second that psql gets with COPY."""
        _, seconds = self.psql(f"COPY (SELECT {expression} FROM skep.partitions WHERE table_id = "
                               "(SELECT id FROM skep.tables WHERE name = 'big') ORDER BY name) TO STDOUT")
        return self.count / seconds

    def insert_rate(self):
        """Rows a second of the same rows through a bare INSERT of 1,000 at a time, without server or events."""
        batches = 100
        begin = time.monotonic()
        script = "".join(
            "INSERT INTO skep.partitions (table_id, storage_id, created_s, last_access_s, name, key_values) "
            f"SELECT t.id, t.storage_id, 0, 0, 'day=x-' || n || '/part=p', ARRAY['x-' || n, 'p'] FROM skep.tables t, "
            f"generate_series({b * BATCH}, {b * BATCH + BATCH - 1}) n WHERE t.name = 'small';\n" for b in range(batches))
        subprocess.run(["psql", "-qX", self.database], input=script.encode(), check=True)
        seconds = time.monotonic() - begin
        self.psql("DELETE FROM skep.partitions WHERE name LIKE 'day=x-%'")
        return batches * BATCH / seconds

    def table_fields(self, name="big"):
        return field(STRING, 1, text("bulk")), field(STRING, 2, text(name))

    def read_all(self, method, *more):
        length, count = self.client.listing(method, *self.table_fields(), *more)
        if count != self.count:
            sys.exit(f"bench: {method} answered {count} of {self.count}")
        self.bytes = length
        return count

    def by_names(self, count):
        names = texts([name_of(number * (self.count // count)) for number in range(count)])
        _, found = self.client.listing("get_partitions_by_names", *self.table_fields(), field(LIST, 3, names))
        if found != count:
            sys.exit(f"bench: by names found {found} of {count}")
        return count

    def filtered(self, name, rounds):
        for number in range(rounds):
            _, found = self.client.listing(
                "get_partitions_by_filter", *self.table_fields(name),
                field(STRING, 3, text(f"day = 'day-{number % 100:07d}'")), field(I16, 4, struct.pack(">h", -1)))
            if found != PER_DAY:
                sys.exit(f"bench: the filter found {found} of {PER_DAY}")
        return rounds

    def drop_batches(self, first, count):
        for start in range(first, first + count, BATCH):
            parts = field(LIST, 1, texts([name_of(n) for n in range(start, start + BATCH)])) + b"\0"
            self.client.call("drop_partitions_req", field(STRUCT, 1, field(STRING, 1, text("bulk")) + field(
                STRING, 2, text("big")) + field(STRUCT, 3, parts) + field(BOOL, 8, b"\0") + b"\0"))
        return count

    def alter(self, name, new):
        self.client.call("alter_table_with_environment_context", *self.table_fields(name), field(STRUCT, 3, new),
                         field(STRUCT, 4, field(MAP, 1, mapping({"CASCADE": "true"})) + b"\0"))

    def run(self):
        print(f"{'':46} {'time':>13} {'peak':>11} {'after':>11} {'rate':>14}   beside its ceiling")
        self.client.call("create_database", field(STRUCT, 1, field(STRING, 1, text("bulk")) +
                                                  field(STRING, 3, text(LOCATION)) + b"\0"))
        self.fill("small", 1000)
        insert = ("bare INSERTs", self.insert_rate())
        self.phase(f"add {self.count} partitions, {BATCH} at a time", lambda: self.fill("big", self.count),
                   "partitions", insert)
        self.psql("ANALYZE skep.partitions")
        every = field(I16, 3, struct.pack(">h", -1))
        names = ("COPY", self.copy_rate("name"))
        whole = ("COPY", self.copy_rate("name, key_values, storage_id, location, parameters, created_s, last_access_s, write_id"))
        self.phase("all names", lambda: self.read_all("get_partition_names", every), "names", names)
        seconds = self.phase("all partitions", lambda: self.read_all("get_partitions", every), "partitions", whole)
        begin = time.monotonic()
        block = bytearray(1 << 26)
        for _ in range(8):
            bytearray(block)
        copied = 8 * len(block) / (time.monotonic() - begin)
        rate = self.bytes / seconds
        print(f"    {self.bytes / 1e6:.0f} MB, {rate / 1e6:.0f} MB/s, {rate / copied:.2f} of a copy in memory ({copied / 1e6:.0f} MB/s)")
        self.phase("all partitions as specs", lambda: self.client.call("get_partitions_pspec", *self.table_fields(), field(
            I32, 3, struct.pack(">i", -1))))
        for amount in (1000, 10000, 100000, self.count):
            self.phase(f"by {amount} names", lambda: self.by_names(min(amount, self.count)), "partitions")
        small = self.phase("by filter, 10 of 1000, 1000 times", lambda: self.filtered("small", 1000), "calls")
        big = self.phase(f"by filter, 10 of {self.count}, 1000 times", lambda: self.filtered("big", 1000), "calls")
        print(f"    the same answer out of {self.count} and out of 1000: {big / small:.2f} times the cost")
        self.phase("drop 10,000 partitions, 1000 at a time", lambda: self.drop_batches(0, 10000), "partitions")
        self.phase("alter with cascade", lambda: self.alter("big", table("bulk", "big", f"{LOCATION}/big", COLUMNS + 1)))
        self.phase("another location: each place written down", lambda: self.alter("big", table("bulk", "big", f"{LOCATION}/moved")))
        self.phase("rename", lambda: self.alter("big", table("bulk", "huge", f"{LOCATION}/moved")))
        self.phase("drop the table", lambda: self.client.call(
            "drop_table", field(STRING, 1, text("bulk")), field(STRING, 2, text("huge")), field(BOOL, 3, b"\1")))
        time.sleep(2)
        print(f"peak {self.peak_mib:.1f} MiB resident (at most {RESIDENT_MIB_MAX}), {self.status('VmRSS'):.1f} MiB afterwards")
        return self.peak_mib <= RESIDENT_MIB_MAX


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    with tempfile.TemporaryDirectory(prefix="skep-bench-") as directory:
        os.chmod(directory, 0o755)
        data = pathlib.Path(directory, "data")
        server = Server(build, data)
        server.environment["SKEP_ALLOWED_LOCATIONS"] = LOCATION
        server.start()
        try:
            good = Bench(server, embedded_uri(data), count).run()
        finally:
            server.stop()
    sys.exit(0 if good else f"bench: more than {RESIDENT_MIB_MAX} MiB were resident")


if __name__ == "__main__":
    main()
