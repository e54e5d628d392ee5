# SPDX-License-Identifier: Apache-2.0
"""Filters that take a line and answer with a line, and how two documents are compared."""
import json
import os
import pathlib
import subprocess

import pytest


class Filter:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"no answer to {line[:2000]}"
        return answer.rstrip("\n")

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=60) == 0


class Skep(Filter):
    """The metadata module of this project."""

    def apply(self, base, updates, now, location):
        return json.loads(self.ask(json.dumps(
            {"base": base, "updates": updates, "now": now, "location": location})))

    def apply_view(self, base, updates, now):
        return json.loads(self.ask(json.dumps(
            {"view": True, "base": base, "updates": updates, "now": now, "location": "unused"})))

    def require(self, base, requirement, view=False):
        return json.loads(self.ask(json.dumps({"view": view, "base": base, "requirements": [requirement]})))

    def create(self, request, now, location):
        return json.loads(self.ask(json.dumps({"create": request, "now": now, "location": location})))


@pytest.fixture(scope="session")
def skep():
    program = pathlib.Path(os.environ.get("METADATA_APPLY", "build/check/tests/iceberg/metadata_apply"))
    if not program.is_file():
        pytest.skip(f"{program} is not built")
    running = Skep([str(program)])
    yield running
    running.close()


def comparable(metadata):
    """A document without what may differ: the order of lists that are sets, two words for "no snapshot", and the
    moment at which a roll-back was noted."""
    document = dict(metadata)
    for key in ("statistics", "partition-statistics"):
        document[key] = sorted(document.get(key, []), key=lambda entry: entry["snapshot-id"])
    if document.get("current-snapshot-id") in (None, -1):
        document["current-snapshot-id"] = None
    return document


def same_log(left, right):
    """Equal but for clocks that were read some milliseconds apart."""
    return len(left) == len(right) and all(
        one["snapshot-id"] == other["snapshot-id"] and abs(one["timestamp-ms"] - other["timestamp-ms"]) < 10_000
        for one, other in zip(left, right))


def differences(left, right):
    left, right = comparable(left), comparable(right)
    if same_log(left["snapshot-log"], right["snapshot-log"]):
        left["snapshot-log"] = right["snapshot-log"]
    return {key: (left.get(key, "absent"), right.get(key, "absent"))
            for key in sorted(left.keys() | right.keys())
            if left.get(key, "absent") != right.get(key, "absent")}
