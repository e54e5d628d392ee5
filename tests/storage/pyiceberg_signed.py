# SPDX-License-Identifier: Apache-2.0
"""What test_pyiceberg_signed.py runs in a process without keys: pyiceberg_signed.py REST-URL

PyIceberg asks for signatures, writes and reads the table n.t1, and tries to read and write beside it.
"""
import os
import sys

import pyarrow as pa
from pyiceberg.catalog import load_catalog


def refused(attempt):
    try:
        attempt()
    except Exception as error:  # any: it must be said
        return repr(error)
    raise SystemExit("a request beside the table was signed")


def main(url):
    assert not [name for name in os.environ if name.startswith("AWS_") and "CHECKSUM" not in name]
    catalog = load_catalog("skep", type="rest", uri=url, **{"header.X-Iceberg-Access-Delegation": "remote-signing"})
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", "c"]})
    catalog.create_namespace("n")
    other = catalog.create_table("n.t10", rows.schema)
    other.append(rows)
    table = catalog.create_table("n.t1", rows.schema)
    for _ in range(3):
        table.append(rows)
    table.overwrite(rows.slice(0, 1), overwrite_filter="id == 1")
    table = catalog.load_table("n.t1")
    print("rows", table.scan().to_arrow().num_rows)
    print("read", refused(lambda: table.io.new_input(other.metadata_location).open().read()))
    print("write", refused(lambda: table.io.new_output(other.location() + "/data/x").create().__exit__(None, None, None)))
    print("other", catalog.load_table("n.t10").scan().to_arrow().num_rows)


if __name__ == "__main__":
    main(sys.argv[1])
