# SPDX-License-Identifier: Apache-2.0
"""Goal: where the Hive file asks for it, a table is not dropped when its data could not go with it. Method: a server of its
own, started with a Hive file, and a directory that nobody may write."""
import pathlib

import pytest
from thriftpy2.protocol import TBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.transport import TBufferedTransportFactory

from hms_client import SERVICE, hms, message_of, table

SITE = """<configuration>
<property><name>metastore.authorization.storage.checks</name><value>true</value></property>
</configuration>"""


@pytest.fixture(scope="module")
def server(skepd_factory):
    made = skepd_factory()
    root = made.data_dir.parent
    site = root / "site.xml"
    site.write_text(SITE)
    made.arguments = ["--hive-site", str(site)]
    made.extra_environment = {"SKEP_WAREHOUSE": f"file://{root}/managed"}
    return made.start()


@pytest.fixture
def hive(server):
    made = make_client(SERVICE, "127.0.0.1", server.thrift_port, proto_factory=TBinaryProtocolFactory(),
                       trans_factory=TBufferedTransportFactory(), timeout=60000)
    yield made
    made.close()


def test_a_table_whose_directory_cannot_go_stays(hive):
    hive.create_table(table("default", "kept"))
    external = table("default", "ext", parameters={"EXTERNAL": "TRUE"}, type_="EXTERNAL_TABLE")
    hive.create_table(external)
    place = pathlib.Path(hive.get_table("default", "kept").sd.location.removeprefix("file:"))
    place.parent.chmod(0o555)
    try:
        with pytest.raises(hms.MetaException) as raised:
            hive.drop_table("default", "kept", True)
        assert "not writable" in message_of(raised.value)
        assert hive.get_table("default", "kept").tableName == "kept"
        hive.drop_table("default", "ext", True)
        with pytest.raises(hms.NoSuchObjectException):
            hive.get_table("default", "ext")
        hive.create_table(table("default", "bare"))
        hive.drop_table("default", "bare", False)
    finally:
        place.parent.chmod(0o755)
    hive.drop_table("default", "kept", True)
    assert not place.exists()
