# SPDX-License-Identifier: Apache-2.0
"""Goal: random commits give the same document here and in Iceberg's own library. Method: both get the same base and
updates; the library's result is the next base. Needs a JDK and Iceberg's runtime jar (SPARK_JARS)."""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from conftest import Filter, differences
from random_commits import Commits

SEEDS = range(int(os.environ.get("ICEBERG_SEEDS", "4")))
COMMITS = 120
# What is refused here and taken there, on purpose; each is a sentence of our own.
STRICTER = ("Cannot reassign uuid", "is used more than once", "more than once", "Cannot set current-schema-id to unknown",
            "Cannot set default-spec-id to unknown", "Cannot set default-sort-order-id to unknown")
# What is refused there and taken here: -1 may mean an element that was found again; several kinds of failing late.
LENIENT = ("no schema has been added", "no spec has been added", "no sort order has been added",
           "greater than last sequence number", "arraySize cannot be negative")


def logging_jars():
    """The runtime jar leaves logging to Spark, or to Debian's libslf4j-java."""
    spark = importlib.util.find_spec("pyspark")
    if spark:
        return str(pathlib.Path(spark.origin).parent / "jars" / "*")
    return "/usr/share/java/slf4j-api.jar"


@pytest.fixture(scope="session")
def java(tmp_path_factory):
    jars = os.environ.get("SPARK_JARS")
    if not jars or not shutil.which("javac"):
        pytest.skip("no JDK, or SPARK_JARS is not set")
    classes = tmp_path_factory.mktemp("classes")
    source = os.path.join(os.path.dirname(__file__), "JavaOracle.java")
    subprocess.run(["javac", "-cp", jars, "-d", str(classes), source], check=True)
    running = Filter(["java", "-cp", f"{classes}:{jars}:{logging_jars()}", "org.apache.iceberg.JavaOracle"])
    yield running
    running.close()


def ask_java(java, base, updates, location):
    fields = [location, json.dumps(base)] + [json.dumps(update) for update in updates]
    answer = java.ask("\t".join(fields)).split("\t", 2)
    if answer[0] == "OK":
        return int(answer[1]), json.loads(answer[2]), None
    return 0, None, f"{answer[1]}: {answer[2]}"


def check_commit(ours, base, updates, changes, theirs, refusal):
    """Returns what is wrong, or None."""
    if theirs is None:
        if "error" in ours or any(text in refusal for text in LENIENT):
            return None
        return f"taken here, refused there: {refusal}"
    if "error" in ours:
        if any(text in ours["message"] for text in STRICTER):
            return None
        return f"refused here: {ours['message']}"
    if not ours["changed"]:
        wrong = differences(base, theirs).keys() - {"last-updated-ms", "metadata-log"}
        return f"nothing changed here, there {wrong}" if wrong else None
    if changes == 0:
        return "changed here, not there"
    return differences(ours["metadata"], theirs) or None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_random_commits_give_the_same_document(skep, java, version, seed):
    commits = Commits(f"{version}/{seed}")
    base = commits.first_table(version)
    taken = 0
    for number in range(COMMITS):
        location = f"s3://b/t/metadata/{number:05d}-x.metadata.json"
        updates = commits.commit(base)
        changes, theirs, refusal = ask_java(java, base, updates, location)
        now = theirs["last-updated-ms"] if theirs and changes else max(base["last-updated-ms"], commits.clock)
        ours = skep.apply(base, updates, now, location)
        wrong = check_commit(ours, base, updates, changes, theirs, refusal)
        assert wrong is None, f"{wrong}\nupdates {json.dumps(updates)}\nbase {json.dumps(base)}"
        if theirs is not None and "error" not in ours:
            base = theirs
            taken += 1
    assert taken > COMMITS / 3
