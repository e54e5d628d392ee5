# SPDX-License-Identifier: Apache-2.0
"""append_worker.py DOOR REST_URL THRIFT_URL TABLE FIRST COUNT: appends COUNT rows, one commit each, with ids from FIRST.

A commit that was refused is tried again from a fresh table; the ids of acknowledged ones are printed as JSON. Through the
Hive door a refusal is CommitFailedException (the lock was not had, or the table moved before it was) or the metastore's own
words about a pointer that a writer of the other door moved.
"""
import json
import sys
import time

import pyarrow as pa
from hive_metastore.ttypes import MetaException
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import CommitFailedException


def was_refused(error):
    """A known outcome: nothing was committed. Any other MetaException is a failure of the test."""
    return isinstance(error, CommitFailedException) or error.message.startswith("The table has been modified.")


def main():
    door, rest_url, thrift_url, name, first, count = sys.argv[1:]
    if door == "rest":
        catalog = load_catalog("c", type="rest", uri=rest_url)
    else:
        catalog = load_catalog("c", **{"type": "hive", "uri": thrift_url, "lock-check-min-wait-time": "0.02",
                                       "lock-check-max-wait-time": "0.5", "lock-check-retries": "300"})
    acknowledged = []
    for number in range(int(first), int(first) + int(count)):
        deadline = time.monotonic() + 120
        while True:
            try:
                table = catalog.load_table(name)
                table.append(pa.Table.from_pylist([{"id": number}], schema=table.schema().as_arrow()))
                acknowledged.append(number)
                break
            except (CommitFailedException, MetaException) as refusal:
                if time.monotonic() > deadline or not was_refused(refusal):
                    raise
    print(json.dumps(acknowledged))


if __name__ == "__main__":
    main()
