# SPDX-License-Identifier: Apache-2.0
"""Goal: tables behave as an engine knows them from Hive, compare-and-swap included. Method: each method against a running
server, the class and the words of every refusal included."""
import threading

import pytest

from hms_client import TApplicationException, columns, connection, context, hms, message_of, table

MISSING = "hive.{}.{} table not found"


def missing(database, name="nope"):
    return MISSING.format(database, name)


# --- create and read ---


def test_a_table_comes_back_with_what_hive_fills_in(client, database):
    client.create_table(table(database.upper(), "T1", keys=[("ds", "string")], parameters={"K": "v"}))
    made = client.get_table(database, "T1")
    assert (made.tableName, made.dbName, made.catName) == ("t1", database, "hive")
    assert made.owner == "ann" and made.ownerType == hms.PrincipalType.USER
    assert made.createTime > 0 and made.id > 0
    assert made.parameters["K"] == "v"
    assert made.parameters["transient_lastDdlTime"].isdigit()
    assert made.sd.location.endswith(f"/{database}.db/t1")
    assert [(c.name, c.type, c.comment) for c in made.sd.cols] == [("id", "bigint", None), ("v", "string", None)]
    assert [c.name for c in made.partitionKeys] == ["ds"]
    assert made.sd.parameters == {} and made.sd.bucketCols == [] and made.sd.sortCols == []
    assert made.sd.skewedInfo.skewedColNames == [] and made.sd.storedAsSubDirectories is False
    assert made.sd.serdeInfo.name is None
    assert made.temporary is False and made.rewriteEnabled is False
    assert made.privileges is None and made.colStats is None and made.accessType is None
    again = client.get_table_req(hms.GetTableRequest(dbName=database, tblName="T1", catName="hive")).table
    assert again == made


def test_every_way_to_create_makes_the_same_table(client, database):
    client.create_table(table(database, "a"))
    client.create_table_with_environment_context(table(database, "b"), context(DO_NOT_UPDATE_STATS="true"))
    client.create_table_with_constraints(table(database, "c"), [], [], [], [], [], [])
    client.create_table_req(hms.CreateTableRequest(table=table(database, "d")))
    assert client.get_all_tables(database) == ["a", "b", "c", "d"]
    first = client.get_table(database, "a")
    for name in "bcd":
        other = client.get_table(database, name)
        assert other.sd.cols == first.sd.cols and other.tableType == first.tableType


def test_refusals_of_create_are_those_of_hive(client, database):
    client.create_table(table(database, "e1"))
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.create_table(table(database, "E1"))
    assert message_of(raised.value).lower() == f"table hive.{database}.e1 already exists"
    with pytest.raises(hms.InvalidObjectException):
        client.create_table(table("nodb", "t"))
    with pytest.raises(hms.InvalidObjectException):
        client.create_table(table(database, "t", cols=columns(("a", "nosuch"))))
    twice = columns(("a", "int"), ("A", "int"))
    for broken in (
        table(database, "t", cols=twice),
        table(database, None),
        hms.Table(tableName="t", dbName=database),
        hms.Table(),
        table(database, "x" * 65536),
        table(database, ""),
    ):
        with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
            client.create_table(broken)
    assert client.get_all_tables(database) == ["e1"]


def test_what_is_missing_is_told_in_hives_words(client, database):
    request = hms.GetTableRequest(dbName=database, tblName="nope")
    drop = hms.DropTableRequest(dbName=database, tableName="nope")
    for call in (
        lambda: client.get_table(database, "nope"),
        lambda: client.get_table_req(request),
        lambda: client.drop_table(database, "nope", True),
        lambda: client.drop_table_with_environment_context(database, "nope", True, context()),
        lambda: client.drop_table_req(drop),
    ):
        with pytest.raises(hms.NoSuchObjectException) as raised:
            call()
        assert message_of(raised.value) == missing(database)
    with pytest.raises(hms.NoSuchObjectException):
        client.get_table("nodb", "nope")
    for call in (client.get_fields, client.get_schema):
        with pytest.raises(hms.UnknownTableException) as raised:
            call(database, "nope")
        assert message_of(raised.value) == missing(database)


def test_several_tables_are_read_at_once_and_unknown_names_skipped(client, database):
    for name in "abc":
        client.create_table(table(database, name))
    found = client.get_table_objects_by_name(database, ["c", "nope", "A"])
    assert sorted(each.tableName for each in found) == ["a", "c"]
    request = hms.GetTablesRequest(dbName=database, tblNames=["b"], catName="hive")
    assert [each.tableName for each in client.get_table_objects_by_name_req(request).tables] == ["b"]
    assert client.get_table_objects_by_name(database, []) == []
    with pytest.raises(hms.UnknownDBException) as raised:
        client.get_table_objects_by_name_req(hms.GetTablesRequest(dbName="nodb", tblNames=["b"]))
    assert message_of(raised.value) == "Could not find database hive.nodb: database hive.nodb"
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.get_table_objects_by_name_req(hms.GetTablesRequest(dbName=database))
    assert message_of(raised.value) == f"{database} cannot find null tables"
    with pytest.raises(TApplicationException) as raised:
        client.get_table_objects_by_name("nodb", ["b"])
    assert raised.value.type == TApplicationException.INTERNAL_ERROR


def test_names_are_listed_by_pattern_type_and_description(client, database):
    client.create_table(table(database, "t1"))
    client.create_table(table(database, "t2", parameters={"EXTERNAL": "TRUE", "comment": "far"}, type_="EXTERNAL_TABLE"))
    view = table(database, "v1", type_="VIRTUAL_VIEW")
    view.viewOriginalText = view.viewExpandedText = "select 1"
    client.create_table(view)
    assert client.get_all_tables(database) == ["t1", "t2", "v1"]
    assert client.get_tables(database, "T*") == ["t1", "t2"]
    assert client.get_tables(database, "t1|v*") == ["t1", "v1"]
    assert client.get_tables_by_type(database, "*", "VIRTUAL_VIEW") == ["v1"]
    assert client.get_tables_by_type(f"@hive#{database}", "*", "EXTERNAL_TABLE") == ["t2"]
    assert client.get_all_tables("nodb") == []
    with pytest.raises(hms.MetaException):
        client.get_tables_by_type(database, "*", "NO_SUCH_TYPE")
    described = {each.tableName: each for each in client.get_table_meta(database, "*", [])}
    assert sorted(described) == ["t1", "t2", "v1"]
    assert described["t2"].comments == "far" and described["t2"].dbName == database
    assert described["v1"].tableType == "VIRTUAL_VIEW" and described["t1"].ownerName == "ann"
    assert [each.tableName for each in client.get_table_meta(database, "*", ["VIRTUAL_VIEW"])] == ["v1"]
    assert client.get_table_meta("nodb", "*", None) == []
    extended = client.get_tables_ext(
        hms.GetTablesExtRequest(catalog="hive", database=database, tableNamePattern="t*", requestedFields=1, limit=1)
    )
    assert [each.tblName for each in extended] == ["t1"]
    assert client.get_materialized_views_for_rewriting(database) == []


def test_filters_over_tables_join_their_conditions(client, database):
    client.create_table(table(database, "a", parameters={"Kind": "north.west", "n": "1", "table_type": "ICEBERG"}))
    client.create_table(table(database, "b", parameters={"kind": "north", "n": "2"}))
    client.create_table(table(database, "c", parameters={"EXTERNAL": "TRUE", "kind": "south"}, type_="EXTERNAL_TABLE"))
    kind, params = "hive_filter_field_params__kind", "hive_filter_field_params__"
    for filter_, names in (
        (f'{kind} = "north"', ["b"]),
        (f'{kind} like "north.*"', ["a", "b"]),
        (f'{kind} like "north.west" and {params}n = "1"', ["a"]),
        (f'{kind} like ".*th"', ["b", "c"]),
        (f'{kind} = "north" or {kind} = "south"', ["b", "c"]),
        (f'({kind} = "north" or {kind} = "south") and hive_filter_field_tabletype__ = "EXTERNAL_TABLE"', ["c"]),
        (f'{kind} <> "north"', ["a", "c"]),
        (f'{kind} = "north_"', []),
        (f'{kind} = "north" and {kind} = "south"', []),
        (f'{params}metadata_location like "s3.*"', []),
        ('hive_filter_field_owner__ = "ann" and hive_filter_field_tablename__ = "c"', ["c"]),
        ('hive_filter_field_owner__ like "a.*" and hive_filter_field_tabletype__ like "MANAGED.*"', ["a", "b"]),
        ('hive_filter_field_owner__ = "an"', []),
        (f'{params}TABLE_TYPE like "ICEBERG"', ["a"]),
    ):
        assert client.get_table_names_by_filter(database, filter_, -1) == names, filter_


def test_iceberg_tables_are_found_by_their_parameter(client, database):
    client.create_table(table(database, "plain", parameters={"a": "1"}))
    client.create_table(table(database, "ice", parameters={"table_type": "ICEBERG-LIKE", "a": "2"}))
    for filter_ in ('hive_filter_field_params__table_type like "ICEBERG.*"', 'hive_filter_field_params__a = "2"'):
        assert client.get_table_names_by_filter(database, filter_, -1) == ["ice"]
    assert client.get_table_names_by_filter(database, 'hive_filter_field_owner__ = "ann"', 1) == ["ice"]
    assert client.get_table_names_by_filter(database, 'hive_filter_field_owner__ = "ann"', 0) == []
    with pytest.raises((hms.MetaException, hms.InvalidOperationException)):
        client.get_table_names_by_filter(database, 'hive_filter_field_params__a > "1"', -1)
    with pytest.raises((hms.MetaException, hms.InvalidOperationException)):
        client.get_table_names_by_filter(database, "nonsense ((", -1)


def test_columns_come_with_and_without_the_partition_keys(client, database):
    client.create_table(table(database, "t", keys=[("ds", "string")]))
    assert [c.name for c in client.get_fields(database, "t")] == ["id", "v"]
    assert [c.name for c in client.get_schema(database, "t")] == ["id", "v", "ds"]
    assert [c.name for c in client.get_schema_with_environment_context(database, "t", context())] == ["id", "v", "ds"]
    fields = client.get_fields_req(hms.GetFieldsRequest(dbName=database, tblName="t")).fields
    assert [c.name for c in fields] == ["id", "v"]


def test_a_view_keeps_its_text_and_has_no_place(client, database):
    view = table(database, "v", type_="VIRTUAL_VIEW")
    view.viewOriginalText, view.viewExpandedText = "select 1", "select 1 as one"
    client.create_table(view)
    made = client.get_table(database, "v")
    assert (made.viewOriginalText, made.viewExpandedText) == ("select 1", "select 1 as one")
    assert made.sd.location is None and made.tableType == "VIRTUAL_VIEW"


# --- alter ---


def test_altering_replaces_parameters_and_columns_and_keeps_the_identity(client, database):
    client.create_table(table(database, "t", parameters={"old": "1"}))
    before = client.get_table(database, "t")
    changed = client.get_table(database, "t")
    changed.parameters = {"new": "2"}
    changed.sd.cols = before.sd.cols + columns(("extra", "double"))
    client.alter_table(database, "t", changed)
    after = client.get_table(database, "t")
    assert (after.id, after.createTime) == (before.id, before.createTime)
    assert "old" not in after.parameters and after.parameters["new"] == "2"
    assert [c.name for c in after.sd.cols] == ["id", "v", "extra"]


def test_a_new_name_renames_within_and_across_databases(client, database):
    other = database + "_b"
    client.create_database(hms.Database(name=other))
    client.create_table(table(database, "a"))
    client.create_table(table(database, "taken"))
    moved = client.get_table(database, "a")
    identity = moved.id
    moved.tableName = "B"
    client.alter_table_with_environment_context(database, "a", moved, context())
    assert client.get_all_tables(database) == ["b", "taken"]
    moved = client.get_table(database, "b")
    moved.tableName = "taken"
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.alter_table(database, "b", moved)
    assert message_of(raised.value) == f"new table {database}.taken already exists"
    moved.tableName, moved.dbName = "c", other
    client.alter_table(database, "b", moved)
    assert client.get_table(other, "c").id == identity
    moved.dbName = "nodb"
    with pytest.raises(hms.InvalidOperationException):
        client.alter_table(other, "c", moved)
    client.drop_database(other, True, True)


def test_altering_a_missing_table_is_an_invalid_operation(client, database):
    request = hms.AlterTableRequest(dbName=database, tableName="nope", table=table(database, "nope"))
    for call in (
        lambda: client.alter_table(database, "nope", table(database, "nope")),
        lambda: client.alter_table_with_cascade(database, "nope", table(database, "nope"), True),
        lambda: client.alter_table_req(request),
    ):
        with pytest.raises(hms.InvalidOperationException) as raised:
            call()
        assert message_of(raised.value) == missing(database)


def test_column_types_change_only_where_they_may(client, database):
    client.create_table(table(database, "t", cols=columns(("a", "int"))))
    changed = client.get_table(database, "t")
    changed.sd.cols = columns(("a", "bigint"))
    client.alter_table(database, "t", changed)
    changed.sd.cols = columns(("a", "date"))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.alter_table(database, "t", changed)
    assert "incompatible" in message_of(raised.value)
    client.setMetaConf("hive.metastore.disallow.incompatible.col.type.changes", "false")
    client.alter_table(database, "t", changed)
    assert client.get_fields(database, "t")[0].type == "date"


def test_a_column_that_rows_are_bucketed_by_is_renamed_in_both_places(client, database):
    bucketed = table(database, "b")
    bucketed.sd.bucketCols, bucketed.sd.numBuckets = ["id"], 4
    client.create_table(bucketed)
    changed = client.get_table(database, "b")
    changed.sd.cols[0].name = "number"
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.alter_table(database, "b", changed)
    assert message_of(raised.value) == "Bucket columns - [id] doesn't match with any table columns"
    changed.sd.bucketCols = ["Number"]
    client.alter_table(database, "b", changed)
    assert client.get_table(database, "b").sd.cols[0].name == "number"


def test_partition_keys_stay(client, database):
    client.create_table(table(database, "t", keys=[("ds", "string")]))
    changed = client.get_table(database, "t")
    changed.partitionKeys[0].name = "other"
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.alter_table(database, "t", changed)
    assert "partition keys can not be changed" in message_of(raised.value)


# --- compare-and-swap ---


def swap(client, database, expected, new, key="pointer", how="context"):
    changed = client.get_table(database, "t")
    changed.parameters["pointer"] = new
    pair = {"expected_parameter_key": key, "expected_parameter_value": expected}
    if how == "context":
        client.alter_table_with_environment_context(database, "t", changed, context(**pair))
        return
    request = hms.AlterTableRequest(dbName=database, tableName="t", table=changed)
    if how == "request":
        request.expectedParameterKey, request.expectedParameterValue = key, expected
    else:
        request.environmentContext = context(**pair)
    client.alter_table_req(request)


@pytest.mark.parametrize("how", ["context", "request", "context of the request"])
def test_a_swap_needs_the_value_that_is_there(client, database, how):
    client.create_table(table(database, "t", parameters={"pointer": "one"}))
    swap(client, database, "one", "two", how=how)
    assert client.get_table(database, "t").parameters["pointer"] == "two"
    with pytest.raises(hms.MetaException) as raised:
        swap(client, database, "one", "three", how=how)
    assert message_of(raised.value).startswith(
        "The table has been modified. The parameter value for key 'pointer' is 'two'. "
        "The expected was value was 'one'"
    )
    assert client.get_table(database, "t").parameters["pointer"] == "two"


def test_a_swap_of_a_key_that_is_not_set_anew_is_refused(client, database):
    client.create_table(table(database, "t", parameters={"pointer": "one"}))
    with pytest.raises(hms.MetaException) as raised:
        swap(client, database, "x", "two", key="other")
    assert message_of(raised.value) == "New value for expected key other is not set"
    unset = client.get_table(database, "t")
    unset.parameters["fresh"] = "1"
    pair = {"expected_parameter_key": "fresh", "expected_parameter_value": "0"}
    with pytest.raises(hms.MetaException) as raised:
        client.alter_table_with_environment_context(database, "t", unset, context(**pair))
    assert "'fresh' is 'null'" in message_of(raised.value)


def test_a_key_or_a_value_alone_makes_an_ordinary_change(client, database):
    client.create_table(table(database, "t", parameters={"pointer": "one"}))
    for pair in ({"expected_parameter_key": "pointer"}, {"expected_parameter_value": "nothing like it"}):
        changed = client.get_table(database, "t")
        changed.parameters["pointer"] += "+"
        client.alter_table_with_environment_context(database, "t", changed, context(**pair))
    assert client.get_table(database, "t").parameters["pointer"] == "one++"


def test_of_many_swaps_from_one_base_exactly_one_succeeds(client, database):
    client.create_table(table(database, "t", parameters={"pointer": "base"}))
    outcomes = []

    def compete(number):
        with connection() as mine:
            try:
                swap(mine, database, "base", f"new{number}")
                outcomes.append(f"new{number}")
            except hms.MetaException as error:
                assert "The table has been modified" in message_of(error)

    threads = [threading.Thread(target=compete, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 1
    assert client.get_table(database, "t").parameters["pointer"] == outcomes[0]


# --- drop ---


def test_a_dropped_table_is_gone_by_each_method(client, database):
    for name in "abc":
        client.create_table(table(database, name))
    client.drop_table(database, "A", True)
    client.drop_table_with_environment_context(database, "b", False, context(ifPurge="TRUE"))
    client.drop_table_req(hms.DropTableRequest(dbName=database, tableName="c", deleteData=True, catalogName="hive"))
    assert client.get_all_tables(database) == []


def test_statistics_of_a_table_without_any_are_empty(client, database):
    client.create_table(table(database, "t"))
    request = hms.TableStatsRequest(dbName=database, tblName="t", colNames=["id"])
    assert client.get_table_statistics_req(request).tableStats == []
    request.tblName = "nope"
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_table_statistics_req(request)
    assert message_of(raised.value) == f"Specified catalog.database.table does not exist : hive.{database}.nope"
    with pytest.raises(hms.NoSuchObjectException):
        client.get_table_column_statistics(database, "t", "id")
