# SPDX-License-Identifier: Apache-2.0
"""Goal: databases behave as an engine knows them from Hive, in the old methods and in the request forms. Method: each
method against a running server, the class and the words of every refusal included."""
import pytest
import requests

from hms_client import connection, hms, message_of, table, unique


def test_the_default_database_is_there_and_stays(client):
    default = client.get_database("default")
    assert (default.name, default.catalogName) == ("default", "hive")
    assert default.locationUri and default.type == hms.DatabaseType.NATIVE
    with pytest.raises((hms.MetaException, hms.InvalidOperationException)):
        client.drop_database("default", False, False)


def test_a_database_is_created_with_what_hive_fills_in(client):
    name = unique("filled")
    client.create_database(hms.Database(name=name.upper(), description="d", parameters={"K": "v"}))
    made = client.get_database(name)
    client.drop_database(name, True, False)
    assert made.name == name
    assert made.description == "d"
    assert made.parameters == {"K": "v"}
    assert made.locationUri.endswith(f"/{name}.db")
    assert made.catalogName == "hive"
    assert made.createTime > 0
    assert made.managedLocationUri is None and made.privileges is None
    assert made.ownerType == hms.PrincipalType.USER


def test_names_fold_and_may_carry_the_catalog(client, database):
    assert client.get_database(database.upper()).name == database
    assert client.get_database(f"@hive#{database}").name == database
    assert database in client.get_databases("@hive#")
    assert client.get_databases("@hive#!") == []
    assert client.get_databases(f"@hive#{database[:-1]}*") != []
    with pytest.raises(hms.NoSuchObjectException):
        client.get_database(f"@nocat#{database}")


def test_patterns_list_in_order(client):
    names = [unique("pat") for _ in range(3)]
    for name in names:
        client.create_database(hms.Database(name=name))
    assert [n for n in client.get_all_databases() if n in names] == sorted(names)
    assert client.get_databases("|".join(names[:2])) == sorted(names[:2])
    assert client.get_databases(names[0][:-1] + ".") == [n for n in sorted(names) if n[:-1] == names[0][:-1]]
    assert client.get_databases("no_such_*") == []
    for name in names:
        client.drop_database(name, True, False)


def test_creating_twice_is_refused(client, database):
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.create_database(hms.Database(name=database))
    assert message_of(raised.value) == f"Database {database} already exists"


@pytest.mark.parametrize("name", ["", "a#b", "taeble\u00e4", "a\x1fb", "x" * 65536])
def test_a_name_that_no_database_can_have_is_refused(client, name):
    with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
        client.create_database(hms.Database(name=name))
    assert client.getName()


def test_a_missing_name_is_refused(client):
    with pytest.raises((hms.InvalidObjectException, hms.MetaException)):
        client.create_database(hms.Database())
    with pytest.raises(hms.MetaException):
        client.get_database(None)


def test_what_is_missing_is_told_in_hives_words(client):
    for call in (
        lambda: client.get_database("nope"),
        lambda: client.get_database_req(hms.GetDatabaseRequest(name="nope")),
        lambda: client.alter_database("nope", hms.Database(name="nope")),
        lambda: client.drop_database("nope", False, False),
        lambda: client.drop_database_req(
            hms.DropDatabaseRequest(name="nope", ignoreUnknownDb=False, deleteData=False, cascade=False)
        ),
    ):
        with pytest.raises(hms.NoSuchObjectException) as raised:
            call()
        assert message_of(raised.value) == "database hive.nope"
    client.drop_database_req(
        hms.DropDatabaseRequest(name="nope", ignoreUnknownDb=True, deleteData=False, cascade=False)
    )


def test_altering_replaces_all_but_the_name(client, database):
    old = client.get_database(database)
    old.description = "new words"
    old.parameters = {"b": "2"}
    old.ownerName, old.ownerType = "crew", hms.PrincipalType.GROUP
    old.name = "another_name"
    client.alter_database(database, old)
    new = client.get_database(database)
    assert (new.name, new.description, new.parameters) == (database, "new words", {"b": "2"})
    assert (new.ownerName, new.ownerType) == ("crew", hms.PrincipalType.GROUP)
    new.description = None
    new.parameters = {}
    client.alter_database_req(hms.AlterDatabaseRequest(oldDbName=database, newDb=new))
    assert client.get_database(database).parameters == {}


def test_parameters_named_like_members_are_kept_until_the_other_door_changes_the_member(client, skep):
    name, kept = unique("own"), {"owner": "apache", "comment": "c", "group": "iceberg"}
    client.create_database(hms.Database(name=name, description="d", parameters=kept, ownerName="root"))
    assert client.get_database(name).parameters == kept
    url = f"{skep.rest_url}/v1/namespaces/{name}"
    seen = requests.get(url, timeout=30).json()["properties"]
    assert (seen["owner"], seen["comment"], seen["group"]) == ("root", "d", "iceberg")
    change = {"updates": {"owner": "eve"}, "removals": ["comment"]}
    assert requests.post(f"{url}/properties", json=change, timeout=30).status_code == 200
    found = client.get_database(name)
    assert (found.ownerName, found.description or None, found.parameters) == ("eve", None, {"group": "iceberg"})
    client.drop_database(name, True, True)


def test_a_database_with_tables_goes_only_by_cascade(client, database):
    client.create_table(table(database, "t"))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.drop_database(database, True, False)
    assert "is not empty" in message_of(raised.value)
    client.drop_database(database, True, True)
    assert database not in client.get_all_databases()


def test_the_request_forms_do_the_same(client):
    name = unique("req")
    client.create_database_req(
        hms.CreateDatabaseRequest(databaseName=name, description="r", parameters={"a": "1"}, ownerName="ann")
    )
    made = client.get_database_req(hms.GetDatabaseRequest(name=name, catalogName="hive"))
    assert (made.name, made.description, made.parameters, made.ownerName) == (name, "r", {"a": "1"}, "ann")
    listed = client.get_databases_req(hms.GetDatabaseObjectsRequest(pattern=name)).databases
    assert [each.name for each in listed] == [name]
    client.drop_database_req(
        hms.DropDatabaseRequest(name=name, catalogName="hive", ignoreUnknownDb=False, deleteData=True, cascade=False)
    )
    assert name not in client.get_all_databases()


def test_another_connection_sees_it_at_once(client, database):
    with connection() as other:
        assert other.get_database(database).name == database
