# SPDX-License-Identifier: Apache-2.0
"""Goal: truncate empties the directories of managed tables and partitions, sets their figures back, and refuses what is not
the server's to empty. Method: files put by the test into the places that the server made."""
import pathlib

import pytest

from hms_client import hms, message_of, table


def path_of(location):
    return pathlib.Path(location.replace("file:///", "file:/").removeprefix("file:"))


def put_file(location, name="data"):
    directory = path_of(location)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text("x" * 100)
    return directory / name


def find(client, database, name):
    return client.get_table_req(hms.GetTableRequest(dbName=database, tblName=name)).table


def test_a_table_is_emptied_and_its_figures_set_back(client, database):
    wanted = table(database, "t")
    wanted.parameters = {"numFiles": "3", "totalSize": "300", "numRows": "7"}
    client.create_table(wanted)
    place = find(client, database, "t").sd.location
    plain, hidden = put_file(place), put_file(place, "_hidden")
    below = put_file(place + "/deep/er")
    client.truncate_table(database, "t", None)
    assert path_of(place).is_dir()
    assert not plain.exists() and not hidden.exists() and not below.exists()
    parameters = find(client, database, "t").parameters
    assert (parameters["numFiles"], parameters["totalSize"], parameters["numRows"]) == ("0", "0", "0")


def test_only_the_named_partitions_are_emptied(client, database):
    wanted = table(database, "p")
    wanted.partitionKeys = [hms.FieldSchema(name="k", type="string")]
    client.create_table(wanted)
    files = {}
    for value in ("a", "b"):
        part = hms.Partition(values=[value], dbName=database, tableName="p", sd=wanted.sd, parameters={})
        part.sd.location = None
        made = client.add_partition(part)
        files[value] = put_file(made.sd.location)
    request = hms.TruncateTableRequest(dbName=database, tableName="p", partNames=["k=a"])
    client.truncate_table_req(request)
    assert not files["a"].exists() and files["b"].exists()
    request.partNames = ["k=a", "k=nope"]
    with pytest.raises(hms.MetaException):
        client.truncate_table_req(request)
    client.truncate_table(database, "p", [])
    assert not files["b"].exists()


def test_the_context_may_keep_the_data(client, database):
    client.create_table(table(database, "kept"))
    kept = put_file(find(client, database, "kept").sd.location)
    context = hms.EnvironmentContext(properties={"truncateSkipDataDeletion": "true"})
    client.truncate_table_req(hms.TruncateTableRequest(dbName=database, tableName="kept", environmentContext=context))
    assert kept.exists()


def test_external_tables_and_views_are_left_alone(client, database):
    wanted = table(database, "ext")
    wanted.tableType, wanted.parameters = "EXTERNAL_TABLE", {"EXTERNAL": "TRUE"}
    client.create_table(wanted)
    kept = put_file(find(client, database, "ext").sd.location)
    with pytest.raises(hms.MetaException) as raised:
        client.truncate_table(database, "ext", None)
    assert "external table" in message_of(raised.value) and kept.exists()
    view = table(database, "v")
    view.tableType = "VIRTUAL_VIEW"
    client.create_table(view)
    with pytest.raises(hms.MetaException):
        client.truncate_table(database, "v", None)


def test_a_missing_table_is_a_declared_exception(client, database):
    with pytest.raises(hms.MetaException) as raised:
        client.truncate_table(database, "nope", None)
    assert "nope" in message_of(raised.value)


def test_an_empty_place_outside_the_warehouse_is_empty_already(client, database, tmp_path):
    wanted = table(database, "out")
    wanted.sd.location = f"file:{tmp_path}/out"
    client.create_table(wanted)
    client.truncate_table(database, "out", None)
    kept = put_file(f"file:{tmp_path}/out")
    with pytest.raises(hms.MetaException):
        client.truncate_table(database, "out", None)
    assert kept.exists()
