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
from golden_cases import BASES, CASES, IDS, LOCATION, NOW, REQUIREMENTS, expected, in_order, is_view
from random_commits import Commits

SEEDS = range(int(os.environ.get("ICEBERG_SEEDS", "4")))
COMMITS = 120
# What is refused here and taken there, on purpose; each is a sentence of our own.
STRICTER = ("Cannot reassign uuid", "is used more than once", "more than once", "Cannot set current-schema-id to unknown",
            "Cannot set default-spec-id to unknown", "Cannot set default-sort-order-id to unknown")
# What is refused there and taken here: -1 may mean an element that was found again; several kinds of failing late.
LENIENT = ("no schema has been added", "no spec has been added", "no sort order has been added",
           "greater than last sequence number", "arraySize cannot be negative")


LENIENT_VIEW = ("no schema has been added", "no current version id has been set")


def view_differences(left, right):
    """Versions are a set; an empty map of properties is none; clocks are read some milliseconds apart."""
    def comparable(view):
        return {"properties": {}, **view, "versions": sorted(view["versions"], key=lambda v: v["version-id"]),
                "version-log": [entry["version-id"] for entry in view["version-log"]]}
    left, right = comparable(left), comparable(right)
    return [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]


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


def ask_java(java, kind, location, *fields):
    answer = java.ask("\t".join([kind, location, *fields])).split("\t", 2)
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
        requirement = commits.requirement(base)
        _, _, unmet = ask_java(java, "REQUIRE", location, json.dumps(base), json.dumps(requirement))
        assert ("error" in skep.require(base, requirement)) == (unmet is not None), f"{unmet} {requirement} {json.dumps(base)}"
        changes, theirs, refusal = ask_java(java, "TABLE", location, json.dumps(base), *map(json.dumps, updates))
        now = theirs["last-updated-ms"] if theirs and changes else max(base["last-updated-ms"], commits.clock)
        ours = skep.apply(base, updates, now, location)
        wrong = check_commit(ours, base, updates, changes, theirs, refusal)
        assert wrong is None, f"{wrong}\nupdates {json.dumps(updates)}\nbase {json.dumps(base)}"
        if theirs is not None and "error" not in ours:
            base = theirs
            taken += 1
    assert taken > COMMITS / 3


@pytest.mark.parametrize("seed", SEEDS)
def test_new_tables_are_the_same(skep, java, seed):
    commits = Commits(f"create/{seed}")
    made = 0
    for number in range(COMMITS):
        request = commits.create_request(1 + number % 3)
        properties = [text for pair in request["properties"].items() for text in pair]
        _, theirs, refusal = ask_java(java, "CREATE", "s3://b/t", *(
            json.dumps(request[key]) for key in ("schema", "partition-spec", "write-order")), *properties)
        ours = skep.create(request, theirs["last-updated-ms"] if theirs else 0, "s3://b/t")
        context = f"{refusal} {ours} {json.dumps(request)}"
        assert (theirs is None) == ("error" in ours), context
        if theirs is not None:
            assert not differences(ours["metadata"], theirs).keys() - {"table-uuid"}, context
            made += 1
    assert made > COMMITS / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_views_are_the_same(skep, java, seed):
    commits = Commits(f"view/{seed}")
    base = commits.first_view()
    taken = 0
    for _ in range(COMMITS):
        updates = commits.view_commit(base)
        changes, theirs, refusal = ask_java(java, "VIEW", "unused", json.dumps(base), *map(json.dumps, updates))
        ours = skep.apply_view(base, updates, max([commits.clock] + [e["timestamp-ms"] for e in base["version-log"]]))
        context = f"{refusal}\n{json.dumps(ours)}\n{json.dumps(theirs)}\n{json.dumps(updates)}\n{json.dumps(base)}"
        if theirs is None and any(text in refusal for text in LENIENT_VIEW):
            continue
        assert (theirs is None) == ("error" in ours), context
        if theirs is None:
            continue
        assert not view_differences(ours["metadata"], theirs), context
        base = theirs
        taken += 1
    assert taken > COMMITS / 3


def golden_clock(document):
    """Java's clock cannot be set: what it noted of today was noted at the golden documents' moment."""
    logs = document.get("snapshot-log", []) + document.get("version-log", [])
    for entry in logs:
        if entry["timestamp-ms"] > 1750000000000:
            entry["timestamp-ms"] = NOW
    if "last-updated-ms" in document:
        document["last-updated-ms"] = NOW
    if document.get("current-snapshot-id", 0) in (None, -1):
        document["current-snapshot-id"] = -1 if document["format-version"] < 3 else None
    return in_order(document)


@pytest.mark.parametrize("case", [case for _, case in CASES if "own" not in case],
                         ids=[name for name, (_, case) in zip(IDS, CASES) if "own" not in case])
def test_golden_documents_are_javas(java, case):
    changes, theirs, refusal = ask_java(java, "VIEW" if is_view(case) else "TABLE", LOCATION,
                                        json.dumps(BASES[case["before"]]), *map(json.dumps, case["updates"]))
    if "refused" in case:
        assert theirs is None
    elif "unchanged" in case:
        assert theirs is not None and changes == 0, refusal
    else:
        assert theirs is not None, refusal
        assert golden_clock(theirs) == expected(case)


@pytest.mark.parametrize("case", REQUIREMENTS, ids=lambda case: f"{case['before']}-{case['requirement']['type']}")
def test_requirements_are_javas(java, case):
    _, _, refusal = ask_java(java, "REQUIRE", LOCATION, json.dumps(BASES.get(case["before"])), json.dumps(case["requirement"]))
    assert (refusal is None) == case["holds"], refusal
