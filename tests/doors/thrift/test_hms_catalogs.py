# SPDX-License-Identifier: Apache-2.0
"""Goal: catalogs other than `hive` behave as Hive's, and are warehouses of the REST door. Method: each method against a
running server, the class and the words of every refusal included."""
import os
import pathlib

import pytest
import requests

from hms_client import hms, message_of, partition, table, unique


@pytest.fixture
def place(skep):
    """A function that gives the location of something new below the warehouse."""
    return lambda name: f"{skep.warehouse}/{name}"


@pytest.fixture
def catalog(client, place):
    name = unique("cat")
    client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=name, locationUri=place(name))))
    yield name
    for database in client.get_databases(f"@{name}#"):
        if database != "default":
            client.drop_database(f"@{name}#{database}", True, True)
    for left in client.get_all_tables(f"@{name}#default"):
        client.drop_table(f"@{name}#default", left, True)
    client.drop_catalog(hms.DropCatalogRequest(name=name, ifExists=True))


def find(client, name):
    return client.get_catalog(hms.GetCatalogRequest(name=name)).catalog


def test_a_catalog_is_made_with_its_directory_and_a_default_database(client, place):
    name = unique("made")
    wanted = hms.Catalog(name=name.upper(), description="d", locationUri=place(name), parameters={"k": "v"})
    client.create_catalog(hms.CreateCatalogRequest(catalog=wanted))
    made = find(client, name)
    assert (made.name, made.description, made.locationUri) == (name, "d", place(name))
    assert made.createTime > 0 and made.parameters == {"k": "v"}
    assert pathlib.Path(place(name).removeprefix("file://")).is_dir()
    assert name in client.get_catalogs().names
    first = client.get_database(f"@{name}#default")
    assert (first.catalogName, first.locationUri) == (name, place(name).replace("///", "/"))
    client.drop_catalog(hms.DropCatalogRequest(name=name))
    assert name not in client.get_catalogs().names
    assert not pathlib.Path(place(name).removeprefix("file://")).exists()


def test_the_default_database_of_a_catalog_at_a_plain_path_has_a_uri(client, place):
    name = unique("plain")
    path = place(name).removeprefix("file://")
    client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=name, locationUri=path)))
    assert find(client, name).locationUri == path
    assert client.get_database(f"@{name}#default").locationUri == f"file:{path}"
    client.drop_catalog(hms.DropCatalogRequest(name=name))


def test_databases_and_tables_of_a_catalog_live_below_it(client, catalog, place):
    client.create_database(hms.Database(name="d", catalogName=catalog))
    assert client.get_database(f"@{catalog}#d").locationUri == place(catalog).replace("///", "/") + "/d.db"
    made = table("d", "t")
    made.catName = catalog
    client.create_table(made)
    stored = client.get_table_req(hms.GetTableRequest(dbName="d", tblName="t", catName=catalog)).table
    assert (stored.catName, stored.sd.location) == (catalog, place(catalog).replace("///", "/") + "/d.db/t")
    with pytest.raises(hms.NoSuchObjectException):
        client.get_database("d")


def test_creating_twice_or_without_a_place_is_refused(client, catalog, place):
    with pytest.raises(hms.AlreadyExistsException) as raised:
        client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=catalog, locationUri=place("x"))))
    assert message_of(raised.value) == f"Catalog {catalog} already exists"
    with pytest.raises(hms.InvalidObjectException):
        client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=unique("placeless"))))
    for name in ("", "a#b", "x" * 65536):
        with pytest.raises(hms.InvalidObjectException):
            client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=name, locationUri=place("x"))))
    with pytest.raises((hms.MetaException, hms.InvalidObjectException)):
        client.create_catalog(hms.CreateCatalogRequest(catalog=hms.Catalog(name=unique("far"), locationUri="gs://b/x")))


def test_an_alter_replaces_place_description_and_parameters(client, catalog, place):
    wanted = hms.Catalog(name=catalog, locationUri=place("elsewhere"), description="new", parameters={"a": "b"})
    client.alter_catalog(hms.AlterCatalogRequest(name=catalog.upper(), newCat=wanted))
    made = find(client, catalog)
    assert (made.locationUri, made.description, made.parameters) == (place("elsewhere"), "new", {"a": "b"})
    wanted.name = "tim"
    with pytest.raises(hms.InvalidOperationException):
        client.alter_catalog(hms.AlterCatalogRequest(name=catalog, newCat=wanted))
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.alter_catalog(hms.AlterCatalogRequest(name="nope", newCat=wanted))
    assert message_of(raised.value) == "No catalog nope"


def test_a_drop_needs_an_empty_catalog(client, catalog):
    client.create_database(hms.Database(name="d", catalogName=catalog))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.drop_catalog(hms.DropCatalogRequest(name=catalog, ifExists=True))
    assert "non-default databases" in message_of(raised.value)
    client.drop_database(f"@{catalog}#d", True, False)
    made = table("default", "t")
    made.catName = catalog
    client.create_table(made)
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.drop_catalog(hms.DropCatalogRequest(name=catalog, ifExists=True))
    assert "One or more tables exist" in message_of(raised.value)
    assert client.get_database(f"@{catalog}#default")


def test_dropping_what_is_missing_is_an_error_unless_told_otherwise(client):
    client.drop_catalog(hms.DropCatalogRequest(name="nope", ifExists=True))
    for request in (hms.DropCatalogRequest(name="nope", ifExists=False), hms.DropCatalogRequest(name="nope", ifExists=None)):
        with pytest.raises(hms.NoSuchObjectException):
            client.drop_catalog(request)
    with pytest.raises(hms.MetaException) as raised:
        client.drop_catalog(hms.DropCatalogRequest(name="HIVE"))
    assert message_of(raised.value) == "Can not drop hive catalog"


def test_a_catalog_is_a_warehouse_of_the_rest_door(client, catalog):
    rest = os.environ["SKEP_REST_URL"]
    prefix = requests.get(f"{rest}/v1/config", params={"warehouse": catalog}, timeout=30).json()["defaults"]["prefix"]
    made = requests.post(f"{rest}/v1/{prefix}/namespaces", json={"namespace": ["seen"]}, timeout=30)
    assert made.status_code == 200
    assert client.get_database(f"@{catalog}#seen").catalogName == catalog


def test_a_warehouse_of_its_own_bounds_what_an_hms_client_places(client, place):
    name = unique("bound")
    made = requests.post(os.environ["SKEP_REST_URL"] + "/management/v1/warehouses", timeout=30,
                         json={"name": name, "location": place(name)})
    assert made.status_code == 200, made.text
    assert find(client, name).locationUri == place(name)
    inside = table("default", "t", keys=(("ds", "string"),))
    inside.catName = name
    client.create_table(inside)
    assert client.get_table(f"@{name}#default", "t").sd.location.endswith(f"/{name}/t")
    for refused in (table("default", "u", location=place(name) + "0/u"),
                    table("default", "u", parameters={"write.data.path": place("elsewhere")})):
        refused.catName = name
        with pytest.raises(hms.MetaException):
            client.create_table(refused)
    astray = partition(inside, ["1"], location=place("elsewhere"))
    astray.catName = name
    with pytest.raises(hms.MetaException):
        client.add_partition(astray)
    with pytest.raises(hms.MetaException):
        client.create_database(hms.Database(name="d", catalogName=name, locationUri=place("d.db")))
    with pytest.raises(hms.InvalidOperationException) as raised:
        client.alter_catalog(hms.AlterCatalogRequest(name=name, newCat=hms.Catalog(name=name, locationUri=place("elsewhere"))))
    assert "warehouse of its own" in message_of(raised.value)
    client.drop_table(f"@{name}#default", "t", True)
    client.drop_catalog(hms.DropCatalogRequest(name=name))
    gone = requests.get(os.environ["SKEP_REST_URL"] + f"/management/v1/warehouses/{name}", timeout=30)
    assert gone.status_code == 404
