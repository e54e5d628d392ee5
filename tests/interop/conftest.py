# SPDX-License-Identifier: Apache-2.0
"""PyIceberg catalogs on both doors of one running skepd."""
import itertools

import pytest

from pyiceberg_doors import open_catalog

_numbers = itertools.count(1)


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
