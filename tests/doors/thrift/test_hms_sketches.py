# SPDX-License-Identifier: Apache-2.0
"""Goal: sketches of distinct values and histograms are kept for the clients that want them, distinct values are counted by
sketches where there are any, and writers in parallel never wait for one another's connection. Method: a server of its own
that Hive's own file makes answer with sketches, with two PostgreSQL connections for sixteen workers; sketches that Hive made."""
import base64
import concurrent.futures
import os
import time

import pytest

from hms_client import connect, hms, partition, table, unique

# HyperLogLogs of Hive 4.0.1 over the longs 0..99 and 50..149.
ONE = base64.b64decode(
    "SExMoGRkgp3odYD9//L//////wG/pMSRAcD89+8DgpeM3fz/////Af7Yu9wCwrTFygH+xuWa/v////8BgL/v+wGF2fzj+v////8B"
    "u++pxP//////AYGBvv3//////wHAiICeBL//4oL8/////wHD9tPFA/3lotX7/////wGA1O/LAsG0hawBv5nSg/3/////AYPM09cC"
    "/r66hv7/////AYDZ3+/9/////wGAk6DJAYDhoIQDwJTPxvz/////AYDfjYYDv6q/tf3/////AYGas0X/rru8BMKFi7v8/////wGA"
    "2b/VAoCNoc79/////wH+pfyd/f////8Bw9+y+wL/y4++/f////8B/vH9QILhwvH+/////wHAwsGyAr628tMDwN/v9fz/////AYGC"
    "xIQEwrnIkPr/////Ab+ssJIBvpyei///////AYKBw/wD//imtgH/oJOJ+/////8BweybtgOCqJrs+/////8B/8OQ9QXBy+/M+P//"
    "//8BvoWXmATCn6fxAr20jfP+/////wGB3dmBAf+7/uz9/////wGB1qKnAf/AhPf9/////wGAzZjp/f////8Bw93a9QS+jsfY+///"
    "//8Bg5famf//////AYDFgO0B/ZnVZYGL+638/////wGA9J/P//////8Bwcfvjga/vM6J+v////8BvqrshgWAgdACwenq0f//////"
    "AcqI6+f7/////wG24fTtAsGwuLgCv5zYiAG/zKOu+f////8BwKHa+ATBgtSh/P////8B/7qz4P3/////AcOG0/IDvqWafMDkroz7"
    "/////wG/kJxEgP/38P//////AcKw0rkBvpnma8GNk5cCgKaA6///////Ab/Biob+/////wHCnPyL/v////8BvuTjjAWAwMiA+v//"
    "//8BwJbP3wfA65CS/P////8BgfPtff+Rq4n7/////wHApY7bAoCuue8CgPHHQ8DirlQ="
)
OTHER = base64.b64decode(
    "SExMoGRkwb6s+gGB2P7fAoiG2BW77r61//////8B/PLTwwPA5/Cb//////8Bhdn84/r/////AbvvqcT//////wGAiaEegefsj///"
    "////Ab+t1K8BgJylpwGAztev/v////8Bw5qXkgG+8PbL//////8Bv8KBiQLBip80gLjPx/3/////Af+uu7wEwoWLu/z/////Af/u"
    "iTeA9sC2AoH09Of//////wH+sp3s+v////8BwNXOiwWC1vOt+/////8B/pyXkQGCuarR/v////8BwYPukAT9u6beAcCa6Y/7////"
    "/wGCgcP8A//4prYB/9jVsP3/////AYS30qIBvumxzQHBy+/M+P////8B/pG20P//////AcCTwc4D/8nbrAGBlsTM//////8BgtOn"
    "2f3/////Ab3ci26AmsjWA4PWq1O9tI3z/v////8Bgd3ZgQGAkqGU//////8Bwuv3Vb2a1ab//////wGB9PGx/P////8BwaWJ3wLC"
    "ttGn/v////8B/7TeqwL93bWKAYGHwa/9/////wGBg9mV/P////8BxbSOzwH59q26A4Gsjeb9/////wGBpfjU/P////8Bxu7O9v//"
    "////Abmn+Ur/pKvxAcHH0bkBwbC4uAK+itav//////8BxKm8lv3/////Ab+anl6/2LGe//////8B/4O1FoCgs2vAja/o+/////8B"
    "/6CahgOCn8zo/v////8Bvpnma4GU8vX+/////wHA+aChA7/NlMr+/////wHB2OugAb/Biob+/////wHCnPyL/v////8B/vSELYHN"
    "4ssCv+LElPz/////AcCWz98HgO6fuPj/////AYKMpK8H/v+Sgvz/////AcDxuSiB8urE/P////8BgIGDuQT/kauJ+/////8BwKWO"
    "2wLCkay+A76cjbH//////wGA8cdDgcez4P3/////AYDg3vT8/////wH/6b1H"
)


@pytest.fixture(scope="module")
def own(skepd_factory, tmp_path_factory):
    site = tmp_path_factory.mktemp("site") / "metastore-site.xml"
    keys = {
        "metastore.stats.fetch.bitvector": "true", "hive.stats.fetch.kll": "true",
        "hive.metastore.event.expiry.duration": "1s",
    }
    properties = "".join(f"<property><name>{key}</name><value>{value}</value></property>" for key, value in keys.items())
    site.write_text(f"<configuration>{properties}</configuration>")
    settings = {"SKEP_DATABASE_CONNECTIONS": "2", "SKEP_WORKERS": "16"}
    return skepd_factory(environment=settings, arguments=["--hive-site", str(site)]).start()


@pytest.fixture
def sketching(own, monkeypatch):
    monkeypatch.setenv("SKEP_THRIFT_URL", f"127.0.0.1:{own.thrift_port}")
    client = connect()
    yield client
    client.close()


@pytest.fixture
def parted(sketching):
    name = unique("db")
    sketching.create_database(hms.Database(name=name, parameters={}))
    sketching.create_table(table(name, "t", keys=[("ds", "string")]))
    of = sketching.get_table(name, "t")
    sketching.add_partitions([partition(of, [str(day)]) for day in range(16)])
    return name


def column_of(client, database):
    return client.get_table(database, "t").sd.cols[0]


def statistics(client, database, partition_name, **members):
    column = column_of(client, database)
    made = hms.LongColumnStatsData(**{"numNulls": 0, "numDVs": 0, "lowValue": 0, "highValue": 0, **members})
    desc = hms.ColumnStatisticsDesc(
        isTblLevel=partition_name is None, dbName=database, tableName="t", partName=partition_name
    )
    data = hms.ColumnStatisticsData(longStats=made)
    return hms.ColumnStatistics(
        statsDesc=desc, statsObj=[hms.ColumnStatisticsObj(colName=column.name, colType=column.type, statsData=data)],
        engine="hive",
    )


def of_partition(client, database, name):
    request = hms.PartitionsStatsRequest(
        dbName=database, tblName="t", colNames=[column_of(client, database).name], partNames=[name], engine="hive"
    )
    return client.get_partitions_statistics_req(request).partStats[name][0].statsData.longStats


def test_sketches_and_histograms_come_back_byte_for_byte(sketching, parted):
    histogram = bytes(range(256))
    sent = statistics(sketching, parted, "ds=1", numDVs=7, bitVectors=b"opaque\x00\xff", histogram=histogram)
    sketching.update_partition_column_statistics(sent)
    found = of_partition(sketching, parted, "ds=1")
    assert (found.bitVectors, found.histogram, found.numDVs) == (b"opaque\x00\xff", histogram, 7)


def test_merging_counts_distinct_values_by_the_joined_sketch(sketching, parted):
    sketching.update_partition_column_statistics(statistics(sketching, parted, "ds=1", numDVs=100, bitVectors=ONE))
    sent = statistics(sketching, parted, "ds=1", numDVs=100, bitVectors=OTHER)
    assert sketching.set_aggr_stats_for(hms.SetPartitionsStatsRequest(colStats=[sent], needMerge=True, engine="hive"))
    found = of_partition(sketching, parted, "ds=1")
    assert found.numDVs == 150 and found.bitVectors.startswith(b"HLL")
    without = statistics(sketching, parted, "ds=1", numDVs=120)
    sketching.set_aggr_stats_for(hms.SetPartitionsStatsRequest(colStats=[without], needMerge=True, engine="hive"))
    found = of_partition(sketching, parted, "ds=1")
    assert found.numDVs == 150 and found.bitVectors is None, "a sketch that has not seen all values is no longer true"


def test_the_sum_over_partitions_counts_by_sketches(sketching, parted):
    for name, sketch in (("ds=1", ONE), ("ds=2", OTHER)):
        sketching.update_partition_column_statistics(
            statistics(sketching, parted, name, numDVs=100, bitVectors=sketch)
        )
    request = hms.PartitionsStatsRequest(
        dbName=parted, tblName="t", colNames=[column_of(sketching, parted).name], partNames=["ds=1", "ds=2"]
    )
    assert sketching.get_aggr_stats_for(request).colStats[0].statsData.longStats.numDVs == 150


def test_sixteen_writers_of_one_table_share_two_connections(sketching, parted):
    """As Trino's ANALYZE: one call for each partition, all at once, several rounds; merging reads and writes."""
    sent = [statistics(sketching, parted, f"ds={day}", numDVs=100, bitVectors=ONE) for day in range(16)]

    def write(one):
        client = connect()
        try:
            for _ in range(5):
                request = hms.SetPartitionsStatsRequest(colStats=[one], needMerge=True, engine="hive")
                assert client.set_aggr_stats_for(request)
            return of_partition(client, parted, one.statsDesc.partName).numDVs
        finally:
            client.close()

    assert os.environ["SKEP_THRIFT_URL"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(write, sent)) == [100] * 16


def test_sixteen_writers_of_the_same_partitions_in_any_order_do_not_deadlock(sketching, parted):
    names = [f"ds={day}" for day in range(16)]

    def write(turn):
        client = connect()
        try:
            order = names[turn:] + names[:turn]
            sent = [statistics(client, parted, name, numDVs=turn) for name in order]
            request = hms.SetPartitionsStatsRequest(colStats=sent, needMerge=True, engine="hive")
            return client.set_aggr_stats_for(request)
        finally:
            client.close()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(write, range(16)))
    assert of_partition(sketching, parted, "ds=3").numDVs == 15


def test_a_mark_on_a_partition_ends_when_the_file_says(sketching, parted):
    done = hms.PartitionEventType.LOAD_DONE
    sketching.markPartitionForEvent(parted, "t", {"ds": "1"}, done)
    deadline = time.monotonic() + 30
    while sketching.isPartitionMarkedForEvent(parted, "t", {"ds": "1"}, done):
        assert time.monotonic() < deadline
        time.sleep(0.1)
