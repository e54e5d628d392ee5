# SPDX-License-Identifier: Apache-2.0
"""Goal: functions behave as an engine knows them from Hive. Method: each method against a running server, the class and
the words of every refusal included."""
import pytest

from hms_client import hms, message_of, table


def function(database, name, class_="org.example.Fn", **members):
    return hms.Function(**{
        "functionName": name, "dbName": database, "className": class_, "ownerName": "ann",
        "ownerType": hms.PrincipalType.USER, "createTime": 1, "functionType": hms.FunctionType.JAVA,
        "resourceUris": [], **members,
    })


def test_a_function_comes_back_as_it_was_made(client, database):
    jar = hms.ResourceUri(resourceType=hms.ResourceType.JAR, uri="hdfs:///tmp/a.jar")
    archive = hms.ResourceUri(resourceType=hms.ResourceType.ARCHIVE, uri="")
    client.create_function(function(database, "Fn_1", resourceUris=[jar, archive]))
    made = client.get_function(database.upper(), "FN_1")
    assert (made.functionName, made.dbName, made.catName) == ("fn_1", database, "hive")
    assert (made.className, made.ownerName, made.ownerType) == ("org.example.Fn", "ann", hms.PrincipalType.USER)
    assert made.createTime > 1 and made.functionType == hms.FunctionType.JAVA
    assert made.resourceUris == [jar, archive]


def test_lists_follow_patterns(client, database):
    for name in ("find_a", "find_b", "hidden"):
        client.create_function(function(database, name))
    assert client.get_functions(database, "*IND*") == ["find_a", "find_b"]
    assert client.get_functions(database, "find_a|hid*") == ["find_a", "hidden"]
    assert client.get_functions(database, None) == ["find_a", "find_b", "hidden"]
    assert client.get_functions(database, "") == []
    assert client.get_functions("no_such_db", "*") == []
    everything = client.get_all_functions().functions
    assert [f.functionName for f in everything if f.dbName == database] == ["find_a", "find_b", "hidden"]
    named = client.get_functions_req(hms.GetFunctionsRequest(dbName=database, pattern="find*", returnNames=True))
    assert named.function_names == ["find_a", "find_b"]
    whole = client.get_functions_req(hms.GetFunctionsRequest(dbName=database, pattern="find*", returnNames=False))
    assert [f.className for f in whole.functions] == ["org.example.Fn"] * 2


def test_what_is_missing_or_taken_is_told_in_hives_words(client, database):
    client.create_function(function(database, "fn"))
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.create_function(function(database, "FN"))
    assert message_of(raised.value) == "Function FN already exists"
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.create_function(function("nodb", "fn"))
    assert message_of(raised.value) == "There is no database hive.nodb"
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_function(database, "zz")
    assert message_of(raised.value) == f"Function {database}.zz does not exist"
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.drop_function(database, "zz")
    assert message_of(raised.value) == "Function zz does not exist"


@pytest.mark.parametrize("member,exception", [
    ("functionName", "MetaException"), ("dbName", "MetaException"), ("ownerType", "MetaException"),
    ("functionType", "MetaException"), ("className", "InvalidObjectException"),
])
def test_a_function_without_a_member_is_refused(client, database, member, exception):
    with pytest.raises(getattr(hms, exception)):
        client.create_function(function(database, "fn", **{member: None}) if member not in ("functionName", "dbName")
                               else function(None if member == "dbName" else database,
                                             None if member == "functionName" else "fn"))


def test_names_and_databases_that_are_not_given_are_refused(client, database):
    for name in ("", "a;b", "a b"):
        with pytest.raises(hms.InvalidObjectException):
            client.create_function(function(database, name))
    for call in (client.get_function, client.drop_function):
        for arguments in ((None, "fn"), (database, None)):
            with pytest.raises(hms.MetaException):
                call(*arguments)
    with pytest.raises(hms.MetaException):
        client.get_functions(None, "*")


def test_altering_may_rename_and_says_what_is_wrong_as_a_meta_exception(client, database):
    client.create_function(function(database, "fn"))
    made = client.get_function(database, "fn").createTime
    client.alter_function(database, "FN", function(database, "gn", "org.example.Other", ownerName="bob"))
    altered = client.get_function(database, "gn")
    assert (altered.className, altered.ownerName, altered.createTime) == ("org.example.Other", "bob", made)
    assert client.get_functions(database, "*") == ["gn"]
    client.create_function(function(database, "hn"))
    for target, new in (("nope", function(database, "x")), ("gn", function(database, "hn")),
                        ("gn", function("nodb", "gn")), ("gn", function(database, "a b"))):
        with pytest.raises(hms.MetaException):
            client.alter_function(database, target, new)


def test_a_database_with_functions_goes_only_by_cascade(client, database):
    client.create_function(function(database, "fn"))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.drop_database(database, True, False)
    assert message_of(raised.value) == f"Database {database} is not empty. One or more functions exist."
    client.create_table(table(database, "t"))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.drop_database(database, True, False)
    assert message_of(raised.value) == f"Database {database} is not empty. One or more tables exist."
    client.drop_database(database, True, True)
    with pytest.raises(hms.NoSuchObjectException):
        client.get_function(database, "fn")
