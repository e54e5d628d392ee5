#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The long form of the histories: many operations over many seeds, with a fault drawn again and again.

SKEPD names a program with failpoints. `--first` begins at a seed that failed before. Ends with status 1 on the first lie."""
import argparse
import importlib.util
import pathlib
import random
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from postgres import Pooler, Postgres  # noqa: E402
import test_history  # noqa: E402
import test_postgres  # noqa: E402
from clients import make_table, read_chain, run_clients  # noqa: E402
from history import OK, check  # noqa: E402

# This folder has a conftest as well, and it comes first.
_spec = importlib.util.spec_from_file_location("tests_conftest", HERE.parent / "conftest.py")
_tests = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tests)
Skepd = _tests.Skepd


def kill_server(chance, server, _postgres, _file):
    server.kill()
    server.start()


def die_at_a_place(chance, server, _postgres, file):
    file.write_text(f"{chance.choice(test_history.PLACES)}=crash@{chance.randint(1, 20)}\n")
    test_history.wait_for_death(server, 60)
    file.write_text("")
    server.start()


def harm_postgres(chance, server, postgres, _file):
    fault = chance.choice(test_postgres.FAULTS)
    fault(postgres, None)
    test_postgres.expect_resumption(server, fault.__name__)


def one_seed(seed, operations, root):
    chance = random.Random(seed)
    postgres = Postgres().make().start()
    pooler = Pooler(postgres) if seed % 2 else None
    file = root / "failpoints"
    file.write_text("")
    server = Skepd(root / "data", {
        "SKEP_DATABASE_URI": postgres.uri(pooler.port if pooler else None), "SKEP_FAILPOINTS_FILE": str(file),
        "SKEP_WAREHOUSE": f"file://{root}/warehouse", "SKEP_DATABASE_PREPARE_STATEMENTS": "false" if pooler else "true"})
    try:
        server.start()
        history = test_history.begin(server)
        make_table(server.rest_url, "probe")

        def during():
            while len(history.operations) < operations:
                time.sleep(chance.uniform(0.5, 4))
                chance.choice([kill_server, die_at_a_place, harm_postgres])(chance, server, postgres, file)

        run_clients(server, history, test_history.TABLES, seed, during)
        problems = check(history, {t: read_chain(server.rest_url, t) for t in test_history.TABLES})
        print(f"seed {seed}{' (PgBouncer)' if pooler else ''}: {len(history.operations)} operations, "
              f"{history.count(OK)} commits acknowledged, {len(problems)} problems", flush=True)
        for problem in problems[:20]:
            print("  " + problem)
        return len(history.operations), not problems
    finally:
        if server.is_running():
            server.stop()
        if pooler:
            pooler.remove()
        postgres.remove()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--operations", type=int, default=200000)
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--first", type=int, default=1)
    chosen = arguments.parse_args()
    total = 0
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        root = pathlib.Path(tempfile.mkdtemp(prefix="skep-soak-"))
        root.chmod(0o755)
        try:
            count, is_sound = one_seed(seed, -(-chosen.operations // chosen.seeds), root)
        finally:
            shutil.rmtree(root, ignore_errors=True)
        total += count
        if not is_sound:
            return 1
    print(f"{total} operations over {chosen.seeds} seeds, no lie")
    return 0


if __name__ == "__main__":
    sys.exit(main())
