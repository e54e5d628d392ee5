# SPDX-License-Identifier: Apache-2.0
"""Goal: PyIceberg reads every document that random commits make here, and makes the same one itself from those updates
that it applies by the same rules. Method: a chain of commits through the metadata module; each result goes to PyIceberg.

PyIceberg's own rules differ in four places, which are left to test_against_java.py: it does not find equal schemas, specs
and orders again, keeps log entries before a removed snapshot, and takes parents from the children of removed ones."""
import json
import os

import pytest

pytest.importorskip("pyiceberg")
from pydantic import TypeAdapter  # noqa: E402
from pyiceberg.exceptions import CommitFailedException  # noqa: E402
from pyiceberg.table.metadata import TableMetadataUtil  # noqa: E402
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata  # noqa: E402

from conftest import differences  # noqa: E402
from random_commits import Commits  # noqa: E402

SEEDS = range(int(os.environ.get("ICEBERG_SEEDS", "4")))
COMMITS = 100
SHARED = {"add-snapshot", "set-snapshot-ref", "remove-snapshot-ref", "set-statistics", "set-partition-statistics",
          "set-properties", "set-location", "set-default-spec", "set-default-sort-order", "set-current-schema",
          "remove-properties", "remove-statistics", "remove-partition-statistics", "assign-uuid"}
UPDATE = TypeAdapter(TableUpdate)
REQUIREMENT = TypeAdapter(TableRequirement)


def facts(metadata):
    return {
        "current": metadata.current_snapshot_id, "sequence": getattr(metadata, "last_sequence_number", 0),
        "refs": {name: ref.snapshot_id for name, ref in metadata.refs.items()},
        "snapshots": [snapshot.snapshot_id for snapshot in metadata.snapshots],
        "log": [entry.snapshot_id for entry in metadata.snapshot_log],
        "schema": metadata.current_schema_id, "spec": metadata.default_spec_id, "order": metadata.default_sort_order_id,
    }


def expected_facts(document):
    current = document["current-snapshot-id"]
    return {
        "current": None if current == -1 else current, "sequence": document.get("last-sequence-number", 0),
        "refs": {name: ref["snapshot-id"] for name, ref in document["refs"].items()},
        "snapshots": [snapshot["snapshot-id"] for snapshot in document["snapshots"]],
        "log": [entry["snapshot-id"] for entry in document["snapshot-log"]],
        "schema": document["current-schema-id"], "spec": document["default-spec-id"],
        "order": document["default-sort-order-id"],
    }


def intermediate(updates):
    """PyIceberg logs snapshots that came and went within one commit."""
    return sum(update["action"] in ("set-snapshot-ref", "remove-snapshot-ref") for update in updates) > 1


def check_same_rules(base, updates, document):
    try:
        theirs = update_table_metadata(TableMetadataUtil.parse_obj(base),
                                       tuple(UPDATE.validate_python(update) for update in updates))
    except (KeyError, ValueError):
        # it refuses to remove what is not there
        assert any(update["action"].startswith("remove-") for update in updates)
        return {}
    left = json.loads(TableMetadataUtil.parse_obj(document).model_dump_json())
    wrong = differences(left, json.loads(theirs.model_dump_json()))
    # not PyIceberg's to keep: the clock, the metadata log, and what version 1 repeats for its oldest readers
    apart = ("last-updated-ms", "metadata-log", "schema", "partition-spec")
    return {key: value for key, value in wrong.items() if key not in apart}


def check_requirement(skep, base, requirement):
    """But for a ref that must not be, which PyIceberg misses in a table without refs, and for version 1, whose last
    partition id it counts from the default spec."""
    if requirement.get("snapshot-id", 0) is None and not base["refs"]:
        return
    if base["format-version"] == 1 and requirement["type"] == "assert-last-assigned-partition-id":
        return
    try:
        REQUIREMENT.validate_python(requirement).validate(TableMetadataUtil.parse_obj(base))
        holds = True
    except CommitFailedException:
        holds = False
    assert ("error" not in skep.require(base, requirement)) == holds, f"{requirement} {json.dumps(base)}"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_pyiceberg_reads_and_agrees(skep, version, seed):
    commits = Commits(f"py/{version}/{seed}", ["timestamp_ns", "timestamptz_ns", "unknown"])
    base = commits.first_table(version)
    taken = agreed = 0
    for number in range(COMMITS):
        check_requirement(skep, base, commits.requirement(base))
        updates = commits.commit(base)
        now = max(base["last-updated-ms"], commits.clock)
        answer = skep.apply(base, updates, now, f"s3://b/t/metadata/{number:05d}-x.metadata.json")
        if "error" in answer or not answer["changed"]:
            continue
        document = answer["metadata"]
        context = f"updates {json.dumps(updates)}\nbase {json.dumps(base)}"
        assert facts(TableMetadataUtil.parse_obj(document)) == expected_facts(document), context
        # PyIceberg reads version 3 but does not write it
        shared = all(update["action"] in SHARED for update in updates) and not intermediate(updates)
        if document["format-version"] < 3 and shared:
            assert not check_same_rules(base, updates, document), context
            agreed += 1
        base = document
        taken += 1
    assert taken > COMMITS / 3 and (agreed > 10 or base["format-version"] == 3)
