# SPDX-License-Identifier: Apache-2.0
"""A client made from the project's own IDL, and the objects that tests send. Used by the tests of this folder."""
import contextlib
import itertools
import os
import pathlib

import thriftpy2
from thriftpy2.protocol import TBinaryProtocolFactory
from thriftpy2.rpc import make_client
from thriftpy2.thrift import TApplicationException
from thriftpy2.transport import TBufferedTransportFactory, TFramedTransportFactory

IDL = pathlib.Path(__file__).resolve().parents[3] / "schema/thrift/hive_metastore.thrift"
ROOT = thriftpy2.load(str(IDL), module_name="hive_metastore_thrift")
SERVICE = ROOT.ThriftHiveMetastore


def collect_types(module, found):
    """All structs, exceptions and enumerations, whichever file of the IDL they are in."""
    meta = module.__thrift_meta__
    for kind in ("structs", "unions", "exceptions", "enums"):
        for each in meta.get(kind, []):
            found[each.__name__] = each
    for included in meta["includes"]:
        collect_types(included, found)
    return found


class Types:
    """hms.Table, hms.NoSuchObjectException, ..."""

    def __init__(self):
        self.__dict__.update(collect_types(ROOT, {}))


hms = Types()
numbers = itertools.count(1)


def connect(timeout_s=60, framed=False):
    host, port = os.environ["SKEP_THRIFT_URL"].rsplit(":", 1)
    factory = TFramedTransportFactory() if framed else TBufferedTransportFactory()
    return make_client(
        SERVICE, host, int(port), proto_factory=TBinaryProtocolFactory(), trans_factory=factory, timeout=timeout_s * 1000
    )


@contextlib.contextmanager
def connection(**options):
    client = connect(**options)
    try:
        yield client
    finally:
        client.close()


def unique(prefix):
    return f"{prefix}_{os.getpid()}_{next(numbers)}"


def columns(*pairs):
    return [hms.FieldSchema(name=name, type=type_, comment=None) for name, type_ in pairs]


def storage(cols=None, location=None):
    return hms.StorageDescriptor(
        cols=columns(("id", "bigint"), ("v", "string")) if cols is None else cols,
        location=location,
        inputFormat="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        outputFormat="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        compressed=False,
        numBuckets=-1,
        serdeInfo=hms.SerDeInfo(
            name=None,
            serializationLib="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            parameters={"serialization.format": "1"},
        ),
        bucketCols=[],
        sortCols=[],
        parameters={},
    )


def table(database, name, keys=(), parameters=None, cols=None, type_="MANAGED_TABLE", location=None):
    return hms.Table(
        tableName=name,
        dbName=database,
        owner="ann",
        createTime=0,
        lastAccessTime=0,
        retention=0,
        sd=storage(cols, location),
        partitionKeys=columns(*keys),
        parameters=dict(parameters or {}),
        tableType=type_,
    )


def partition(of, values, location=None, parameters=None):
    return hms.Partition(
        values=list(values),
        dbName=of.dbName,
        tableName=of.tableName,
        createTime=0,
        lastAccessTime=0,
        sd=storage(of.sd.cols, location),
        parameters=dict(parameters or {}),
    )


def context(**properties):
    return hms.EnvironmentContext(properties=properties)


def message_of(error):
    """Exceptions of the API and of the protocol alike."""
    return error.message or ""


__all__ = ["TApplicationException", "SERVICE", "hms", "connect", "connection", "unique", "columns", "storage", "table",
           "partition", "context", "message_of"]
