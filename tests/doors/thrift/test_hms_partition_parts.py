# SPDX-License-Identifier: Apache-2.0
"""Goal: parts of partitions, partitions with what belongs to them, and partitions that change their table are answered as
Hive answers. Method: each method against a running server, on two tables with a text key and a number key."""
import os

import pytest

from hms_client import columns, context, hms, message_of, partition, table

KEYS = [("ds", "string"), ("hr", "int")]
ROWS = [("a", "1"), ("a", "2"), ("b", "1"), ("b", "10")]
NAMES = [f"ds={ds}/hr={hr}" for ds, hr in ROWS]


@pytest.fixture
def filled(client, database):
    client.create_table(table(database, "t", keys=KEYS))
    client.create_table(table(database, "other", keys=KEYS))
    of = client.get_table(database, "t")
    client.add_partitions([partition(of, row, parameters={"k1": "x", "k2": "y", "z": "w"}) for row in ROWS])
    return of


def specs(client, of, fields=(), mode=None, filters=None, **projection):
    request = hms.GetPartitionsRequest(
        dbName=of.dbName,
        tblName=of.tableName,
        projectionSpec=hms.GetProjectionsSpec(fieldList=list(fields), **projection),
        filterSpec=hms.GetPartitionsFilterSpec(filterMode=mode, filters=filters),
    )
    return client.get_partitions_with_specs(request).partitionSpec


# --- get_partitions_with_specs ---


def test_partitions_below_their_table_share_a_descriptor(client, filled):
    (spec,) = specs(client, filled)
    shared = spec.sharedSDPartitionSpec
    assert (spec.dbName, spec.tableName, spec.rootPath) == (filled.dbName, "t", filled.sd.location)
    assert shared.sd.location == filled.sd.location and shared.sd.cols == filled.sd.cols
    assert [each.relativePath for each in shared.partitions] == ["/" + name for name in NAMES]
    assert [tuple(each.values) for each in shared.partitions] == ROWS
    assert spec.partitionList is None


def test_partitions_elsewhere_and_of_another_schema_are_groups_of_their_own(client, filled):
    moved = client.get_partition(filled.dbName, "t", ["a", "2"])
    moved.sd.location = filled.sd.location + "_elsewhere"
    wider = client.get_partition(filled.dbName, "t", ["b", "1"])
    wider.sd.cols = columns(("id", "bigint"))
    client.alter_partitions(filled.dbName, "t", [moved, wider])
    same, other, apart = specs(client, filled)
    assert [tuple(each.values) for each in same.sharedSDPartitionSpec.partitions] == [("a", "1"), ("b", "10")]
    assert [tuple(each.values) for each in other.sharedSDPartitionSpec.partitions] == [("b", "1")]
    assert other.sharedSDPartitionSpec.sd.cols == wider.sd.cols
    assert [each.sd.location for each in apart.partitionList.partitions] == [moved.sd.location]


def test_only_the_named_members_are_sent(client, filled):
    (spec,) = specs(client, filled, ["values", "sd.cols.name", "sd.serdeInfo.serializationLib"])
    shared = spec.sharedSDPartitionSpec
    assert [(each.name, each.type) for each in shared.sd.cols] == [("id", None), ("v", None)]
    assert shared.sd.serdeInfo.serializationLib and shared.sd.serdeInfo.parameters is None
    assert shared.sd.inputFormat is None
    first = shared.partitions[0]
    assert first.values == ["a", "1"] and first.parameters is None and first.relativePath is None
    for wrong in ("", "nope", "sd.nope", "values.x"):
        with pytest.raises(hms.MetaException):
            specs(client, filled, [wrong])


def test_parameters_are_picked_by_patterns_of_their_keys(client, filled):
    def keys(**patterns):
        (spec,) = specs(client, filled, ["parameters"], **patterns)
        return sorted(spec.sharedSDPartitionSpec.partitions[0].parameters)

    assert keys(includeParamKeyPattern="k%") == ["k1", "k2"]
    assert keys(includeParamKeyPattern="k_", excludeParamKeyPattern="%1") == ["k2"]
    assert keys(excludeParamKeyPattern="%t%") == ["k1", "k2", "z"]


def test_partitions_are_picked_by_names_values_and_expressions(client, filled):
    mode = hms.PartitionFilterMode

    def picked(which, filters):
        found = specs(client, filled, ["values"], which, filters)
        return [tuple(row.values) for spec in found for row in spec.sharedSDPartitionSpec.partitions]

    assert picked(mode.BY_NAMES, [NAMES[1], "ds=no/hr=1", ""]) == [ROWS[1]]
    assert picked(mode.BY_VALUES, ["b"]) == ROWS[2:]
    assert picked(mode.BY_EXPR, ["ds = 'a' or ds = 'b'", "hr > 1"]) == [("a", "2"), ("b", "10")]
    assert picked(mode.BY_EXPR, ["hr > 100"]) == []
    with pytest.raises(hms.MetaException):
        specs(client, filled, mode=mode.BY_NAMES)
    with pytest.raises(hms.MetaException):
        specs(client, filled, mode=mode.BY_EXPR, filters=["nonsense"])


def test_specs_are_grouped_where_the_table_says_so(client, filled):
    filled.parameters["hive.hcatalog.partition.spec.grouping.enabled"] = "true"
    client.alter_table(filled.dbName, "t", filled)
    for found in (
        client.get_partitions_pspec(filled.dbName, "t", -1),
        client.get_part_specs_by_filter(filled.dbName, "t", "", -1),
    ):
        assert len(found[0].sharedSDPartitionSpec.partitions) == 4


# --- get_partition_values ---


def test_values_are_distinct_ordered_and_limited(client, filled):
    def values(keys, **options):
        fields = columns(*[pair for pair in KEYS if pair[0] in keys])
        request = hms.PartitionValuesRequest(dbName=filled.dbName, tblName="t", partitionKeys=fields, **options)
        return [row.row for row in client.get_partition_values(request).partitionValues]

    assert values(["ds"]) == [["a"], ["b"]]
    assert values(["ds", "hr"], maxParts=3) == [list(row) for row in ROWS[:3]]
    assert values(["hr"], applyDistinct=False) == [["1"], ["2"], ["1"], ["10"]]
    assert values(["hr"], partitionOrder=columns(("hr", "int"))) == [["1"], ["10"], ["2"]]
    assert values(["ds"], ascending=False) == [["b"], ["a"]]
    assert values(["ds"], filter="hr = 10") == [["b"]]
    with pytest.raises(hms.MetaException):
        client.get_partition_values(
            hms.PartitionValuesRequest(dbName=filled.dbName, tblName="t", partitionKeys=columns(("no", "int")))
        )


# --- requests with flags ---


def test_columns_and_parameters_are_left_out_on_request(client, filled):
    flags = {"skipColumnSchemaForPartition": True, "includeParamKeyPattern": "k1"}
    database = filled.dbName
    for answer in (
        client.get_partitions_req(hms.PartitionsRequest(dbName=database, tblName="t", **flags)).partitions,
        client.get_partitions_by_names_req(
            hms.GetPartitionsByNamesRequest(db_name=database, tbl_name="t", names=NAMES, **flags)
        ).partitions,
        client.get_partitions_by_filter_req(
            hms.GetPartitionsByFilterRequest(dbName=database, tblName="t", filter="", **flags)
        ),
        client.get_partitions_ps_with_auth_req(
            hms.GetPartitionsPsWithAuthRequest(dbName=database, tblName="t", partVals=[""], **flags)
        ).partitions,
    ):
        assert [tuple(each.values) for each in answer] == ROWS
        assert all(each.sd.cols == [] and each.parameters == {"k1": "x"} for each in answer)


def test_added_partitions_come_back_with_their_columns_apart(client, filled):
    new = partition(filled, ["c", "1"])
    new.sd.cols = []
    request = hms.AddPartitionsRequest(
        dbName=filled.dbName, tblName="t", parts=[new], ifNotExists=False, skipColumnSchemaForPartition=True,
        partitionColSchema=columns(("only", "int")),
    )
    answer = client.add_partitions_req(request)
    assert answer.partitions[0].sd.cols == [] and answer.partitionColSchema == columns(("only", "int"))
    assert client.get_partition(filled.dbName, "t", ["c", "1"]).sd.cols == columns(("only", "int"))


def test_statistics_come_along_with_names(client, filled):
    data = hms.ColumnStatisticsData(longStats=hms.LongColumnStatsData(lowValue=1, highValue=9, numNulls=0, numDVs=3))
    desc = hms.ColumnStatisticsDesc(isTblLevel=False, dbName=filled.dbName, tableName="t", partName=NAMES[0])
    sent = [hms.ColumnStatisticsObj(colName="id", colType="bigint", statsData=data)]
    client.update_partition_column_statistics(hms.ColumnStatistics(statsDesc=desc, statsObj=sent, engine="hive"))
    request = hms.GetPartitionsByNamesRequest(db_name=filled.dbName, tbl_name="t", names=NAMES, get_col_stats=True)
    found = client.get_partitions_by_names_req(request).partitions
    assert found[0].colStats.statsObj[0].statsData.longStats.highValue == 9
    assert [each.colStats for each in found[1:]] == [None, None, None]


def test_privileges_come_along_where_the_table_keeps_them(client, database):
    kept = table(database, "kept", keys=KEYS, parameters={"PARTITION_LEVEL_PRIVILEGE": "TRUE"})
    info = hms.PrivilegeGrantInfo(privilege="SELECT", createTime=0, grantor="ann", grantorType=1, grantOption=False)
    kept.privileges = hms.PrincipalPrivilegeSet(userPrivileges={"bob": [info]}, groupPrivileges={}, rolePrivileges={})
    client.create_table(kept)
    client.add_partition(partition(client.get_table(database, "kept"), ["a", "1"]))
    one = client.get_partition_with_auth(database, "kept", ["a", "1"], "bob", ["staff"])
    assert [each.privilege.upper() for each in one.privileges.userPrivileges["bob"]] == ["SELECT"]
    assert one.privileges.groupPrivileges == {"staff": []} and one.privileges.rolePrivileges == {"public": []}
    (listed,) = client.get_partitions_ps_with_auth(database, "kept", ["a"], -1, "ann", [])
    assert listed.privileges.userPrivileges == {"ann": []}
    assert client.get_partition(database, "kept", ["a", "1"]).privileges is None


# --- expressions ---


def test_an_expression_that_is_text_is_a_filter(client, filled):
    text = hms.PartitionsByExprRequest(dbName=filled.dbName, tblName="t", expr="hr = 1")
    answer = client.get_partitions_by_expr(text)
    assert [tuple(each.values) for each in answer.partitions] == [ROWS[0], ROWS[2]]
    assert answer.hasUnknownPartitions is False
    assert client.get_partition_names_req(text) == [NAMES[0], NAMES[2]]
    opaque = hms.PartitionsByExprRequest(dbName=filled.dbName, tblName="t", expr=b"\x01\x00org")
    answer = client.get_partitions_by_expr(opaque)
    assert len(answer.partitions) == 4 and answer.hasUnknownPartitions is True


def test_partitions_are_dropped_by_filter_texts(client, filled):
    def drop(*expressions, if_exists=False):
        parts = hms.RequestPartsSpec(exprs=[hms.DropPartitionsExpr(expr=each) for each in expressions])
        request = hms.DropPartitionsRequest(
            dbName=filled.dbName, tblName="t", parts=parts, ifExists=if_exists, deleteData=True
        )
        return [tuple(each.values) for each in client.drop_partitions_req(request).partitions]

    with pytest.raises(hms.NoSuchObjectException):
        drop("ds = 'a'", "ds = 'zz'")
    with pytest.raises(hms.MetaException):
        drop(b"\x01\x00org.apache")
    assert client.get_partition_names(filled.dbName, "t", -1) == NAMES
    assert drop("hr = 1", "ds = 'zz'", if_exists=True) == [ROWS[0], ROWS[2]]
    assert client.get_partition_names(filled.dbName, "t", -1) == [NAMES[1], NAMES[3]]


# --- exchange ---


def test_exchanged_partitions_take_their_files_along(client, filled):
    old = client.get_partition(filled.dbName, "t", ["a", "1"]).sd.location
    with open(os.path.join(old.removeprefix("file:"), "part-0"), "w", encoding="ascii") as data:
        data.write("x")
    moved = client.exchange_partitions({"ds": "a"}, filled.dbName, "t", filled.dbName, "other")
    assert [(each.tableName, tuple(each.values)) for each in moved] == [("other", ROWS[0]), ("other", ROWS[1])]
    assert client.get_partition_names(filled.dbName, "t", -1) == NAMES[2:]
    assert client.get_partition_names(filled.dbName, "other", -1) == NAMES[:2]
    new = client.get_partition(filled.dbName, "other", ["a", "1"]).sd.location
    assert os.listdir(new.removeprefix("file:")) == ["part-0"]
    assert not os.path.exists(old.removeprefix("file:"))


def test_an_exchange_that_cannot_be_whole_changes_nothing(client, filled):
    other = client.get_table(filled.dbName, "other")
    client.add_partition(partition(other, ["a", "2"]))
    client.create_table(table(filled.dbName, "narrow", keys=KEYS, cols=columns(("id", "bigint"))))

    def refused(spec, target="other", source="t"):
        with pytest.raises(hms.MetaException) as raised:
            client.exchange_partition(spec, filled.dbName, source, filled.dbName, target)
        return message_of(raised.value)

    assert "already exists" in refused({"ds": "a"})
    assert "different schemas" in refused({"ds": "a"}, "narrow")
    assert "No partition is found" in refused({"ds": "zz"})
    assert "from the first on" in refused({"hr": "1"})
    assert "not found" in refused({"ds": "a"}, "nope") and "not found" in refused({"ds": "a"}, source="nope")
    assert client.get_partition_names(filled.dbName, "t", -1) == NAMES
    assert client.get_partition_names(filled.dbName, "other", -1) == [NAMES[1]]


# --- values and files ---


def test_values_of_new_partitions_match_the_pattern_of_the_connection(client, filled):
    client.setMetaConf("metastore.partition.name.whitelist.pattern", r"[\x20-\x7E&&[^,]]*")
    try:
        for bad in ("x,y", "\u00e4"):
            with pytest.raises(hms.MetaException) as raised:
                client.append_partition(filled.dbName, "t", [bad, "1"])
            assert "not matched by whitelist pattern" in message_of(raised.value)
            with pytest.raises(hms.MetaException):
                client.add_partition(partition(filled, [bad, "1"]))
        client.append_partition(filled.dbName, "t", ["x y", "1"])
    finally:
        client.setMetaConf("metastore.partition.name.whitelist.pattern", "")


def test_empty_directories_above_a_dropped_partition_go_with_it(client, filled):
    root = filled.sd.location.removeprefix("file:")
    client.drop_partition_with_environment_context(filled.dbName, "t", ["a", "1"], True, context(ifPurge="true"))
    assert os.path.isdir(os.path.join(root, "ds=a", "hr=2"))
    client.drop_partition_by_name(filled.dbName, "t", "ds=a/hr=2/more=x", True)
    assert not os.path.exists(os.path.join(root, "ds=a")) and os.path.isdir(os.path.join(root, "ds=b"))


def test_a_batch_that_is_refused_leaves_no_directories(client, filled):
    new, old = partition(filled, ["n", "1"]), partition(filled, ["a", "1"])
    with pytest.raises(hms.AlreadyExistsException):
        client.add_partitions([new, old])
    assert not os.path.exists(os.path.join(filled.sd.location.removeprefix("file:"), "ds=n"))
