# SPDX-License-Identifier: Apache-2.0
"""How PyIceberg opens the doors of a running skepd."""
from pyiceberg.catalog import load_catalog


def open_catalog(skep, door):
    if door == "rest":
        return load_catalog(door, type="rest", uri=skep.rest_url)
    return load_catalog(door, **{"type": "hive", "uri": skep.thrift_url, "lock-check-min-wait-time": "0.05",
                                 "lock-check-max-wait-time": "1", "lock-check-retries": "200"})
