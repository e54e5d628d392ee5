# SPDX-License-Identifier: Apache-2.0
"""PyIceberg catalogs on both doors of one running skepd."""
import itertools

import pytest
from pyiceberg.catalog import load_catalog

_numbers = itertools.count(1)


def catalog_properties(skep, door):
    if door == "rest":
        return {"type": "rest", "uri": skep.rest_url}
    return {"type": "hive", "uri": skep.thrift_url, "lock-check-min-wait-time": "0.05", "lock-check-max-wait-time": "1",
            "lock-check-retries": "200"}


def open_catalog(skep, door):
    return load_catalog(door, **catalog_properties(skep, door))


@pytest.fixture
def catalogs(skep):
    """Both doors: {"rest": catalog, "hive": catalog}."""
    return {door: open_catalog(skep, door) for door in ("rest", "hive")}


@pytest.fixture
def namespace(skep, catalogs):
    """A namespace of the test's own, made through REST, with a location that both doors use."""
    name = f"py{next(_numbers)}"
    catalogs["rest"].create_namespace(name)
    return name
