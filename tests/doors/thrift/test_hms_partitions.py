# SPDX-License-Identifier: Apache-2.0
"""Goal: partitions are added, found, changed and dropped as an engine knows it from Hive. Method: each method against a
running server, on a table with a text key and a number key."""
import pathlib

import pytest

from hms_client import context, hms, message_of, partition, table, unique

DAYS = ["2024-01-01", "2024-01-02"]
HOURS = ["1", "2", "10"]
NAMES = sorted(f"ds={day}/hr={hour}" for day in DAYS for hour in HOURS)


@pytest.fixture
def empty(client, database):
    made = table(database, "t", keys=[("ds", "string"), ("hr", "int")])
    client.create_table(made)
    return client.get_table(database, "t")


@pytest.fixture
def filled(client, empty):
    parts = [partition(empty, [day, hour]) for day in DAYS for hour in HOURS]
    assert client.add_partitions(parts) == 6
    return empty


def names_of(partitions):
    return [f"ds={each.values[0]}/hr={each.values[1]}" for each in partitions]


# --- add ---


def test_a_partition_comes_back_with_what_hive_fills_in(client, empty):
    added = client.add_partition(partition(empty, ["2024-01-01", "7"], parameters={"k": "v"}))
    made = client.get_partition(empty.dbName.upper(), "T", ["2024-01-01", "7"])
    assert made == added
    assert made.values == ["2024-01-01", "7"]
    assert (made.dbName, made.tableName, made.catName) == (empty.dbName, "t", "hive")
    assert made.createTime > 0 and made.parameters["k"] == "v"
    assert made.sd.location == empty.sd.location + "/ds=2024-01-01/hr=7"
    assert made.sd.cols == empty.sd.cols and made.sd.serdeInfo.name is None
    assert made.privileges is None and made.colStats is None


def test_a_batch_is_added_whole_or_not_at_all(client, filled):
    new, old = partition(filled, ["2025-01-01", "1"]), partition(filled, ["2024-01-01", "1"])
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.add_partitions([new, old])
    assert "already exists" in message_of(raised.value)
    assert client.get_partition_names(filled.dbName, "t", -1) == NAMES
    request = hms.AddPartitionsRequest(dbName=filled.dbName, tblName="t", parts=[new, old], ifNotExists=True)
    assert names_of(client.add_partitions_req(request).partitions) == ["ds=2025-01-01/hr=1"]
    request.needResult = False
    assert client.add_partitions_req(request).partitions is None
    assert client.add_partitions([]) == 0


def test_refusals_of_add_are_those_of_hive(client, empty):
    one = partition(empty, ["2024-01-01", "1"])
    for broken in ([one, one], [partition(empty, ["2024-01-01"])], [partition(empty, [])]):
        with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
            client.add_partitions(broken)
    nowhere = table(empty.dbName, "nope", keys=[("ds", "string")])
    with pytest.raises(hms.InvalidObjectException) as raised:
        client.add_partition(partition(nowhere, ["x"]))
    assert message_of(raised.value) == f"Unable to add partitions because hive.{empty.dbName}.nope does not exist"
    with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
        client.add_partition(hms.Partition())
    assert client.get_partition_names(empty.dbName, "t", -1) == []


def test_a_relative_place_lies_below_the_table(client, empty):
    added = client.add_partition(partition(empty, ["2024-01-01", "7"], location="old/seven"))
    assert added.sd.location == empty.sd.location + "/old/seven"
    for nonsense in ("%^#$%#*(", "../up", "a b"):
        with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
            client.add_partition(partition(empty, ["2024-01-01", "8"], location=nonsense))


def test_appending_takes_all_else_from_the_table(client, empty):
    database = empty.dbName
    first = client.append_partition(database, "t", ["a", "1"])
    assert first.sd.location == empty.sd.location + "/ds=a/hr=1" and first.sd.cols == empty.sd.cols
    client.append_partition_by_name(database, "t", "ds=b/hr=2")
    client.append_partition_with_environment_context(database, "t", ["c", "3"], context())
    client.append_partition_by_name_with_environment_context(database, "t", "ds=d/hr=4", context())
    client.append_partition_req(hms.AppendPartitionsRequest(dbName=database, tableName="t", name="ds=e/hr=5"))
    client.append_partition_req(hms.AppendPartitionsRequest(dbName=database, tableName="t", partVals=["f", "6"]))
    assert client.get_partition_names(database, "t", -1) == [
        f"ds={day}/hr={hour}" for day, hour in zip("abcdef", "123456")
    ]
    with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
        client.append_partition_by_name(database, "t", "nonsense")


def test_a_spec_with_one_descriptor_for_all_is_added(client, empty):
    shared = hms.PartitionSpecWithSharedSD(
        partitions=[
            hms.PartitionWithoutSD(
                values=["2024-01-01", hour], relativePath=f"/x{hour}", createTime=0, lastAccessTime=0, parameters={}
            )
            for hour in HOURS
        ],
        sd=empty.sd,
    )
    spec = hms.PartitionSpec(
        dbName=empty.dbName, tableName="t", rootPath=empty.sd.location, sharedSDPartitionSpec=shared
    )
    assert client.add_partitions_pspec([spec]) == 3
    assert client.get_partition(empty.dbName, "t", ["2024-01-01", "2"]).sd.location == empty.sd.location + "/x2"


def test_odd_values_survive_and_are_escaped_in_names(client, empty):
    odd = ["a b", "x/y=z%", "\u00fc\u4e2d", ""]
    for value in odd:
        client.add_partition(partition(empty, [value, "1"]))
    names = client.get_partition_names(empty.dbName, "t", -1)
    assert "ds=x%2Fy%3Dz%25/hr=1" in names
    assert "ds=__HIVE_DEFAULT_PARTITION__/hr=1" in names
    assert "ds=a b/hr=1" in names
    assert client.get_partition(empty.dbName, "t", ["x/y=z%", "1"]).values == ["x/y=z%", "1"]
    found = client.get_partitions_by_names(empty.dbName, "t", names)
    assert sorted(each.values[0] for each in found) == sorted(odd)


# --- read ---


def test_all_ways_of_listing_agree(client, filled):
    database = filled.dbName
    request = hms.PartitionsRequest(dbName=database, tblName="t")
    lists = [
        client.get_partitions(database, "t", -1),
        client.get_partitions_with_auth(database, "t", -1, "ann", []),
        client.get_partitions_req(request).partitions,
        client.get_partitions_ps(database, "t", ["", ""], -1),
        client.get_partitions_ps_with_auth(database, "t", [""], -1, "ann", []),
        client.get_partitions_ps_with_auth_req(
            hms.GetPartitionsPsWithAuthRequest(dbName=database, tblName="t")
        ).partitions,
        client.get_partitions_by_filter(database, "t", "", -1),
        client.get_partitions_by_names(database, "t", NAMES + ["ds=no/hr=9"]),
        client.get_partitions_by_names_req(
            hms.GetPartitionsByNamesRequest(db_name=database, tbl_name="t", names=NAMES)
        ).partitions,
        client.get_partitions_pspec(database, "t", -1)[0].partitionList.partitions,
        client.get_part_specs_by_filter(database, "t", "", -1)[0].partitionList.partitions,
        client.get_partitions_by_expr(
            hms.PartitionsByExprRequest(dbName=database, tblName="t", expr=b"\x01\x02")
        ).partitions,
    ]
    for listed in lists:
        assert names_of(listed) == NAMES
        assert listed == lists[0]
    for names in (
        client.get_partition_names(database, "t", -1),
        client.get_partition_names_ps(database, "t", ["", ""], -1),
        client.fetch_partition_names_req(request),
        client.get_partition_names_ps_req(
            hms.GetPartitionNamesPsRequest(dbName=database, tblName="t", partValues=[""])
        ).names,
    ):
        assert names == NAMES


def test_an_expression_that_cannot_be_read_leaves_the_pruning_to_the_client(client, filled):
    request = hms.PartitionsByExprRequest(dbName=filled.dbName, tblName="t", expr=b"\x01\x02", maxParts=1)
    answer = client.get_partitions_by_expr(request)
    assert answer.hasUnknownPartitions is True and len(answer.partitions) == 6
    with pytest.raises(hms.MetaException):
        client.get_partition_names_req(request)


def test_limits_cut_after_the_first_in_name_order(client, filled):
    database = filled.dbName
    assert client.get_partition_names(database, "t", 2) == NAMES[:2]
    assert client.get_partition_names(database, "t", 0) == []
    assert client.get_partition_names(database, "t", -7) == NAMES
    assert names_of(client.get_partitions(database, "t", 3)) == NAMES[:3]
    assert names_of(client.get_partitions_by_filter(database, "t", "hr > 0", 1)) == NAMES[:1]


def test_partial_values_match_by_prefix(client, filled):
    database = filled.dbName
    assert client.get_partition_names_ps(database, "t", ["2024-01-02"], -1) == NAMES[3:]
    assert client.get_partition_names_ps(database, "t", ["", "10"], -1) == [NAMES[1], NAMES[4]]
    assert client.get_partition_names_ps(database, "t", ["2024-01-01", "2"], -1) == ["ds=2024-01-01/hr=2"]
    with pytest.raises(hms.MetaException) as raised:
        client.get_partition_names_ps(database, "t", ["a", "b", "c"], -1)
    assert "Incorrect number of partition values" in message_of(raised.value)


@pytest.mark.parametrize(
    "filter_, expected",
    [
        ('ds = "2024-01-01"', 3),
        ('ds = "2024-01-01" and hr = 2', 1),
        ("hr >= 2", 4),
        ("hr > 2", 2),
        ("2 < hr", 2),
        ('ds > "2024-01-01" or hr < 2', 4),
        ('(ds = "2024-01-01" or ds = "2024-01-02") and hr != 1', 4),
        ("hr between 1 and 2", 4),
        ('ds like "2024-01-0%"', 6),
        ('ds = "no such day"', 0),
    ],
)
def test_filters_select_by_type(client, filled, filter_, expected):
    assert len(client.get_partitions_by_filter(filled.dbName, "t", filter_, -1)) == expected
    assert client.get_num_partitions_by_filter(filled.dbName, "t", filter_) == expected
    request = hms.GetPartitionsByFilterRequest(dbName=filled.dbName, tblName="t", filter=filter_)
    assert len(client.get_partitions_by_filter_req(request)) == expected


@pytest.mark.parametrize("filter_", ["ds =", "nosuch = 1", 'hr < "4"', "ds = 'a' and", ") or (", "ds = \"1\"; drop table t"])
def test_a_filter_that_makes_no_sense_is_refused(client, filled, filter_):
    with pytest.raises(hms.MetaException) as raised:
        client.get_partitions_by_filter(filled.dbName, "t", filter_, -1)
    assert message_of(raised.value)
    assert client.get_num_partitions_by_filter(filled.dbName, "t", "") == 6


def test_one_partition_is_found_by_values_and_by_name(client, filled):
    database = filled.dbName
    by_values = client.get_partition(database, "t", ["2024-01-01", "2"])
    assert by_values == client.get_partition_by_name(database, "t", "ds=2024-01-01/hr=2")
    assert by_values == client.get_partition_with_auth(database, "t", ["2024-01-01", "2"], "ann", ["staff"])
    request = hms.GetPartitionRequest(dbName=database, tblName="t", partVals=["2024-01-01", "2"])
    assert by_values == client.get_partition_req(request).partition


def test_a_missing_partition_or_table_is_told(client, filled):
    database = filled.dbName
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_partition(database, "t", ["zz", "3"])
    assert message_of(raised.value) == "partition values=[zz, 3]"
    with pytest.raises(hms.MetaException):
        client.get_partition(database, "t", ["zz"])
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_partition(database, "nope", ["zz"])
    assert message_of(raised.value) == f"Unable to get partition because hive.{database}.nope does not exist"
    for name in ("ds=zz/hr=1", "nonsense", "DS=2024-01-01/hr=1"):
        with pytest.raises(hms.NoSuchObjectException):
            client.get_partition_by_name(database, "t", name)
    with pytest.raises(hms.MetaException):
        client.get_partition_by_name(database, "t", "")
    with pytest.raises(hms.NoSuchObjectException):
        client.get_partitions(database, "nope", -1)
    assert client.get_partition_names(database, "nope", -1) == []


# --- change ---


def test_altering_changes_and_a_missing_partition_changes_nothing(client, filled):
    database = filled.dbName
    changed = client.get_partition(database, "t", ["2024-01-01", "1"])
    changed.parameters["numRows"] = "5"
    client.alter_partition(database, "t", changed)
    assert client.get_partition(database, "t", ["2024-01-01", "1"]).parameters["numRows"] == "5"
    changed.parameters["numRows"] = "6"
    client.alter_partition_with_environment_context(database, "t", changed, context())
    absent = partition(filled, ["zz", "2"], location=filled.sd.location + "/zz")
    changed.parameters["numRows"] = "7"
    with pytest.raises(hms.InvalidOperationException):
        client.alter_partitions(database, "t", [changed, absent])
    assert client.get_partition(database, "t", ["2024-01-01", "1"]).parameters["numRows"] == "6"
    request = hms.AlterPartitionsRequest(dbName=database, tableName="t", partitions=[changed])
    client.alter_partitions_req(request)
    client.alter_partitions_with_environment_context(database, "t", [changed], context())
    assert client.get_partition(database, "t", ["2024-01-01", "1"]).parameters["numRows"] == "7"
    with pytest.raises(hms.InvalidOperationException):
        client.alter_partition(database, "nope", absent)


def test_renaming_moves_the_values(client, filled):
    database = filled.dbName
    moved = client.get_partition(database, "t", ["2024-01-01", "1"])
    moved.values = ["2030-01-01", "1"]
    client.rename_partition(database, "t", ["2024-01-01", "1"], moved)
    assert "ds=2030-01-01/hr=1" in client.get_partition_names(database, "t", -1)
    assert "ds=2024-01-01/hr=1" not in client.get_partition_names(database, "t", -1)
    with pytest.raises(hms.InvalidOperationException):
        client.rename_partition(database, "t", ["no", "1"], moved)
    moved.values = ["2024-01-02", "1"]
    request = hms.RenamePartitionRequest(dbName=database, tableName="t", partVals=["2030-01-01", "1"], newPart=moved)
    with pytest.raises(hms.InvalidOperationException):
        client.rename_partition_req(request)


def path_of(location):
    return pathlib.Path("/" + location.removeprefix("file:").lstrip("/"))


def made_beside(client, of, values, name):
    """A partition with a file, in a directory of the warehouse that is not its table's."""
    directory = path_of(of.sd.location).parent.parent / unique(name)
    directory.mkdir(parents=True)
    (directory / "data").write_text(" ".join(values))
    client.add_partition(partition(of, values, location=f"file:{directory}"))
    return directory


@pytest.mark.parametrize("type_, stays", [("MANAGED_TABLE", False), ("EXTERNAL_TABLE", True)])
def test_a_renamed_partition_of_a_place_of_its_own_moves_when_it_is_managed(client, database, type_, stays):
    client.create_table(table(database, "c", keys=[("ds", "string")], type_=type_))
    made = client.get_table(database, "c")
    old = made_beside(client, made, ["a"], "own")
    moved = client.get_partition(database, "c", ["a"])
    moved.values = ["b"]
    client.rename_partition(database, "c", ["a"], moved)
    told = path_of(client.get_partition(database, "c", ["b"]).sd.location)
    assert told == (old if stays else path_of(made.sd.location) / "ds=b")
    assert (told / "data").read_text() == "a" and old.exists() == stays
    moved.values = ["c"]
    client.rename_partition(database, "c", ["b"], moved)
    assert client.get_partition(database, "c", ["c"]).sd.location.endswith(old.name if stays else "ds=c")


# --- drop ---


@pytest.mark.parametrize("type_, stays", [("MANAGED_TABLE", False), ("EXTERNAL_TABLE", True)])
def test_a_database_takes_managed_partitions_along_wherever_they_are(client, type_, stays):
    database = unique("db")
    client.create_database(hms.Database(name=database, parameters={}))
    client.create_table(table(database, "c", keys=[("ds", "string")], type_=type_))
    place = made_beside(client, client.get_table(database, "c"), ["a"], "elsewhere")
    client.drop_database(database, True, True)
    assert place.exists() == stays


def test_partitions_go_by_values_by_name_and_in_batches(client, filled):
    database = filled.dbName
    assert client.drop_partition(database, "t", ["2024-01-01", "1"], True) is True
    assert client.drop_partition_by_name(database, "t", "ds=2024-01-01/hr=2", False) is True
    assert client.drop_partition_with_environment_context(database, "t", ["2024-01-01", "10"], True, context()) is True
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_partition(database, "t", ["2024-01-01", "1"], True)
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_partition_by_name(database, "t", "ds=2024-01-01/hr=2", True)
    batch = hms.DropPartitionsRequest(
        dbName=database,
        tblName="t",
        parts=hms.RequestPartsSpec(names=["ds=2024-01-02/hr=1", "ds=no/hr=1"]),
        deleteData=True,
        ifExists=False,
    )
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_partitions_req(batch)
    assert len(client.get_partition_names(database, "t", -1)) == 3
    batch.ifExists = True
    assert names_of(client.drop_partitions_req(batch).partitions) == ["ds=2024-01-02/hr=1"]
    batch.parts = hms.RequestPartsSpec(names=["ds=2024-01-02/hr=2"])
    batch.needResult = False
    assert client.drop_partitions_req(batch).partitions is None
    assert client.get_partition_names(database, "t", -1) == ["ds=2024-01-02/hr=10"]


def test_dropping_by_an_expression_is_refused_and_drops_nothing(client, filled):
    request = hms.DropPartitionsRequest(
        dbName=filled.dbName,
        tblName="t",
        parts=hms.RequestPartsSpec(exprs=[hms.DropPartitionsExpr(expr=b"\x01")]),
    )
    with pytest.raises(hms.MetaException):
        client.drop_partitions_req(request)
    assert len(client.get_partition_names(filled.dbName, "t", -1)) == 6


# --- names as text ---


def test_names_are_taken_apart(client):
    assert client.partition_name_to_vals("ds=a%2Fb/hr=1") == ["a/b", "1"]
    assert client.partition_name_to_vals("") == []
    assert client.partition_name_to_spec("DS=a%3Db/nothing/hr=1") == {"DS": "a=b", "hr": "1"}
    assert client.partition_name_has_valid_characters(["a", "\u00fc"], True) is True


# --- many ---


def test_five_thousand_partitions_come_whole(client, empty):
    count = 5000
    for start in range(0, count, 1000):
        batch = [partition(empty, [f"d{number:05}", str(number)]) for number in range(start, start + 1000)]
        assert client.add_partitions(batch) == 1000
    listed = client.get_partitions(empty.dbName, "t", -1)
    assert [each.values[1] for each in listed] == [str(number) for number in range(count)]
    assert all(each.sd.cols == empty.sd.cols for each in listed[::500])
    assert len(client.get_partition_names(empty.dbName, "t", -1)) == count
    assert client.get_num_partitions_by_filter(empty.dbName, "t", "hr >= 4990") == 10
