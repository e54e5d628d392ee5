# SPDX-License-Identifier: Apache-2.0
"""Goal: constraints are kept as they were declared and go with their tables. Method: each method against a running
server."""
import pytest

from hms_client import TApplicationException, hms, message_of, table

FLAGS = {"enable_cstr": False, "validate_cstr": False, "rely_cstr": True}


@pytest.fixture
def tables(client, database):
    for name in ("parent", "child"):
        client.create_table(table(database, name))
    return database


def key(database, column, seq=1, name=None, of="parent"):
    return hms.SQLPrimaryKey(
        table_db=database, table_name=of, column_name=column, key_seq=seq, pk_name=name, catName="hive", **FLAGS
    )


def foreign(database, name="fk1"):
    return hms.SQLForeignKey(
        pktable_db=database, pktable_name="PARENT", pkcolumn_name="id", fktable_db=database, fktable_name="child",
        fkcolumn_name="ID", key_seq=1, update_rule=1, delete_rule=2, fk_name=name, pk_name="pk1", catName="hive", **FLAGS,
    )


def others(database, of="child"):
    common = {"catName": "hive", "table_db": database, "table_name": of, **FLAGS}
    return (
        hms.SQLUniqueConstraint(column_name="v", key_seq=1, uk_name="u1", **common),
        hms.SQLNotNullConstraint(column_name="id", nn_name=None, **common),
        hms.SQLDefaultConstraint(column_name="v", default_value="'x'", dc_name="d1", **common),
        hms.SQLCheckConstraint(column_name="id", check_expression="id > 0", dc_name="c1", **common),
    )


def primary_keys(client, database, of="parent"):
    return client.get_primary_keys(hms.PrimaryKeysRequest(db_name=database, tbl_name=of, catName="hive")).primaryKeys


def foreign_keys(client, **names):
    return client.get_foreign_keys(hms.ForeignKeysRequest(catName="hive", **names)).foreignKeys


def everything(client, database, of="child"):
    request = hms.AllTableConstraintsRequest(dbName=database, tblName=of, catName="hive")
    return client.get_all_table_constraints(request).allTableConstraints


def test_a_primary_key_keeps_its_columns_in_order_under_one_name(client, tables):
    client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(tables, "ID", 1), key(tables, "v", 2)]))
    kept = primary_keys(client, tables.upper(), "Parent")
    assert [(k.column_name, k.key_seq, k.table_db, k.table_name) for k in kept] == [
        ("id", 1, tables, "parent"), ("v", 2, tables, "parent")]
    assert kept[0].pk_name and kept[0].pk_name == kept[1].pk_name
    assert (kept[0].enable_cstr, kept[0].validate_cstr, kept[0].rely_cstr) == (False, False, True)
    with pytest.raises(hms.MetaException) as raised:
        client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(tables, "id")]))
    assert message_of(raised.value) == f" Primary key already exists for: hive.{tables}.parent"
    assert len(primary_keys(client, tables)) == 2


def test_foreign_keys_are_found_from_either_side_and_end_with_the_parent(client, tables):
    client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(tables, "id", name="pk1")]))
    client.add_foreign_key(hms.AddForeignKeyRequest(foreignKeyCols=[foreign(tables)]))
    both = {"parent_db_name": tables, "parent_tbl_name": "parent", "foreign_db_name": tables, "foreign_tbl_name": "child"}
    for names in (both, {k: v for k, v in both.items() if "parent" in k}, {k: v for k, v in both.items() if "foreign" in k}):
        kept = foreign_keys(client, **names)
        assert [(k.fk_name, k.pktable_name, k.pkcolumn_name, k.fktable_name, k.fkcolumn_name) for k in kept] == [
            ("fk1", "parent", "id", "child", "id")]
        assert (kept[0].update_rule, kept[0].delete_rule, kept[0].pk_name) == (1, 2, "pk1")
    client.drop_table(tables, "parent", True)
    assert foreign_keys(client, foreign_db_name=tables, foreign_tbl_name="child") == []


def test_every_kind_is_kept_and_dropped_by_name(client, tables):
    unique, not_null, default, check = others(tables)
    client.add_unique_constraint(hms.AddUniqueConstraintRequest(uniqueConstraintCols=[unique]))
    client.add_not_null_constraint(hms.AddNotNullConstraintRequest(notNullConstraintCols=[not_null]))
    client.add_default_constraint(hms.AddDefaultConstraintRequest(defaultConstraintCols=[default]))
    client.add_check_constraint(hms.AddCheckConstraintRequest(checkConstraintCols=[check]))
    request = {"catName": "hive", "db_name": tables, "tbl_name": "child"}
    assert client.get_unique_constraints(hms.UniqueConstraintsRequest(**request)).uniqueConstraints == [unique]
    assert client.get_default_constraints(hms.DefaultConstraintsRequest(**request)).defaultConstraints == [default]
    assert client.get_check_constraints(hms.CheckConstraintsRequest(**request)).checkConstraints == [check]
    named = client.get_not_null_constraints(hms.NotNullConstraintsRequest(**request)).notNullConstraints[0].nn_name
    assert named.startswith("nn_")
    client.drop_constraint(hms.DropConstraintRequest(dbname=tables, tablename="child", constraintname="D1"))
    client.drop_constraint(hms.DropConstraintRequest(dbname=tables, tablename="child", constraintname=named))
    kept = everything(client, tables)
    assert (kept.uniqueConstraints, kept.checkConstraints) == ([unique], [check])
    assert (kept.primaryKeys, kept.foreignKeys, kept.notNullConstraints, kept.defaultConstraints) == ([], [], [], [])
    with pytest.raises(TApplicationException):
        client.drop_constraint(hms.DropConstraintRequest(dbname=tables, tablename="child", constraintname="d1"))


def test_a_missing_table_has_no_constraints_and_takes_none(client, database):
    request = hms.NotNullConstraintsRequest(catName="hive", db_name=database, tbl_name="nope")
    assert client.get_not_null_constraints(request).notNullConstraints == []
    assert primary_keys(client, "no_such_db", "nope") == []
    with pytest.raises(TApplicationException) as raised:
        client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(database, "id", of="nope")]))
    assert f"hive.{database}.nope table not found" in str(raised.value), "Hive raises what it does not declare"


def test_a_table_is_made_with_its_constraints_or_not_at_all(client, tables):
    unique, not_null, default, check = others(tables, "made")
    client.create_table_with_constraints(
        table(tables, "made"), [key(tables, "id", of="made")], [], [unique], [not_null], [default], [check])
    kept = everything(client, tables, "made")
    assert [len(kept.primaryKeys), len(kept.uniqueConstraints), len(kept.notNullConstraints)] == [1, 1, 1]
    assert (kept.defaultConstraints, kept.checkConstraints) == ([default], [check])
    homeless = foreign(tables)
    homeless.fktable_name, homeless.pktable_name = "half", "nope"
    with pytest.raises((hms.NoSuchObjectException, hms.MetaException, hms.InvalidObjectException)):
        client.create_table_with_constraints(table(tables, "half"), [], [homeless], [], [], [], [])
    assert "half" not in client.get_all_tables(tables)
    client.create_table_req(hms.CreateTableRequest(table=table(tables, "half"), primaryKeys=[key(tables, "v", of="half")]))
    assert [k.column_name for k in primary_keys(client, tables, "half")] == ["v"]


def test_constraints_follow_a_renamed_table(client, tables):
    client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(tables, "id", name="PK1")]))
    renamed = client.get_table(tables, "parent")
    renamed.tableName = "other"
    client.alter_table(tables, "parent", renamed)
    assert [(k.table_name, k.pk_name) for k in primary_keys(client, tables, "other")] == [("other", "pk1")]


def test_a_foreign_key_points_to_a_primary_key_or_to_unique_columns(client, tables):
    add = hms.AddForeignKeyRequest(foreignKeyCols=[foreign(tables)])
    with pytest.raises(hms.MetaException) as raised:
        client.add_foreign_key(add)
    assert "no corresponding primary key or unique key" in message_of(raised.value)
    client.add_primary_key(hms.AddPrimaryKeyRequest(primaryKeyCols=[key(tables, "v", name="pk1")]))
    with pytest.raises(hms.MetaException):
        client.add_foreign_key(add)
    unique = others(tables)[0]
    unique.table_name, unique.column_name = "parent", "id"
    client.add_unique_constraint(hms.AddUniqueConstraintRequest(uniqueConstraintCols=[unique]))
    client.add_foreign_key(add)
    assert len(foreign_keys(client, parent_db_name=tables, parent_tbl_name="parent")) == 1


def test_names_are_taken_once_in_a_table_and_columns_must_be_there(client, tables):
    _, not_null, default, _ = others(tables)
    not_null.nn_name = "same"
    client.add_not_null_constraint(hms.AddNotNullConstraintRequest(notNullConstraintCols=[not_null]))
    default.dc_name = "SAME"
    with pytest.raises(TApplicationException) as raised:
        client.add_default_constraint(hms.AddDefaultConstraintRequest(defaultConstraintCols=[default]))
    assert "Constraint name already exists: same" in str(raised.value)
    default.dc_name, default.column_name = "other", "nope"
    with pytest.raises(TApplicationException) as raised:
        client.add_default_constraint(hms.AddDefaultConstraintRequest(defaultConstraintCols=[default]))
    assert "Column not found: nope" in str(raised.value)
    assert everything(client, tables).defaultConstraints == []


def test_a_check_may_be_of_the_whole_table(client, tables):
    check = others(tables)[3]
    check.column_name = None
    client.add_check_constraint(hms.AddCheckConstraintRequest(checkConstraintCols=[check]))
    kept = everything(client, tables).checkConstraints
    assert [(each.column_name, each.check_expression) for each in kept] == [(None, check.check_expression)]


def test_a_table_that_is_refused_leaves_no_grants_and_no_constraints(client, tables):
    select = hms.PrivilegeGrantInfo(privilege="select", createTime=0, grantor="ann", grantorType=hms.PrincipalType.USER)
    half = table(tables, "half")
    half.privileges = hms.PrincipalPrivilegeSet(userPrivileges={"ann": [select]})
    unknown = others(tables, "half")[1]
    unknown.column_name = "nope"
    with pytest.raises(hms.InvalidObjectException):
        client.create_table_with_constraints(half, [key(tables, "id", of="half")], [], [], [unknown], [], [])
    half.privileges.userPrivileges["ann"].append(select)
    with pytest.raises(hms.InvalidObjectException) as raised:
        client.create_table(half)
    assert "select is already granted" in message_of(raised.value)
    assert "half" not in client.get_all_tables(tables)
    del half.privileges.userPrivileges["ann"][1]
    client.create_table(half)
    on = hms.HiveObjectRef(objectType=hms.HiveObjectType.TABLE, dbName=tables, objectName="half")
    assert [each.principalName for each in client.list_privileges(None, hms.PrincipalType.USER, on)] == ["ann"]
    assert primary_keys(client, tables, "half") == []
