# SPDX-License-Identifier: Apache-2.0
"""Goal: every kind of update makes of a document what it should, in each format version, and members that nobody here
knows stay where they are. Method: the golden documents, which Iceberg's own library was asked for as well."""
import copy
import pathlib
import re

import pytest

from golden_cases import BASES, CASES, IDS, LOCATION, NOW, REQUIREMENTS, expected, in_order, is_view

UNKNOWN = {"x-nobody-knows": {"number": 9223372036854775807, "list": [None, {"a": -9223372036854775808}]}}
# Objects of members: unknown ones go into each element or value, and into the document itself.
KEEPERS = ["schemas", "partition-specs", "sort-orders", "snapshots", "refs", "statistics", "partition-statistics",
           "snapshot-log", "metadata-log", "encryption-keys", "versions", "version-log"]


def apply(skep, case, base):
    return skep.apply_view(base, case["updates"], NOW) if is_view(case) else skep.apply(base, case["updates"], NOW, LOCATION)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=IDS)
def test_an_update_makes_its_golden_document(skep, case):
    base = BASES[case["before"]]
    answer = apply(skep, case, base)
    if "refused" in case:
        assert answer.get("error") == case["refused"] and case["says"] in answer["message"], answer
        return
    assert "error" not in answer, answer
    assert in_order(answer["metadata"]) == expected(case)
    assert answer["changed"] == ("unchanged" not in case)


def with_unknown(base):
    marked = {**copy.deepcopy(base), **UNKNOWN}
    for key in KEEPERS:
        elements = marked.get(key, [])
        for element in elements.values() if isinstance(elements, dict) else elements:
            element.update(UNKNOWN)
    return marked


def without_unknown(value):
    if isinstance(value, dict):
        return {key: without_unknown(inner) for key, inner in value.items() if key not in UNKNOWN}
    return [without_unknown(inner) for inner in value] if isinstance(value, list) else value


def elements_of(document, key):
    elements = document.get(key, [])
    return list(elements.items()) if isinstance(elements, dict) else [(None, element) for element in elements]


@pytest.mark.parametrize("case", [case for _, case in CASES if "refused" not in case],
                         ids=[name for name, (_, case) in zip(IDS, CASES) if "refused" not in case])
def test_members_that_nobody_knows_survive(skep, case):
    base = BASES[case["before"]]
    answer = apply(skep, case, with_unknown(base))
    metadata = answer["metadata"]
    assert in_order(without_unknown(metadata)) == expected(case)
    assert answer["changed"] == ("unchanged" not in case)
    assert {key: metadata[key] for key in UNKNOWN} == UNKNOWN
    for key in KEEPERS:
        stayed = elements_of(base, key)
        for name, element in elements_of(metadata, key):
            if (name, without_unknown(element)) in stayed:
                assert UNKNOWN.items() <= element.items(), (key, element)


@pytest.mark.parametrize("case", REQUIREMENTS, ids=lambda case: f"{case['before']}-{case['requirement']['type']}")
def test_a_requirement_holds_or_is_a_conflict(skep, case):
    answer = skep.require(BASES.get(case["before"]), case["requirement"])
    if case["holds"]:
        assert answer == {"holds": True}
    else:
        assert answer["error"] == "commit_conflict" and answer["message"].startswith("Requirement failed: "), answer


def kinds_in(source, table):
    text = (pathlib.Path(__file__).parents[2] / "server" / "iceberg" / source).read_text()
    rows = text[text.index(f"{table}[] = {{"):]
    return set(re.findall(r'\{"([a-z-]+)"', rows[:rows.index("};")]))


def test_there_is_a_golden_document_for_every_kind():
    names = {name for name, _ in CASES}
    assert kinds_in("table_update.c", "iceberg_updates") <= names
    assert {f"view-{kind}" for kind in kinds_in("view_update.c", "iceberg_view_updates")} <= names
    assert kinds_in("table_requirement.c", "iceberg_table_requirements") == {
        case["requirement"]["type"] for case in REQUIREMENTS}
