# SPDX-License-Identifier: Apache-2.0
"""append_worker.py DOOR REST_URL THRIFT_URL TABLE FIRST COUNT: appends COUNT rows, one commit each, with ids from FIRST.

A commit that was refused is tried again from a fresh table; the ids of acknowledged ones are printed as JSON.
"""
import json
import sys
import time

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import CommitFailedException


def main():
    door, rest_url, thrift_url, name, first, count = sys.argv[1:]
    if door == "rest":
        catalog = load_catalog("c", type="rest", uri=rest_url)
    else:
        catalog = load_catalog("c", **{"type": "hive", "uri": thrift_url, "lock-check-min-wait-time": "0.02",
                                       "lock-check-max-wait-time": "0.5", "lock-check-retries": "300"})
    acknowledged = []
    for number in range(int(first), int(first) + int(count)):
        row = pa.table({"id": pa.array([number], pa.int64())})
        deadline = time.monotonic() + 120
        while True:
            try:
                table = catalog.load_table(name)
                padded = pa.Table.from_pylist([{"id": number}], schema=table.schema().as_arrow())
                table.append(padded)
                acknowledged.append(row["id"][0].as_py())
                break
            except CommitFailedException:
                if time.monotonic() > deadline:
                    raise
    print(json.dumps(acknowledged))


if __name__ == "__main__":
    main()
