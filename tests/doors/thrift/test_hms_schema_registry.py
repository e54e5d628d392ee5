# SPDX-License-Identifier: Apache-2.0
"""Goal: schemas, their versions and serialisers are kept as clients gave them. Method: each method against a running
server."""
import pytest

from hms_client import hms, message_of, unique


def schema(database, name, **members):
    return hms.ISchema(
        schemaType=2, name=name, catName="hive", dbName=database, compatibility=2, validationLevel=1, canEvolve=True, **members
    )


def name_of(database, name):
    return hms.ISchemaName(catName="hive", dbName=database, schemaName=name)


def version(database, schema_name, number, *columns, **members):
    cols = [hms.FieldSchema(name=n, type=t, comment=c) for n, t, c in columns]
    return hms.SchemaVersion(schema=name_of(database, schema_name), version=number, createdAt=10, cols=cols, **members)


def descriptor(database, name, number):
    return hms.SchemaVersionDescriptor(schema=name_of(database, name), version=number)


@pytest.fixture
def kept(client, database):
    client.create_ischema(schema(database, "Orders", schemaGroup="g", description="d"))
    return database


def test_a_schema_is_kept_with_a_folded_name(client, kept):
    found = client.get_ischema(name_of(kept.upper(), "ORDERS"))
    assert (found.name, found.dbName, found.catName) == ("orders", kept, "hive")
    assert (found.schemaType, found.compatibility, found.validationLevel, found.canEvolve) == (2, 2, 1, True)
    assert (found.schemaGroup, found.description) == ("g", "d")


def test_a_second_schema_of_a_name_is_refused(client, kept):
    with pytest.raises(hms.AlreadyExistsException):
        client.create_ischema(schema(kept, "orders"))


def test_a_schema_needs_its_database(client):
    with pytest.raises(hms.NoSuchObjectException):
        client.create_ischema(schema("no.such.database", "s"))


def test_alter_changes_all_but_name_and_type(client, kept):
    after = hms.ISchema(schemaType=1, name="other", catName="hive", dbName=kept, compatibility=4, validationLevel=2,
                        canEvolve=False, schemaGroup="h")
    client.alter_ischema(hms.AlterISchemaRequest(name=name_of(kept, "orders"), newSchema=after))
    found = client.get_ischema(name_of(kept, "orders"))
    assert (found.schemaType, found.compatibility, found.validationLevel, found.canEvolve) == (2, 4, 2, False)
    assert (found.schemaGroup, found.description) == ("h", None)


def test_a_missing_schema_is_told_by_its_name(client, database):
    for call in (
        lambda: client.get_ischema(name_of(database, "nope")),
        lambda: client.drop_ischema(name_of(database, "nope")),
        lambda: client.alter_ischema(
            hms.AlterISchemaRequest(name=name_of(database, "nope"), newSchema=schema(database, "nope"))),
        lambda: client.add_schema_version(version(database, "nope", 1, ("a", "int", None))),
    ):
        with pytest.raises(hms.NoSuchObjectException) as failure:
            call()
        assert message_of(failure.value) == (
            f"No schema named ISchemaName(catName:hive, dbName:{database}, schemaName:nope) exists")


def test_a_version_comes_back_whole(client, kept):
    serde = hms.SerDeInfo(name=unique("serde"), serializationLib="lib", parameters={"a": "b"}, description="sd",
                          serializerClass="S", deserializerClass="D", serdeType=2)
    client.add_schema_version(version(kept, "orders", 1, ("A", "int", "first"), ("b", "Struct<X:int>", None), state=1,
                                      description="d", schemaText="text", fingerprint="f", name="n", serDe=serde))
    found = client.get_schema_version(descriptor(kept, "orders", 1))
    assert [(c.name, c.type, c.comment) for c in found.cols] == [("a", "int", "first"), ("b", "Struct<X:int>", None)]
    assert (found.version, found.createdAt, found.state) == (1, 10, 1)
    assert (found.description, found.schemaText, found.fingerprint, found.name) == ("d", "text", "f", "n")
    assert found.serDe == serde
    assert client.get_serde(hms.GetSerdeRequest(serdeName=serde.name)) == serde


def test_the_latest_version_is_the_one_of_the_highest_number(client, kept):
    for number in (1, 7, 3):
        client.add_schema_version(version(kept, "orders", number, (f"c{number}", "int", None)))
    latest = client.get_schema_latest_version(name_of(kept, "orders"))
    assert (latest.version, latest.cols[0].name, latest.state, latest.serDe) == (7, "c7", None, None)
    assert [v.version for v in client.get_schema_all_versions(name_of(kept, "orders"))] == [1, 3, 7]
    with pytest.raises(hms.AlreadyExistsException):
        client.add_schema_version(version(kept, "orders", 3))


def test_a_schema_without_versions_has_no_latest_one(client, kept):
    for call in (client.get_schema_latest_version, client.get_schema_all_versions):
        with pytest.raises(hms.NoSuchObjectException):
            call(name_of(kept, "orders"))
        with pytest.raises(hms.NoSuchObjectException):
            call(name_of("bogus", "orders"))


def test_a_schema_with_versions_is_not_dropped(client, kept):
    client.add_schema_version(version(kept, "orders", 1))
    with pytest.raises(hms.InvalidOperationException) as failure:
        client.drop_ischema(name_of(kept, "orders"))
    assert message_of(failure.value) == "Schema orders cannot be dropped, it has at least one valid version"
    client.drop_schema_version(descriptor(kept, "orders", 1))
    with pytest.raises(hms.NoSuchObjectException):
        client.drop_schema_version(descriptor(kept, "orders", 1))
    client.drop_ischema(name_of(kept, "orders"))
    with pytest.raises(hms.NoSuchObjectException):
        client.get_ischema(name_of(kept, "orders"))


def test_versions_are_found_by_their_columns(client, kept):
    mark = unique("mark")
    client.add_schema_version(version(kept, "orders", 1, (mark.upper(), "int", "x")))
    client.add_schema_version(version(kept, "orders", 2, (mark, "bigint", None), ("z", "int", mark)))

    def numbers(**wanted):
        found = client.get_schemas_by_cols(hms.FindSchemasByColsRqst(**wanted))
        return [(d.schema.dbName, d.schema.schemaName, d.version) for d in found.schemaVersions]

    assert numbers(colName=mark) == [(kept, "orders", 1), (kept, "orders", 2)]
    assert numbers(colName=mark, type="bigint") == [(kept, "orders", 2)]
    assert numbers(colNamespace=mark) == [(kept, "orders", 2)]
    assert numbers(colName=mark, colNamespace="y") == []
    with pytest.raises(hms.MetaException):
        numbers(type="int")


def test_a_state_is_set_and_an_unknown_one_refused(client, kept):
    client.add_schema_version(version(kept, "orders", 1))
    client.set_schema_version_state(
        hms.SetSchemaVersionStateRequest(schemaVersion=descriptor(kept, "orders", 1), state=4))
    assert client.get_schema_version(descriptor(kept, "orders", 1)).state == 4
    with pytest.raises(hms.NoSuchObjectException):
        client.set_schema_version_state(
            hms.SetSchemaVersionStateRequest(schemaVersion=descriptor(kept, "orders", 2), state=4))
    with pytest.raises(hms.MetaException):
        client.set_schema_version_state(
            hms.SetSchemaVersionStateRequest(schemaVersion=descriptor(kept, "orders", 1), state=99))


def test_a_version_is_mapped_to_a_registered_serialiser(client, kept):
    serde = hms.SerDeInfo(name=unique("Serde"), serializationLib="lib", parameters={})
    client.add_serde(serde)
    with pytest.raises(hms.AlreadyExistsException):
        client.add_serde(serde)
    client.add_schema_version(version(kept, "orders", 1))

    def map_to(number, name):
        client.map_schema_version_to_serde(
            hms.MapSchemaVersionToSerdeRequest(schemaVersion=descriptor(kept, "orders", number), serdeName=name))

    map_to(1, serde.name)
    assert client.get_schema_version(descriptor(kept, "orders", 1)).serDe == serde
    for number, name in ((2, serde.name), (1, "no such serde")):
        with pytest.raises(hms.NoSuchObjectException):
            map_to(number, name)


def test_a_missing_serialiser_is_told_by_its_name(client):
    with pytest.raises(hms.NoSuchObjectException) as failure:
        client.get_serde(hms.GetSerdeRequest(serdeName="Nope"))
    assert message_of(failure.value) == "No serde named Nope exists"


def test_a_schema_keeps_its_database_from_being_dropped(client, kept):
    with pytest.raises(hms.InvalidOperationException):
        client.drop_database(kept, False, False)


def test_a_cascading_drop_takes_schemas_with_it(client):
    name = unique("db")
    client.create_database(hms.Database(name=name, parameters={}))
    client.create_ischema(schema(name, "s"))
    client.add_schema_version(version(name, "s", 1, ("a", "int", None)))
    client.drop_database(name, True, True)
    with pytest.raises(hms.NoSuchObjectException):
        client.get_ischema(name_of(name, "s"))
