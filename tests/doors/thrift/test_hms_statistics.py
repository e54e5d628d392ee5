# SPDX-License-Identifier: Apache-2.0
"""Goal: engines store, read, merge and delete the statistics of columns as with Hive. Method: the methods against a
running server, with a table that has a column of each kind."""
import concurrent.futures
import json
import time

import pytest

from hms_client import connection, columns, hms, message_of, partition, table

KINDS = columns(
    ("flag", "boolean"), ("n", "bigint"), ("x", "double"), ("s", "string"), ("raw", "binary"),
    ("price", "decimal(12,2)"), ("day", "date"), ("at", "timestamp"),
)
DECIMAL = {name: hms.Decimal(unscaled=unscaled, scale=2) for name, unscaled in (("low", b"\xff\x38"), ("high", b"\x19"))}


def long(low, high, nulls=0, distinct=0, **more):
    made = hms.LongColumnStatsData(lowValue=low, highValue=high, numNulls=nulls, numDVs=distinct, **more)
    return hms.ColumnStatisticsData(longStats=made)


def string(longest, average, nulls=0, distinct=0):
    made = hms.StringColumnStatsData(maxColLen=longest, avgColLen=average, numNulls=nulls, numDVs=distinct)
    return hms.ColumnStatisticsData(stringStats=made)


EACH = {
    "flag": hms.ColumnStatisticsData(booleanStats=hms.BooleanColumnStatsData(numTrues=3, numFalses=2, numNulls=1)),
    "n": long(-(2**63), 2**63 - 1, 1, 50),
    "x": hms.ColumnStatisticsData(
        doubleStats=hms.DoubleColumnStatsData(lowValue=-0.1, highValue=float("inf"), numNulls=0, numDVs=4)
    ),
    "s": string(7, 1.82, 0, 50),
    "raw": hms.ColumnStatisticsData(binaryStats=hms.BinaryColumnStatsData(maxColLen=9, avgColLen=2.5, numNulls=4)),
    "price": hms.ColumnStatisticsData(
        decimalStats=hms.DecimalColumnStatsData(
            lowValue=DECIMAL["low"], highValue=DECIMAL["high"], numNulls=0, numDVs=5
        )
    ),
    "day": hms.ColumnStatisticsData(
        dateStats=hms.DateColumnStatsData(
            lowValue=hms.Date(daysSinceEpoch=-1), highValue=hms.Date(daysSinceEpoch=20000), numNulls=0, numDVs=9
        )
    ),
    "at": hms.ColumnStatisticsData(
        timestampStats=hms.TimestampColumnStatsData(
            lowValue=hms.Timestamp(secondsSinceEpoch=-5),
            highValue=hms.Timestamp(secondsSinceEpoch=1700000000),
            numNulls=2,
            numDVs=3,
        )
    ),
}
TYPES = {each.name: each.type for each in KINDS}


def statistics(database, data, partition_name=None, name="t", engine=None):
    desc = hms.ColumnStatisticsDesc(
        isTblLevel=partition_name is None, dbName=database, tableName=name, partName=partition_name
    )
    objects = [
        hms.ColumnStatisticsObj(colName=column, colType=TYPES.get(column, "bigint"), statsData=each)
        for column, each in data.items()
    ]
    return hms.ColumnStatistics(statsDesc=desc, statsObj=objects, engine=engine)


def by_name(objects):
    return {each.colName: each.statsData for each in objects}


def of_table(client, database, names, engine=None):
    request = hms.TableStatsRequest(dbName=database, tblName="t", colNames=list(names), engine=engine)
    return by_name(client.get_table_statistics_req(request).tableStats)


def of_partitions(client, database, names, parts, engine=None):
    request = hms.PartitionsStatsRequest(
        dbName=database, tblName="t", colNames=list(names), partNames=list(parts), engine=engine
    )
    found = client.get_partitions_statistics_req(request).partStats
    return {part: by_name(objects) for part, objects in found.items()}


def aggregate(client, database, names, parts):
    request = hms.PartitionsStatsRequest(
        dbName=database, tblName="t", colNames=list(names), partNames=list(parts), engine=None
    )
    found = client.get_aggr_stats_for(request)
    return by_name(found.colStats), found.partsFound


def accurate(holder):
    return json.loads(holder.parameters.get("COLUMN_STATS_ACCURATE", "{}"))


@pytest.fixture
def plain(client, database):
    client.create_table(table(database, "t", cols=KINDS))
    return database


@pytest.fixture
def parted(client, database):
    client.create_table(table(database, "t", keys=[("ds", "string")], cols=KINDS))
    of = client.get_table(database, "t")
    client.add_partitions([partition(of, [day]) for day in "abc"])
    return database


# --- tables ---


def test_statistics_of_every_kind_come_back_as_they_were_sent(client, plain):
    before = int(time.time())
    assert client.update_table_column_statistics(statistics(plain, EACH)) is True
    assert of_table(client, plain, EACH, engine="hive") == EACH
    found = client.get_table_column_statistics(plain.upper(), "T", "N")
    assert found.statsDesc.isTblLevel is True and found.engine == "hive"
    assert (found.statsDesc.dbName, found.statsDesc.tableName, found.statsDesc.catName) == (plain, "t", "hive")
    assert before <= found.statsDesc.lastAnalyzed <= time.time() + 1
    assert [(each.colName, each.colType, each.statsData) for each in found.statsObj] == [("n", "bigint", EACH["n"])]
    assert accurate(client.get_table(plain, "t"))["COLUMN_STATS"] == {name: "true" for name in EACH}


def test_old_clients_read_timestamps_as_numbers(client, plain):
    client.update_table_column_statistics(statistics(plain, EACH))
    assert of_table(client, plain, ["at"])["at"] == long(-5, 1700000000, 2, 3)
    client.update_table_column_statistics(statistics(plain, {"at": long(None, None, 0, 1)}))
    assert of_table(client, plain, ["at"])["at"] == long(None, None, 0, 1)
    assert of_table(client, plain, ["at"], engine="hive")["at"].timestampStats.numDVs == 1


def test_a_table_comes_with_its_statistics_when_they_are_asked_for(client, plain):
    def get(**more):
        return client.get_table_req(hms.GetTableRequest(dbName=plain, tblName="t", **more)).table

    assert get(getColumnStats=True).colStats is None
    client.update_table_column_statistics(statistics(plain, EACH))
    assert get().colStats is None
    found = get(getColumnStats=True)
    assert found.tableName == "t" and found.sd.cols[0].name == "flag"
    assert by_name(found.colStats.statsObj) == EACH and found.colStats.statsDesc.isTblLevel is True
    assert get(getColumnStats=True, engine="impala").colStats is None


def test_columns_that_are_not_mentioned_keep_theirs(client, plain):
    client.update_table_column_statistics(statistics(plain, {"n": long(1, 2), "s": string(1, 1.0)}))
    client.update_table_column_statistics(statistics(plain, {"N": long(3, 4)}))
    assert of_table(client, plain, ["n", "s", "x"]) == {"n": long(3, 4), "s": string(1, 1.0)}


def test_engines_keep_statistics_apart(client, plain):
    client.update_table_column_statistics(statistics(plain, {"n": long(1, 2)}, engine="impala"))
    assert of_table(client, plain, ["n"]) == {}
    assert accurate(client.get_table(plain, "t")).get("COLUMN_STATS") is None
    assert of_table(client, plain, ["n"], engine="impala") == {"n": long(1, 2)}
    assert client.delete_table_column_statistics(plain, "t", "n", "impala") is True
    assert of_table(client, plain, ["n"], engine="impala") == {}


def test_deleting_takes_one_column_or_all(client, plain):
    client.update_table_column_statistics(statistics(plain, EACH))
    assert client.delete_table_column_statistics(plain, "t", "n", None) is True
    assert "n" not in of_table(client, plain, EACH)
    assert "n" not in accurate(client.get_table(plain, "t"))["COLUMN_STATS"]
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.delete_table_column_statistics(plain, "t", "n", None)
    assert message_of(raised.value) == f"Column stats doesn't exist for db={plain} table=t col=n"
    assert client.delete_table_column_statistics(plain, "t", None, None) is True
    assert of_table(client, plain, EACH) == {}
    assert "COLUMN_STATS" not in accurate(client.get_table(plain, "t"))


def test_refusals_are_those_of_hive(client, plain):
    with pytest.raises(hms.MetaException) as raised:
        client.update_table_column_statistics(statistics(plain, {"zz": long(1, 2)}))
    assert message_of(raised.value) == f"Column zz doesn't exist in table t in database {plain}"
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_table_statistics_req(hms.TableStatsRequest(dbName=plain, tblName="nope", colNames=["n"]))
    assert message_of(raised.value) == f"Specified catalog.database.table does not exist : hive.{plain}.nope"
    with pytest.raises(hms.NoSuchObjectException):
        client.update_table_column_statistics(statistics(plain, {"n": long(1, 2)}, name="nope"))
    with pytest.raises(hms.NoSuchObjectException):
        client.get_table_column_statistics(plain, "t", "n")
    with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
        client.update_table_column_statistics(statistics(plain, {"n": hms.ColumnStatisticsData()}))
    with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
        client.update_partition_column_statistics(statistics(plain, {"n": long(1, 2)}))
    huge = hms.Decimal(unscaled=b"\x01" * 4000, scale=2)
    data = hms.DecimalColumnStatsData(lowValue=huge, highValue=huge, numNulls=0, numDVs=1)
    with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
        client.update_table_column_statistics(statistics(plain, {"price": hms.ColumnStatisticsData(decimalStats=data)}))


def test_a_changed_or_dropped_column_loses_its_statistics_and_a_renamed_table_keeps_them(client, plain):
    known = {"n": long(1, 2), "s": string(1, 1.0), "at": EACH["at"]}
    client.update_table_column_statistics(statistics(plain, known))
    changed = client.get_table(plain, "t")
    changed.sd.cols = [each for each in changed.sd.cols if each.name != "at"]
    client.alter_table(plain, "t", changed)
    assert sorted(of_table(client, plain, ["n", "s", "at"])) == ["n", "s"]
    assert accurate(client.get_table(plain, "t"))["COLUMN_STATS"] == {"n": "true", "s": "true"}
    changed.sd.cols = changed.sd.cols + columns(("at", "timestamp"))
    client.alter_table(plain, "t", changed)
    assert sorted(of_table(client, plain, ["n", "s", "at"])) == ["n", "s"]
    changed.tableName = "renamed"
    client.alter_table(plain, "t", changed)
    assert client.get_table_column_statistics(plain, "renamed", "n").statsObj[0].statsData == long(1, 2)
    client.drop_table(plain, "renamed", True)
    client.create_table(table(plain, "t", cols=KINDS))
    assert of_table(client, plain, ["n", "s", "at"]) == {}


# --- partitions ---


def test_statistics_of_partitions_come_back_by_name(client, parted):
    client.update_partition_column_statistics(statistics(parted, EACH, "ds=a"))
    client.update_partition_column_statistics(statistics(parted, {"n": long(1, 2)}, "DS=b"))
    found = of_partitions(client, parted, EACH, ["ds=a", "ds=b", "ds=c", "ds=nope"], engine="hive")
    assert found == {"ds=a": EACH, "ds=b": {"n": long(1, 2)}}
    one = client.get_partition_column_statistics(parted, "t", "ds=b", "n")
    assert one.statsDesc.partName == "ds=b" and one.statsDesc.isTblLevel is False
    assert one.statsObj[0].statsData == long(1, 2)
    assert accurate(client.get_partition(parted, "t", ["b"])) == {"COLUMN_STATS": {"n": "true"}}
    assert of_table(client, parted, EACH) == {}
    with pytest.raises(hms.NoSuchObjectException):
        client.get_partition_column_statistics(parted, "t", "ds=c", "n")
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.update_partition_column_statistics(statistics(parted, {"n": long(1, 2)}, "ds=nope"))
    assert message_of(raised.value) == "Partition for which stats is gathered doesn't exist."


def test_statistics_follow_their_partition(client, parted):
    client.update_partition_column_statistics(statistics(parted, {"n": long(1, 2)}, "ds=a"))
    renamed = client.get_partition(parted, "t", ["a"])
    renamed.values = ["z"]
    client.rename_partition(parted, "t", ["a"], renamed)
    assert of_partitions(client, parted, ["n"], ["ds=a", "ds=z"]) == {"ds=z": {"n": long(1, 2)}}
    client.drop_partition(parted, "t", ["z"], True)
    client.add_partition(partition(client.get_table(parted, "t"), ["z"]))
    assert of_partitions(client, parted, ["n"], ["ds=a", "ds=z"]) == {}


def test_deleting_from_partitions(client, parted):
    for name in ("ds=a", "ds=b"):
        client.update_partition_column_statistics(statistics(parted, {"n": long(1, 2), "s": string(1, 1.0)}, name))
    assert client.delete_partition_column_statistics(parted, "t", "ds=a", "n", None) is True
    assert of_partitions(client, parted, ["n", "s"], ["ds=a"]) == {"ds=a": {"s": string(1, 1.0)}}
    assert accurate(client.get_partition(parted, "t", ["a"])) == {"COLUMN_STATS": {"s": "true"}}
    with pytest.raises(hms.NoSuchObjectException):
        client.delete_partition_column_statistics(parted, "t", "ds=a", "n", None)
    request = hms.DeleteColumnStatisticsRequest(db_name=parted, tbl_name="t", col_names=["s"])
    assert client.delete_column_statistics_req(request) is True
    assert of_partitions(client, parted, ["n", "s"], ["ds=a", "ds=b"]) == {"ds=b": {"n": long(1, 2)}}


def test_the_sum_over_partitions_covers_all_of_them(client, parted):
    days = [("ds=a", long(1, 6, 1, 3), string(3, 1.5, 1, 3)), ("ds=b", long(-4, 16, 1, 4), string(9, 1.0, 0, 2))]
    for name, n, s in days:
        client.update_partition_column_statistics(statistics(parted, {"n": n, "s": s}, name))
    found, parts = aggregate(client, parted, ["n", "s"], ["ds=a", "ds=b"])
    assert parts == 2 and found == {"n": long(-4, 16, 2, 4), "s": string(9, 1.5, 1, 3)}
    found, parts = aggregate(client, parted, ["n"], ["ds=a", "ds=b", "ds=c"])
    assert parts == 2 and found["n"].longStats.numNulls == 3
    assert aggregate(client, parted, ["n"], []) == ({}, 0)
    assert aggregate(client, parted, ["n"], ["ds=c"]) == ({}, 0)


def test_setting_many_at_once_replaces_or_merges(client, parted):
    def send(data, merge):
        request = hms.SetPartitionsStatsRequest(
            colStats=[statistics(parted, {"n": data}, name) for name in ("ds=a", "ds=b")], needMerge=merge
        )
        assert client.set_aggr_stats_for(request) is True

    send(long(1, 6, 1, 3), False)
    send(long(4, 9, 2, 5), True)
    expected = {"n": long(1, 9, 3, 5)}
    assert of_partitions(client, parted, ["n"], ["ds=a", "ds=b"]) == {"ds=a": expected, "ds=b": expected}
    send(long(4, 5, 0, 1), False)
    assert of_partitions(client, parted, ["n"], ["ds=a"]) == {"ds=a": {"n": long(4, 5, 0, 1)}}
    request = hms.SetPartitionsStatsRequest(
        colStats=[statistics(parted, {"n": long(0, 1)}, name) for name in ("ds=a", "ds=nope")]
    )
    with pytest.raises(hms.NoSuchObjectException):
        client.update_partition_column_statistics_req(request)
    assert of_partitions(client, parted, ["n"], ["ds=a"]) == {"ds=a": {"n": long(4, 5, 0, 1)}}
    one = hms.SetPartitionsStatsRequest(colStats=[statistics(parted, {"n": long(7, 8)})])
    assert client.update_table_column_statistics_req(one).result is True
    one = hms.SetPartitionsStatsRequest(colStats=[statistics(parted, {"n": long(1, 9)})], needMerge=True)
    assert client.set_aggr_stats_for(one) is True
    assert of_table(client, parted, ["n"]) == {"n": long(1, 9)}


def test_many_clients_write_partitions_at_once(client, parted):
    of = client.get_table(parted, "t")
    names = [f"ds=p{number}" for number in range(34)]
    client.add_partitions([partition(of, [name[3:]]) for name in names])

    def write(name):
        with connection() as own:
            return own.update_partition_column_statistics(statistics(parted, EACH, name))

    with concurrent.futures.ThreadPoolExecutor(34) as pool:
        assert all(pool.map(write, names))
    assert of_partitions(client, parted, EACH, names, engine="hive") == {name: EACH for name in names}
