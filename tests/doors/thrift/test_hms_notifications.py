# SPDX-License-Identifier: Apache-2.0
"""Goal: every change is an event that clients of Hive's notifications can read. Method: changes through both doors of a
running server; messages are parsed as JSON, and the structs in them with the reader of Thrift's JSON protocol that
Apache's Python library has."""
import json
import os

import pytest
import requests
from thrift.protocol.TJSONProtocol import TJSONProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

from hms_client import TApplicationException, connection, hms, partition, table


BINARY = 18  # a type of its own only in thriftpy2


def value(protocol, type_, spec):
    """One value, of the types that thriftpy2 has made from the IDL, read with the reader of Apache's library."""
    if type_ == TType.STRUCT:
        return record(protocol, spec)
    if type_ in (TType.LIST, TType.SET):
        inner, inner_spec = spec if isinstance(spec, tuple) else (spec, None)
        _, size = protocol.readListBegin()
        read = [value(protocol, inner, inner_spec) for _ in range(size)]
        protocol.readListEnd()
        return read
    if type_ == TType.MAP:
        kinds = [each if isinstance(each, tuple) else (each, None) for each in spec]
        _, _, size = protocol.readMapBegin()
        read = [tuple(value(protocol, *kind) for kind in kinds) for _ in range(size)]
        protocol.readMapEnd()
        return dict(read)
    readers = {
        TType.BOOL: protocol.readBool, TType.BYTE: protocol.readByte, TType.I16: protocol.readI16,
        TType.I32: protocol.readI32, TType.I64: protocol.readI64, TType.DOUBLE: protocol.readDouble,
        TType.STRING: protocol.readString, BINARY: protocol.readBinary,
    }
    return readers[type_]()


def record(protocol, kind):
    read = kind()
    protocol.readStructBegin()
    while True:
        _, type_, number = protocol.readFieldBegin()
        if type_ == TType.STOP:
            break
        expected, name, *spec = kind.thrift_spec[number]
        assert type_ == (TType.STRING if expected == BINARY else expected), (kind, name)
        setattr(read, name, value(protocol, expected, spec[0] if len(spec) > 1 else None))
        protocol.readFieldEnd()
    protocol.readStructEnd()
    return read


def struct(kind, text):
    """The struct in a message. A field that the IDL does not have, or of another type, fails."""
    return record(TJSONProtocol(TMemoryBuffer(text.encode())), kind)


class Events:
    """What happened since this was made, in one database."""

    def __init__(self, client, database):
        self.client, self.database = client, database
        self.start = client.get_current_notificationEventId().eventId

    def all(self, **filters):
        request = hms.NotificationEventRequest(lastEvent=self.start, **filters)
        return self.client.get_next_notification(request).events

    def ours(self):
        return [e for e in self.all() if e.dbName == self.database]

    def types(self):
        return [e.eventType for e in self.ours()]

    def one(self, type_):
        found = [e for e in self.ours() if e.eventType == type_]
        assert len(found) == 1, self.types()
        assert found[0].messageFormat == "json-0.2"
        message = json.loads(found[0].message)
        assert (message["server"], message["servicePrincipal"]) == ("", "")
        assert message["timestamp"] == found[0].eventTime
        return found[0], message


@pytest.fixture
def events(client, database):
    return Events(client, database)


def test_numbers_have_no_gaps_and_the_last_one_is_the_current_one(client, database, events):
    for i in range(5):
        client.create_table(table(database, f"t{i}"))
    numbers = [e.eventId for e in events.all()]
    assert numbers == list(range(events.start + 1, events.start + 1 + len(numbers)))
    assert client.get_current_notificationEventId().eventId >= numbers[-1]
    assert events.all(maxEvents=2) == events.all()[:2]


def test_databases(client, database, events):
    changed = client.get_database(database)
    changed.parameters = {"k": "v"}
    client.alter_database(database, changed)
    client.drop_database(database, True, False)
    created = Events(client, database)
    client.create_database(hms.Database(name=database, parameters={"a": "b"}))
    _, message = created.one("CREATE_DATABASE")
    assert message["db"] == database
    assert struct(hms.Database, message["dbJson"]).parameters == {"a": "b"}
    _, message = events.one("ALTER_DATABASE")
    assert "k" not in (struct(hms.Database, message["dbObjBeforeJson"]).parameters or {})
    assert struct(hms.Database, message["dbObjAfterJson"]).parameters["k"] == "v"
    event, message = events.one("DROP_DATABASE")
    assert (event.dbName, event.catName, event.tableName) == (database, "hive", None)
    assert struct(hms.Database, message["dbJson"]).name == database


def test_tables(client, database, events):
    client.create_table(table(database, "t", keys=[("ds", "string")], parameters={"p": "1"}))
    changed = client.get_table(database, "t")
    changed.parameters["p"] = "2"
    client.alter_table(database, "t", changed)
    client.drop_table(database, "t", True)
    assert events.types() == ["CREATE_TABLE", "ALTER_TABLE", "DROP_TABLE"]
    event, message = events.one("CREATE_TABLE")
    assert (event.dbName, event.tableName, event.catName) == (database, "t", "hive")
    assert (message["db"], message["table"], message["tableType"]) == (database, "t", "MANAGED_TABLE")
    assert message["files"] == []
    made = struct(hms.Table, message["tableObjJson"])
    assert (made.parameters["p"], [c.name for c in made.partitionKeys]) == ("1", ["ds"])
    assert made.sd.location.endswith("/t") and [c.name for c in made.sd.cols] == ["id", "v"]
    _, message = events.one("ALTER_TABLE")
    assert message["isTruncateOp"] == "false"
    assert struct(hms.Table, message["tableObjBeforeJson"]).parameters["p"] == "1"
    assert struct(hms.Table, message["tableObjAfterJson"]).parameters["p"] == "2"
    _, message = events.one("DROP_TABLE")
    assert struct(hms.Table, message["tableObjJson"]).parameters["p"] == "2"


def test_a_table_in_an_event_is_the_table_that_get_table_answers(client, database, events):
    client.create_table(table(database, "same", keys=[("ds", "string")]))
    _, message = events.one("CREATE_TABLE")
    made = struct(hms.Table, message["tableObjJson"])
    found = client.get_table(database, "same")
    for name in ("tableName", "dbName", "owner", "createTime", "sd", "partitionKeys", "parameters", "tableType", "catName", "id"):
        assert getattr(made, name) == getattr(found, name), name


def test_a_rename_across_databases_has_both_names(client, database, events):
    other = database + "_2"
    client.create_database(hms.Database(name=other, parameters={}))
    try:
        client.create_table(table(database, "old"))
        moved = client.get_table(database, "old")
        moved.dbName, moved.tableName = other, "new"
        client.alter_table(database, "old", moved)
        event = next(e for e in events.all() if e.eventType == "ALTER_TABLE")
        message = json.loads(event.message)
        assert (event.dbName, event.tableName) == (other, "new")
        assert (message["db"], message["table"]) == (database, "old")
        before = struct(hms.Table, message["tableObjBeforeJson"])
        after = struct(hms.Table, message["tableObjAfterJson"])
        assert (before.dbName, before.tableName, after.dbName, after.tableName) == (database, "old", other, "new")
        for name, of in ((database, "old"), (other, "new")):
            found = events.all(dbName=name, tableNames=[of], catName="hive")
            assert "ALTER_TABLE" in [e.eventType for e in found]
    finally:
        client.drop_database(other, True, True)


def test_partitions(client, database, events):
    of = table(database, "p", keys=[("ds", "string"), ("n", "int")])
    client.create_table(of)
    of = client.get_table(database, "p")
    client.add_partitions([partition(of, ["a", "1"]), partition(of, ["b/c", "2"])])
    event, message = events.one("ADD_PARTITION")
    assert event.tableName == "p"
    assert message["partitions"] == [{"ds": "a", "n": "1"}, {"ds": "b/c", "n": "2"}]
    assert [f["partitionName"] for f in message["partitionFiles"]] == ["ds=a/n=1", "ds=b%2Fc/n=2"]
    first = struct(hms.Partition, message["partitionListJson"][0])
    found = client.get_partition(database, "p", ["a", "1"])
    for name in ("values", "dbName", "tableName", "createTime", "sd", "parameters", "catName"):
        assert getattr(first, name) == getattr(found, name), name
    found.parameters["x"] = "y"
    client.alter_partition(database, "p", found)
    _, message = events.one("ALTER_PARTITION")
    assert message["keyValues"] == {"ds": "a", "n": "1"} and message["isTruncateOp"] == "false"
    assert "x" not in struct(hms.Partition, message["partitionObjBeforeJson"]).parameters
    assert struct(hms.Partition, message["partitionObjAfterJson"]).parameters["x"] == "y"
    assert struct(hms.Table, message["tableObjJson"]).tableName == "p"
    client.drop_partition(database, "p", ["b/c", "2"], True)
    _, message = events.one("DROP_PARTITION")
    assert message["partitions"] == [{"ds": "b/c", "n": "2"}]


def test_a_renamed_partition_has_both_values(client, database, events):
    client.create_table(table(database, "p", keys=[("ds", "string")]))
    of = client.get_table(database, "p")
    client.add_partition(partition(of, ["a"]))
    renamed = client.get_partition(database, "p", ["a"])
    renamed.values = ["b"]
    client.rename_partition(database, "p", ["a"], renamed)
    _, message = events.one("ALTER_PARTITION")
    assert struct(hms.Partition, message["partitionObjBeforeJson"]).values == ["a"]
    assert struct(hms.Partition, message["partitionObjAfterJson"]).values == ["b"]


def test_altered_partitions_have_an_event_each_and_many_added_ones_few(client, database, events):
    client.create_table(table(database, "p", keys=[("n", "int")]))
    of = client.get_table(database, "p")
    client.add_partitions([partition(of, [str(n)]) for n in range(1500)])
    added = [json.loads(e.message)["partitions"] for e in events.ours() if e.eventType == "ADD_PARTITION"]
    assert [len(p) for p in added] == [1000, 500]
    assert {p["n"] for batch in added for p in batch} == {str(n) for n in range(1500)}
    client.alter_partitions(database, "p", client.get_partitions_by_names(database, "p", ["n=1", "n=2"]))
    assert events.types().count("ALTER_PARTITION") == 2


def test_truncated_partitions_say_so(client, database, events):
    client.create_table(table(database, "p", keys=[("n", "int")]))
    of = client.get_table(database, "p")
    client.add_partitions([partition(of, [n]) for n in "12"])
    client.truncate_table(database, "p", ["n=1"])
    event, message = events.one("ALTER_PARTITION")
    assert message["keyValues"] == {"n": "1"} and message["isTruncateOp"] == "true"


def test_functions(client, database, events):
    jar = hms.ResourceUri(resourceType=hms.ResourceType.JAR, uri="hdfs:///tmp/a.jar")
    client.create_function(hms.Function(
        functionName="fn", dbName=database, className="org.example.Fn", ownerName="ann", ownerType=hms.PrincipalType.USER,
        createTime=1, functionType=hms.FunctionType.JAVA, resourceUris=[jar]))
    client.drop_function(database, "fn")
    _, message = events.one("CREATE_FUNCTION")
    made = struct(hms.Function, message["functionObjJson"])
    assert (made.functionName, made.dbName, made.resourceUris) == ("fn", database, [jar])
    assert events.one("DROP_FUNCTION")[1]["functionName"] == "fn"


def test_constraints(client, database, events):
    client.create_table(table(database, "t"))
    flags = {"enable_cstr": False, "validate_cstr": False, "rely_cstr": True}
    keys = [
        hms.SQLPrimaryKey(table_db=database, table_name="t", column_name=c, key_seq=i, pk_name="pk", catName="hive", **flags)
        for i, c in enumerate(("id", "v"), 1)
    ]
    client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=keys))
    check = hms.SQLCheckConstraint(
        catName="hive", table_db=database, table_name="t", column_name="id", check_expression="id > 0", dc_name="c", **flags)
    client.add_check_constraint(hms.AddCheckConstraintRequest(checkConstraintCols=[check]))
    client.drop_constraint(hms.DropConstraintRequest(dbname=database, tablename="t", constraintname="pk"))
    event, message = events.one("ADD_PRIMARYKEY")
    assert (event.dbName, event.tableName) == (database, "t")
    assert [struct(hms.SQLPrimaryKey, text) for text in message["primaryKeyListJson"]] == keys
    _, message = events.one("ADD_CHECKCONSTRAINT")
    assert struct(hms.SQLCheckConstraint, message["checkConstraintListJson"][0]).check_expression == "id > 0"
    _, message = events.one("DROP_CONSTRAINT")
    assert (message["dbName"], message["tableName"], message["constraintName"]) == (database, "t", "pk")


def statistics(database, name, partition_name=None):
    data = hms.ColumnStatisticsData(longStats=hms.LongColumnStatsData(
        lowValue=-5, highValue=2**63 - 1, numNulls=0, numDVs=3, bitVectors=b"\x00\xffHL"))
    return hms.ColumnStatistics(
        statsDesc=hms.ColumnStatisticsDesc(
            isTblLevel=partition_name is None, dbName=database, tableName=name, partName=partition_name, catName="hive"),
        statsObj=[hms.ColumnStatisticsObj(colName="id", colType="bigint", statsData=data)])


def test_statistics(client, database, events):
    client.create_table(table(database, "t"))
    client.create_table(table(database, "p", keys=[("ds", "string")]))
    client.add_partition(partition(client.get_table(database, "p"), ["a"]))
    client.update_table_column_statistics(statistics(database, "t"))
    client.update_partition_column_statistics(statistics(database, "p", "ds=a"))
    client.delete_table_column_statistics(database, "t", "id", "hive")
    client.delete_partition_column_statistics(database, "p", "ds=a", "id", "hive")
    _, message = events.one("UPDATE_TBL_COL_STAT_EVENT")
    kept = struct(hms.ColumnStatistics, message["colStatsJson"])
    assert (message["database"], kept.statsDesc.tableName, kept.statsObj[0].colName) == (database, "t", "id")
    assert kept.statsObj[0].statsData.longStats.highValue == 2**63 - 1
    _, message = events.one("UPDATE_PART_COL_STAT_EVENT")
    assert message["partVals"] == ["a"]
    assert struct(hms.ColumnStatistics, message["colStatsJson"]).statsDesc.partName == "ds=a"
    assert events.one("DELETE_TBL_COL_STAT_EVENT")[1]["colName"] == "id"
    _, message = events.one("DELETE_PART_COL_STAT_EVENT")
    assert (message["colName"], message["partName"], message["partValues"]) == ("id", "ds=a", ["a"])


def insert(files, replace=None, **members):
    return hms.InsertEventRequestData(replace=replace, filesAdded=files, **members)


def test_inserts_that_clients_tell_of(client, database, events):
    client.create_table(table(database, "t"))
    data = insert(["file:/a/1", "file:/a/2"], True, filesAddedChecksum=["c1", "c2"], subDirectoryList=["", "sub"])
    answer = client.fire_listener_event(hms.FireEventRequest(
        successful=True, data=hms.FireEventRequestData(insertData=data), dbName=database.upper(), tableName="T"))
    event, message = events.one("INSERT")
    assert answer.eventIds == [event.eventId] and (event.dbName, event.tableName) == (database, "t")
    assert message["replace"] == "true" and message["files"] == ["file:/a/1###", "file:/a/2###sub"]
    assert struct(hms.Table, message["tableObjJson"]).tableName == "t" and "ptnObjJson" not in message


def test_inserts_into_several_partitions_at_once(client, database, events):
    client.create_table(table(database, "p", keys=[("ds", "string")]))
    of = client.get_table(database, "p")
    client.add_partitions([partition(of, ["a"]), partition(of, ["b"])])
    parts = [insert([f"file:/{v}/1"], False, partitionVal=[v]) for v in "ba"]
    answer = client.fire_listener_event(hms.FireEventRequest(
        successful=True, data=hms.FireEventRequestData(insertDatas=parts), dbName=database, tableName="p"))
    told = [e for e in events.ours() if e.eventType == "INSERT"]
    assert answer.eventIds == [e.eventId for e in told] and len(told) == 2
    assert [struct(hms.Partition, json.loads(e.message)["ptnObjJson"]).values for e in told] == [["b"], ["a"]]
    one = hms.FireEventRequest(successful=True, data=hms.FireEventRequestData(insertData=insert(["/x"], True)),
                               dbName=database, tableName="p", partitionVals=["a"])
    assert len(client.fire_listener_event(one).eventIds) == 1


def test_the_checksums_of_clients_of_2_3_are_not_taken_for_files(client, database, events):
    client.create_table(table(database, "t"))
    client.fire_listener_event(hms.FireEventRequest(
        successful=True, data=hms.FireEventRequestData(insertData=insert(["d41d8cd9"])), dbName=database, tableName="t"))
    assert events.one("INSERT")[1]["files"] == []


def test_a_request_to_read_anew(client, database, events):
    client.create_table(table(database, "t"))
    client.fire_listener_event(hms.FireEventRequest(
        successful=True, data=hms.FireEventRequestData(refreshEvent=True), dbName=database, tableName="t"))
    assert events.one("RELOAD")[1]["refreshEvent"] == "true"


def test_events_of_what_is_not_there_are_refused(client, database, events):
    client.create_table(table(database, "p", keys=[("ds", "string")]))
    data = hms.FireEventRequestData(insertData=insert(["/x"], True))
    for name, values in (("nope", None), ("p", ["nope"]), ("p", ["a", "b"])):
        with connection() as other, pytest.raises(TApplicationException):
            other.fire_listener_event(
                hms.FireEventRequest(successful=True, data=data, dbName=database, tableName=name, partitionVals=values))
    assert "INSERT" not in events.types()


def test_filters(client, database, events):
    for name in ("a", "b"):
        client.create_table(table(database, name))
    client.drop_table(database, "a", True)

    def found(**filters):
        return [(e.eventType, e.tableName) for e in events.all(**filters)]

    assert found(dbName=database.upper(), tableNames=["A"]) == [("CREATE_TABLE", "a"), ("DROP_TABLE", "a")]
    assert found(dbName=database, eventTypeSkipList=["CREATE_TABLE"]) == [("DROP_TABLE", "a")]
    assert found(dbName=database, eventTypeList=["CREATE_TABLE"]) == [("CREATE_TABLE", "a"), ("CREATE_TABLE", "b")]
    assert found(dbName=database, catName="nope") == [] and found(dbName="nope") == []
    assert found(dbName=database, maxEvents=1) == [("CREATE_TABLE", "a")]

    def count(**members):
        members = {"fromEventId": events.start, "dbName": database, **members}
        return client.get_notification_events_count(hms.NotificationEventsCountRequest(**members)).eventsCount

    assert (count(), count(tableNames=["b"]), count(limit=2), count(catName="nope")) == (3, 1, 2, 0)
    assert count(fromEventId=events.start + 1, toEventId=events.start + 2) <= 1
    assert count(dbName="*") >= 3


def test_changes_through_rest_are_events_of_the_same_log(client, database, events):
    base = f"{os.environ['SKEP_REST_URL']}/v1/hive/namespaces/{database}/tables"
    schema = {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "id", "required": False, "type": "long"}]}
    requests.post(base, json={"name": "ice", "schema": schema}, timeout=30).raise_for_status()
    update = {"requirements": [], "updates": [{"action": "set-properties", "updates": {"colour": "blue"}}]}
    requests.post(f"{base}/ice", json=update, timeout=30).raise_for_status()
    requests.delete(f"{base}/ice", timeout=30).raise_for_status()
    assert events.types() == ["CREATE_TABLE", "ALTER_TABLE", "DROP_TABLE"]
    _, message = events.one("ALTER_TABLE")
    before = struct(hms.Table, message["tableObjBeforeJson"])
    after = struct(hms.Table, message["tableObjAfterJson"])
    assert after.parameters["colour"] == "blue" and "colour" not in before.parameters
    assert after.parameters["previous_metadata_location"] == before.parameters["metadata_location"]
    assert [c.name for c in after.sd.cols] == ["id"]


def test_a_dropped_database_tells_of_all_that_was_in_it(client, database, events):
    client.create_table(table(database, "t"))
    client.drop_database(database, True, True)
    assert events.types() == ["CREATE_TABLE", "DROP_TABLE", "DROP_DATABASE"]
    _, message = events.one("DROP_TABLE")
    assert struct(hms.Table, message["tableObjJson"]).sd.cols
