# SPDX-License-Identifier: Apache-2.0
"""Goal: with the settings of Hive 4 a managed table becomes an external one that owns its data, in a root of its own, and
what is dropped goes to the trash. Method: a server of its own, started with a Hive file."""
import pathlib

import pytest
from thriftpy2.protocol import TBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TBufferedTransportFactory

from hms_client import SERVICE, hms, message_of, table

SITE = """<configuration>
<property><name>metastore.warehouse.external.dir</name><value>file://{root}/external</value></property>
<property><name>metastore.metadata.transformer.class</name><value>x.MetastoreDefaultTransformer</value></property>
<property><name>hive.key2</name><value>http://www.example.com</value></property>
<property><name>hive.key3</name><value></value></property>
<property><name>hive.some.password</name><value>hush</value></property>
</configuration>"""


@pytest.fixture(scope="module")
def server(skepd_factory):
    made = skepd_factory()
    root = made.data_dir.parent
    site = root / "site.xml"
    site.write_text(SITE.format(root=root))
    made.arguments = ["--hive-site", str(site)]
    made.extra_environment = {"SKEP_WAREHOUSE": f"file://{root}/managed", "SKEP_TRASH_DIR": f"{root}/trash"}
    made.root = root
    return made.start()


@pytest.fixture
def hive(server):
    made = make_client(SERVICE, "127.0.0.1", server.thrift_port, proto_factory=TBinaryProtocolFactory(),
                       trans_factory=TBufferedTransportFactory(), timeout=60000)
    yield made
    made.close()


def get(hive, name, capabilities=None):
    return hive.get_table_req(hms.GetTableRequest(dbName="default", tblName=name, processorCapabilities=capabilities)).table


def test_managed_tables_become_external_ones_that_purge(hive, server):
    hive.create_table(table("default", "t"))
    made = get(hive, "t", ["EXTREAD", "EXTWRITE"])
    assert made.tableType == "EXTERNAL_TABLE" and made.accessType == 8
    assert [made.parameters[k] for k in ("EXTERNAL", "external.table.purge", "TRANSLATED_TO_EXTERNAL")] == ["TRUE"] * 3
    assert made.sd.location == f"file:{server.root}/external/t"
    assert get(hive, "t", ["EXTREAD"]).accessType == 2 and get(hive, "t").accessType is None


def test_transactional_tables_need_a_client_that_can_write_them(hive, server):
    wanted = table("default", "acid")
    wanted.parameters = {"transactional": "true"}
    with pytest.raises(hms.MetaException) as raised:
        hive.create_table(wanted)
    assert message_of(raised.value) == "Processor has no capabilities, cannot create an ACID table."
    hive.create_table_req(hms.CreateTableRequest(table=wanted, processorCapabilities=["HIVEFULLACIDWRITE"]))
    made = get(hive, "acid")
    assert (made.tableType, made.sd.location) == ("MANAGED_TABLE", f"file:{server.root}/managed/acid")


def test_what_is_dropped_goes_to_the_trash_unless_it_is_purged(hive, server):
    for name, context in (("kept", None), ("purged", hms.EnvironmentContext(properties={"ifPurge": "TRUE"}))):
        hive.create_table(table("default", name))
        place = pathlib.Path(get(hive, name).sd.location.removeprefix("file:"))
        (place / "data").write_text("x")
        hive.drop_table_with_environment_context("default", name, True, context)
        assert not place.exists()
        assert pathlib.Path(f"{server.root}/trash{place}/data").exists() == (name == "kept")


def test_keys_of_the_hive_file_are_answered_but_secrets(hive):
    assert hive.get_config_value("hive.key2", "stuff") == "http://www.example.com"
    assert hive.get_config_value("hive.key3", "stuff") == ""
    assert hive.get_config_value("hive.nope", "stuff") == "stuff"
    with pytest.raises(hms.ConfigValSecurityException):
        hive.get_config_value("hive.some.password", "stuff")
