# SPDX-License-Identifier: Apache-2.0
"""Goal: every method of the API answers something that its clients understand, and the connection lives on. Method: call
each with nothing in its arguments, then with the least that is well-formed."""
import pytest
from thriftpy2.thrift import TType

from hms_client import SERVICE, TApplicationException, connect, connection, hms, message_of

METHODS = sorted(SERVICE.thrift_services)
# What the server of this API may say besides a declared exception: that the arguments cannot be read, or that
# a method which declares no exception has failed.
UNDERSTOOD = {TApplicationException.INTERNAL_ERROR, TApplicationException.PROTOCOL_ERROR}


def least(spec, depth=0):
    """The least value of a field's type that has every required member."""
    kind, argument = spec
    if kind == TType.STRUCT:
        return least_struct(argument, depth + 1)
    if kind in (TType.LIST, TType.SET):
        return []
    if kind == TType.MAP:
        return {}
    if kind in (TType.STRING, TType.BINARY):
        return "no_such_thing"
    if kind == TType.BOOL:
        return False
    if kind == TType.DOUBLE:
        return 0.0
    return 1


def least_struct(struct, depth):
    made = struct()
    for kind, name, *rest in struct.thrift_spec.values():
        argument = rest[0] if len(rest) == 2 else None
        if rest[-1] and depth < 6:
            setattr(made, name, least((kind, argument), depth))
    return made


def well_formed_arguments(method):
    values = {}
    for kind, name, *rest in getattr(SERVICE, method + "_args").thrift_spec.values():
        argument = rest[0] if len(rest) == 2 else None
        values[name] = least((kind, argument))
    return values


def outcome(client, method, arguments):
    """'answered', or the exception. Anything else (a lost connection, say) is raised."""
    declared = tuple(
        spec[2] for id_, spec in getattr(SERVICE, method + "_result").thrift_spec.items() if id_ != 0
    )
    try:
        getattr(client, method)(**arguments)
        return "answered"
    except TApplicationException as error:
        assert error.type in UNDERSTOOD, f"{method}: type {error.type}: {message_of(error)}"
        assert message_of(error), f"{method}: no message"
        return error
    except declared as error:
        assert message_of(error), f"{method}: no message"
        return error


@pytest.mark.parametrize("make", [lambda method: {}, well_formed_arguments], ids=["nothing", "least"])
def test_every_method_answers_and_the_connection_lives_on(skep, make):
    with connection() as client:
        for method in METHODS:
            outcome(client, method, make(method))
            assert client.getStatus() is not None, method
        try:
            client.drop_database("no_such_thing", True, True)
        except hms.NoSuchObjectException:
            pass


def test_a_method_that_is_not_served_says_so_and_names_itself(client):
    with pytest.raises(hms.MetaException) as raised:
        client.get_properties(hms.PropertyGetRequest(nameSpace="hms"))
    assert "get_properties" in message_of(raised.value)


def test_an_unknown_method_is_told_in_the_words_that_clients_probe_for(client):
    args = getattr(SERVICE, "flushCache_args")()
    client._oprot.write_message_begin("no_such_method", 1, 7)
    args.write(client._oprot)
    client._oprot.write_message_end()
    client._oprot.trans.flush()
    name, type_, sequence = client._iprot.read_message_begin()
    error = TApplicationException()
    error.read(client._iprot)
    client._iprot.read_message_end()
    assert (name, sequence) == ("no_such_method", 7)
    assert error.type == TApplicationException.UNKNOWN_METHOD
    assert "Invalid method name: 'no_such_method'" in message_of(error)
    assert client.getName()


def test_shutdown_ends_no_other_connection(client):
    with connection() as other:
        other.shutdown()
    assert client.getStatus() is not None
    again = connect()
    assert again.getName()
    again.close()


def test_framed_transport_is_recognised(skep):
    with connection(framed=True) as client:
        assert "default" in client.get_all_databases()


def test_the_server_tells_who_it_is(client):
    assert client.getName()
    assert client.getVersion()[0].isdigit()
    assert client.aliveSince() > 1_500_000_000
    before = client.getCounters().get("getName", 0)
    client.getName()
    assert client.getCounters()["getName"] == before + 1
    assert client.getCounter("getName") >= before + 1
    assert client.getOptions() == {}
    uuid = client.get_metastore_db_uuid()
    assert len(uuid) == 36 and uuid == client.get_metastore_db_uuid()


def test_the_groups_of_set_ugi_come_back(client):
    assert client.set_ugi("ann", ["staff", "users"]) == ["staff", "users"]
    assert client.set_ugi("ann", []) == []


def test_the_user_of_set_ugi_owns_what_is_created(client, database):
    client.set_ugi("bea", ["staff"])
    name = database + "_owned"
    client.create_database(hms.Database(name=name))
    made = client.get_database(name)
    client.drop_database(name, True, True)
    assert (made.ownerName, made.ownerType) == ("bea", hms.PrincipalType.USER)


def test_configuration_values_are_told_and_secrets_are_not(client):
    assert client.get_config_value("metastore.txn.timeout", "x").endswith("s")
    assert client.get_config_value("hive.txn.timeout", "x") == client.get_config_value("metastore.txn.timeout", "x")
    assert client.get_config_value("hive.exec.default.partition.name", "x") == "__HIVE_DEFAULT_PARTITION__"
    assert client.get_config_value("hive.no.such.key", "fallback") == "fallback"
    for name in ("nosuch.key", "javax.jdo.option.ConnectionPassword", "hive.server2.keystore.password"):
        with pytest.raises(hms.ConfigValSecurityException) as raised:
            client.get_config_value(name, "x")
        assert name in message_of(raised.value)


def test_what_a_connection_sets_is_its_own(client):
    key = "hive.metastore.disallow.incompatible.col.type.changes"
    client.setMetaConf(key, "false")
    assert client.getMetaConf("metastore.disallow.incompatible.col.type.changes") == "false"
    with connection() as other:
        assert other.getMetaConf(key) == "true"
    with pytest.raises(hms.MetaException) as raised:
        client.setMetaConf("zzz", "1")
    assert "Invalid configuration key zzz" in message_of(raised.value)


def test_lengths_of_time_are_checked_when_a_connection_sets_them(client):
    key = "hive.metastore.client.socket.timeout"
    for value in ("30", "30s", "10 min", "1DAY"):
        client.setMetaConf(key, value)
        assert client.getMetaConf(key) == value
    for value in ("soon", "30 moons", "", "-1s"):
        with pytest.raises(hms.MetaException) as raised:
            client.setMetaConf(key, value)
        assert message_of(raised.value).startswith("Invalid configuration value")
    assert client.getMetaConf(key) == "1DAY"


def test_what_is_kept_of_nothing_is_empty(client):
    assert client.get_functions("default", "*") == []
    assert client.get_all_functions().functions == []
    assert client.get_role_names() == ["admin", "public"]
    assert [role.roleName for role in client.list_roles("ann", hms.PrincipalType.USER)] == ["public"]
    assert client.list_privileges("ann", hms.PrincipalType.USER, hms.HiveObjectRef()) == []
    assert client.get_indexes("default", "t", -1) == []
    assert client.get_primary_keys(hms.PrimaryKeysRequest(db_name="default", tbl_name="t")).primaryKeys == []
    assert client.get_all_resource_plans(hms.WMGetAllResourcePlanRequest()).resourcePlans == []
    with pytest.raises(hms.NoSuchObjectException) as raised:
        client.get_function("default", "f")
    assert "f does not exist" in message_of(raised.value)


def test_the_default_catalog_is_there(client):
    assert "hive" in client.get_catalogs().names
    assert client.get_catalog(hms.GetCatalogRequest(name="hive")).catalog.locationUri
    with pytest.raises(hms.NoSuchObjectException):
        client.get_catalog(hms.GetCatalogRequest(name="nope"))
