# SPDX-License-Identifier: Apache-2.0
"""Goal: procedures and packages are kept, replaced and dropped with their database. Method: each method against a running
server."""
import pytest

from hms_client import hms, message_of, unique


def procedure(database, name, source="BEGIN END"):
    return hms.StoredProcedure(name=name, dbName=database, catName="hive", ownerName="ann", source=source)


def of(database, name):
    return hms.StoredProcedureRequest(catName="hive", dbName=database, procName=name)


def package(database, name, header="h", body="b"):
    return hms.AddPackageRequest(
        catName="hive", dbName=database, packageName=name, ownerName="ann", header=header, body=body)


def test_a_procedure_is_made_and_replaced(client, database):
    client.create_stored_procedure(procedure(database, "P1"))
    client.create_stored_procedure(procedure(database, "p1", "BEGIN PRINT 1; END"))
    found = client.get_stored_procedure(of(database.upper(), "P1"))
    assert (found.name, found.dbName, found.catName, found.ownerName) == ("p1", database, "hive", "ann")
    assert found.source == "BEGIN PRINT 1; END"
    client.create_stored_procedure(procedure(database, "a"))
    request = hms.ListStoredProcedureRequest(catName="hive", dbName=database)
    assert client.get_all_stored_procedures(request) == ["a", "p1"]
    assert "p1" in client.get_all_stored_procedures(hms.ListStoredProcedureRequest(catName="hive"))


def test_a_missing_procedure_is_told_by_its_name_but_dropped_in_silence(client, database):
    with pytest.raises(hms.NoSuchObjectException) as failure:
        client.get_stored_procedure(of(database, "x"))
    assert message_of(failure.value) == f"HPL/SQL StoredProcedure {database}.x does not exist"
    client.drop_stored_procedure(of(database, "x"))
    with pytest.raises(hms.NoSuchObjectException):
        client.create_stored_procedure(procedure("no_such_db", "x"))


def test_a_package_is_made_and_replaced(client, database):
    client.add_package(package(database, "Pack"))
    client.add_package(package(database, "pack", body="b2"))
    found = client.find_package(hms.GetPackageRequest(catName="hive", dbName=database, packageName="PACK"))
    assert (found.packageName, found.dbName, found.header, found.body) == ("pack", database, "h", "b2")
    request = hms.ListPackageRequest(catName="hive", dbName=database)
    assert client.get_all_packages(request) == ["pack"]
    client.drop_package(hms.DropPackageRequest(catName="hive", dbName=database, packageName="pack"))
    assert client.get_all_packages(request) == []
    with pytest.raises(hms.NoSuchObjectException) as failure:
        client.find_package(hms.GetPackageRequest(catName="hive", dbName=database, packageName="pack"))
    assert message_of(failure.value) == f"HPL/SQL package {database}.pack does not exist"
    with pytest.raises(hms.MetaException):
        client.add_package(package("no_such_db", "x"))


def test_a_database_with_procedures_is_dropped_with_cascade_alone(client):
    name = unique("db")
    client.create_database(hms.Database(name=name, parameters={}))
    client.create_stored_procedure(procedure(name, "p"))
    client.add_package(package(name, "q"))
    with pytest.raises(hms.InvalidOperationException):
        client.drop_database(name, True, False)
    client.drop_database(name, True, True)
    with pytest.raises(hms.NoSuchObjectException):
        client.get_stored_procedure(of(name, "p"))
