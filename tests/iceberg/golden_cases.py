# SPDX-License-Identifier: Apache-2.0
"""The golden documents: for each kind of update a file of cases in golden/, each with what a table or a view is before,
the updates, and what they make of it.

`before` names base-<name>.json. `after` has the members that differ then, `gone` those that are no longer there, all
others stay; `unchanged`: nothing does; `refused` is the fact and `says` a part of the message. `own` says why Iceberg's
library gives another answer; without it that answer is the same (test_against_java.py)."""
import json
import pathlib

FOLDER = pathlib.Path(__file__).parent / "golden"
NOW = 1700000100000
LOCATION = "s3://b/t/metadata/00002-c.metadata.json"
# Lists without an order of their own.
SETS = {"statistics": "snapshot-id", "partition-statistics": "snapshot-id", "versions": "version-id"}


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


BASES = {path.stem.removeprefix("base-"): read(path.stem) for path in sorted(FOLDER.glob("base-*.json"))}
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.json"))
         if not path.stem.startswith("base-") and path.stem != "requirements" for case in read(path.stem)]
IDS = [f"{name}-{case['before']}-{case['claim'][:60].replace(' ', '_')}" for name, case in CASES]
REQUIREMENTS = read("requirements")


def is_view(case):
    return case["before"] == "view"


def expected(case):
    """The whole document after a case that is not refused."""
    document = {**BASES[case["before"]], **case.get("after", {})}
    return in_order({key: value for key, value in document.items() if key not in case.get("gone", ())})


def in_order(document):
    return {key: sorted(value, key=lambda entry: entry[SETS[key]]) if key in SETS else value
            for key, value in document.items()}
