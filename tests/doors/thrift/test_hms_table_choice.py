# SPDX-License-Identifier: Apache-2.0
"""Goal: clients read some members of some tables: named ones, those that match patterns of databases and tables, with what
they may do with each. Method: requests with a projection, with patterns, and with capabilities."""
import pytest
from thriftpy2.thrift import TApplicationException

from hms_client import hms, table, unique


def chosen(client, database, *fields, **request):
    wanted = hms.GetTablesRequest(dbName=database, projectionSpec=hms.GetProjectionsSpec(fieldList=list(fields)), **request)
    return client.get_table_objects_by_name_req(wanted).tables


def test_only_the_named_members_are_answered(client, database):
    client.create_table(table(database, "t"))
    (found,) = chosen(client, database, "sd.location", tblNames=["t"])
    assert (found.tableName, found.dbName, found.catName, found.parameters) == (None, None, None, None)
    assert found.sd.location.endswith("/t") and found.sd.cols is None and found.sd.serdeInfo is None
    (found,) = chosen(client, database, "dbName", "tablename", "owner", "tableType", tblNames=["t"])
    assert (found.dbName, found.tableName, found.owner, found.tableType) == (database, "t", "ann", "MANAGED_TABLE")
    assert found.sd is None and found.createTime > 0
    (found,) = chosen(client, database, "sd.serdeInfo.serializationLib", tblNames=["t"])
    assert found.sd.serdeInfo.serializationLib and found.sd.serdeInfo.parameters is None and found.sd.location is None


@pytest.mark.parametrize("field", ["parameters", "partitionKeys.name", "sd", "sd.cols.name", "sd.serdeInfo.parameters"])
def test_who_names_a_list_or_a_map_gets_the_whole_table(client, database, field):
    client.create_table(table(database, "t"))
    (found,) = chosen(client, database, field, tblNames=["t"])
    assert found == client.get_table(database, "t")


def test_no_names_are_all_members_and_unknown_ones_are_refused(client, database):
    client.create_table(table(database, "t"))
    assert chosen(client, database, tblNames=["t"]) == [client.get_table(database, "t")]
    for spec in (hms.GetProjectionsSpec(fieldList=["nothing"]), hms.GetProjectionsSpec(excludeParamKeyPattern="foo"),
                 hms.GetProjectionsSpec(fieldList=["tableName"], includeParamKeyPattern="foo%")):
        with pytest.raises((hms.MetaException, hms.InvalidOperationException)):
            client.get_table_objects_by_name_req(hms.GetTablesRequest(dbName=database, tblNames=["t"], projectionSpec=spec))


def test_patterns_go_over_databases_and_tables(client):
    prefix = unique("many")
    for suffix in ("_a", "_b"):
        client.create_database(hms.Database(name=prefix + suffix))
        for name in ("t1", "t2", "u"):
            client.create_table(table(prefix + suffix, name))
    found = chosen(client, f"{prefix}*", "dbName", "tableName", tablesPattern="t*")
    assert [(each.dbName, each.tableName) for each in found] == [
        (prefix + suffix, name) for suffix in ("_a", "_b") for name in ("t1", "t2")]
    assert chosen(client, f"{prefix}_none*", "tableName", tablesPattern="*") == []
    with pytest.raises(hms.UnknownDBException):
        chosen(client, f"{prefix}*", "tableName", tablesPattern="*", catName="no_such_catalog")
    assert [each.tableName for each in chosen(client, f"{prefix}_b", "tableName", tablesPattern="U")] == ["u"]
    for suffix in ("_a", "_b"):
        client.drop_database(prefix + suffix, True, True)


def test_who_says_what_it_can_is_told_what_it_may(client, database):
    client.create_table(table(database, "t"))
    request = hms.GetTablesRequest(dbName=database, tblNames=["t"], processorCapabilities=["EXTREAD"])
    asked = hms.GetTableRequest(dbName=database, tblName="t", processorCapabilities=["EXTREAD"])
    expected = client.get_table_req(asked).table.accessType
    assert client.get_table_objects_by_name_req(request).tables[0].accessType == expected
    for fields, answer in ((1, expected), (2, None)):
        (info,) = client.get_tables_ext(hms.GetTablesExtRequest(catalog="hive", database=database, tableNamePattern="*",
                                                               requestedFields=fields, processorCapabilities=["EXTREAD"]))
        assert (info.tblName, info.accessType) == ("t", answer)


def test_without_names_and_pattern_nothing_can_be_found(client, database):
    with pytest.raises((hms.InvalidOperationException, TApplicationException)):
        chosen(client, database, "tableName")
