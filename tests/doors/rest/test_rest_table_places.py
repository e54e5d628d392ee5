# SPDX-License-Identifier: Apache-2.0
"""Goal: where clients are given access by table, no table lies within another's places, through whichever door it comes.
Method: warehouses on a store in memory; each way to make or move a table is tried on a place that is taken."""
import pytest
from fake_store import FakeStore
from rest_client import SCHEMA
from test_rest_credentials import KEYS, Place

APART = "Another table lies at, above or below"


@pytest.fixture(scope="module")
def store():
    made = FakeStore()
    yield made
    made.stop()


@pytest.fixture
def place(rest, store, fresh_name, tmp_path):
    return lambda access: Place(rest, store, fresh_name(), access, tmp_path)


def location_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["metadata"]["location"]


def assert_apart(answer):
    assert answer.status_code == 403, answer.text
    assert APART in answer.json()["error"]["message"]


def commit(here, table, *updates):
    return here.rest.post(f"{here.tables}/{table}", {"requirements": [], "updates": list(updates)})


@pytest.mark.parametrize("access", ["vended", "signed"])
def test_no_table_is_made_or_moved_into_anothers_place(place, access):
    here = place(access)
    taken = location_of(here.create("a"))
    beside = location_of(here.create("b", location=taken + "0"))
    around = taken.rsplit("/", 1)[0]
    for where in (taken, taken + "/", taken.replace("s3:", "s3a:"), taken + "/in/side", around):
        assert_apart(here.create("x", location=where))
        assert_apart(here.create("x", location=where, **{"stage-create": True}))
        assert_apart(commit(here, "b", {"action": "set-location", "location": where}))
        assert_apart(here.rest.post(f"/v1/{here.name}/transactions/commit", {"table-changes": [
            {"identifier": {"namespace": ["n"], "name": "b"}, "requirements": [],
             "updates": [{"action": "set-location", "location": where}]}]}))
    for key in ("write.data.path", "write.metadata.path"):
        assert_apart(commit(here, "b", {"action": "set-properties", "updates": {key: taken}}))
        assert_apart(here.create("x", properties={key: around}))
    assert_apart(here.rest.post(here.tables.replace("/tables", "/register"), {
        "name": "x", "metadata-location": here.load("a").json()["metadata-location"]}))
    assert here.load("b").json()["metadata"]["location"] == beside
    assert here.load("x").status_code == 404
    # Its own place may be named again, and be moved within.
    assert commit(here, "a", {"action": "set-location", "location": taken}).status_code == 200
    assert commit(here, "a", {"action": "set-properties", "updates": {"write.data.path": taken + "/d"}}).status_code == 200
    assert commit(here, "a", {"action": "set-location", "location": taken + "/in"}).status_code == 200
    # What is dropped is in nobody's way.
    assert here.rest.delete(f"{here.tables}/a").status_code == 204
    location_of(here.create("x", location=taken + "/in"))


def test_views_are_not_within_tables(place):
    here = place("vended")
    taken = location_of(here.create("a"))

    def make_view(name, location):
        return here.rest.post(here.tables.replace("/tables", "/views"), {
            "name": name, "location": location, "schema": SCHEMA, "properties": {}, "view-version": {
                "version-id": 1, "timestamp-ms": 1, "schema-id": 0, "summary": {}, "default-namespace": ["n"],
                "representations": [{"type": "sql", "sql": "SELECT 1", "dialect": "spark"}]}})

    assert_apart(make_view("v", taken + "/v"))
    location_of(make_view("v", taken + "-views"))
    assert_apart(here.create("b", location=taken + "-views"))


def test_other_catalogs_and_other_modes_are_not_in_the_way(place):
    here = place("vended")
    taken = location_of(here.create("a"))
    for access in ("none", "static"):
        there = place(access)
        shared = location_of(there.create("a"))
        for name, where in (("b", shared), ("c", shared + "/in")):
            location_of(there.create(name, location=where))
    # The same bucket of another store is another place.
    other = FakeStore()
    try:
        there = Place(here.rest, other, here.name + "o", "vended", here.directory)
        there.alter(location=f"s3://lake/{here.name}")
        location_of(there.create("a", location=taken))
    finally:
        other.stop()


def test_hive_tables_keep_out_of_iceberg_tables_alone(place, hive_client):
    from hive_metastore import ttypes as hms

    here = place("vended")
    taken = location_of(here.create("a"))
    home = f"@{here.name}#n"

    def table(name, location):
        return hms.Table(tableName=name, dbName=home, parameters={"EXTERNAL": "TRUE"}, tableType="EXTERNAL_TABLE",
                         partitionKeys=[], sd=hms.StorageDescriptor(
                             cols=[hms.FieldSchema("a", "int", "")], location=location, parameters={},
                             serdeInfo=hms.SerDeInfo("", "x", {}), bucketCols=[], sortCols=[]))

    for where in (taken, taken + "/in"):
        with pytest.raises(hms.MetaException, match=APART):
            hive_client.create_table(table("h", where))
    hive_client.create_table(table("h", taken + "-hive"))
    hive_client.create_table(table("twin", taken + "-hive"))  # nobody is given access to them
    with pytest.raises(hms.MetaException, match=APART):
        hive_client.alter_table(home, "h", table("h", taken + "/in"))
    assert_apart(here.create("b", location=taken + "-hive"))
    assert hive_client.get_table(home, "h").sd.location == taken + "-hive"


def test_what_overlapped_before_is_given_to_nobody_who_could_open_the_other(place):
    here = place("none")
    outer = location_of(here.create("outer"))
    location_of(here.create("inner", location=outer + "/in"))
    here.alter(storage={"access": "vended", "role-arn": "arn:aws:iam:::role/lake"})
    assert_apart(here.load("outer", headers=KEYS))
    assert here.load("outer").status_code == 200  # its document is not a file of the other
    assert here.load("inner", headers=KEYS).json()["config"]["s3.session-token"]
    here.alter(storage={"access": "signed"})
    key = outer.removeprefix("s3:/")
    for uri in (f"{key}/data/x", f"{key}/in/data/x"):
        assert_apart(here.sign(uri, table="outer"))
    assert here.sign(f"{key}/in/data/x", table="inner").status_code == 200
    # A table of this kind still takes commits, and is free again when it has moved.
    assert commit(here, "outer", {"action": "set-properties", "updates": {"k": "v"}}).status_code == 200
    assert commit(here, "inner", {"action": "set-location", "location": outer + "-inner"}).status_code == 200
    assert here.sign(f"{key}/data/x", table="outer").status_code == 200


def test_a_dropped_table_does_not_come_back_into_anothers_place(place):
    here = place("vended")
    taken = location_of(here.create("a"))
    assert here.rest.delete(f"{here.tables}/a").status_code == 204
    location_of(here.create("b", location=taken))
    management = f"/management/v1/{here.name}/namespaces/n/undrop"
    assert_apart(here.rest.post(management, {"name": "a"}))
    assert here.rest.delete(f"{here.tables}/b").status_code == 204
    assert here.rest.post(management, {"name": "a"}).status_code == 200
