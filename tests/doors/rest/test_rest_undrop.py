# SPDX-License-Identifier: Apache-2.0
"""Goal: what HMS clients have put on an Iceberg table (column statistics, constraints) comes back with it.

Method: written and read through the Thrift door, tables dropped through either door or with their database, and taken back
through the management API.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "thrift"))
import hms_client  # noqa: E402

hms = hms_client.hms
FLAGS = {"enable_cstr": False, "validate_cstr": False, "rely_cstr": True}


@pytest.fixture
def hive(skep, monkeypatch):
    monkeypatch.setenv("SKEP_THRIFT_URL", f"127.0.0.1:{skep.thrift_port}")
    client = hms_client.connect()
    yield client
    client.close()


@pytest.fixture
def tables(rest, hive, namespace):
    """A parent and a child with statistics, a primary key, a foreign key and a check; what is to be seen of them."""
    for name in ("parent", "child"):
        rest.create_table(namespace, name)
        low_high = hms.LongColumnStatsData(lowValue=-2**63, highValue=2**63 - 1, numNulls=3, numDVs=4)
        described = hms.ColumnStatisticsDesc(isTblLevel=True, dbName=namespace, tableName=name, catName="hive")
        measured = hms.ColumnStatisticsObj(colName="id", colType="bigint", statsData=hms.ColumnStatisticsData(longStats=low_high))
        assert hive.update_table_column_statistics(hms.ColumnStatistics(statsDesc=described, statsObj=[measured], engine="hive"))
    hive.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[hms.SQLPrimaryKey(
        table_db=namespace, table_name="parent", column_name="id", key_seq=1, pk_name="pk", catName="hive", **FLAGS)]))
    hive.add_foreign_key(hms.AddForeignKeyRequest(foreignKeyCols=[hms.SQLForeignKey(
        pktable_db=namespace, pktable_name="parent", pkcolumn_name="id", fktable_db=namespace, fktable_name="child",
        fkcolumn_name="id", key_seq=1, update_rule=1, delete_rule=2, fk_name="fk", pk_name="pk", catName="hive", **FLAGS)]))
    hive.add_check_constraint(hms.AddCheckConstraintRequest(checkConstraintCols=[hms.SQLCheckConstraint(
        table_db=namespace, table_name="child", column_name="id", check_expression="id > 0", dc_name="ck", catName="hive",
        **FLAGS)]))
    return {name: seen(hive, namespace, name) for name in ("parent", "child")}


def seen(hive, namespace, name):
    constraints = hive.get_all_table_constraints(
        hms.AllTableConstraintsRequest(dbName=namespace, tblName=name, catName="hive")).allTableConstraints
    request = hms.TableStatsRequest(dbName=namespace, tblName=name, colNames=["id"], engine="hive")
    return hive.get_table_statistics_req(request).tableStats, constraints


def undrop(rest, namespace, name):
    answer = rest.post(f"/management/v1/hive/namespaces/{namespace}/undrop", {"name": name})
    assert answer.status_code == 200, answer.text


def assert_there(tables):
    statistics, constraints = tables["child"]
    assert statistics[0].statsData.longStats.highValue == 2**63 - 1
    assert [key.fk_name for key in constraints.foreignKeys] == ["fk"]
    assert [check.check_expression for check in constraints.checkConstraints] == ["id > 0"]
    assert [key.pk_name for key in tables["parent"][1].primaryKeys] == ["pk"]


@pytest.mark.parametrize("order", [["parent", "child"], ["child", "parent"]])
def test_statistics_and_constraints_come_back_with_their_tables(rest, hive, namespace, tables, order):
    assert_there(tables)
    assert rest.delete(f"/v1/namespaces/{namespace}/tables/child").status_code == 204
    hive.drop_table(namespace, "parent", False)
    undrop(rest, namespace, order[0])
    # a foreign key needs both tables
    assert not seen(hive, namespace, order[0])[1].foreignKeys
    undrop(rest, namespace, order[1])
    assert {name: seen(hive, namespace, name) for name in tables} == tables


def test_a_foreign_key_comes_back_with_the_table_that_it_refers_to(rest, hive, namespace, tables):
    assert rest.delete(f"/v1/namespaces/{namespace}/tables/parent").status_code == 204
    assert not seen(hive, namespace, "child")[1].foreignKeys
    undrop(rest, namespace, "parent")
    assert {name: seen(hive, namespace, name) for name in tables} == tables


def test_they_come_back_after_their_database_was_dropped(rest, hive, namespace, tables):
    hive.drop_database(namespace, False, True)
    rest.create_namespace(namespace)
    for name in tables:
        undrop(rest, namespace, name)
    assert {name: seen(hive, namespace, name) for name in tables} == tables
