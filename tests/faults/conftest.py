# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of a test's own, and servers on it."""
import pytest

from postgres import Postgres


@pytest.fixture
def postgres():
    made = Postgres().make().start()
    yield made
    made.remove()


def pytest_configure(config):
    config.addinivalue_line("markers", "heavy: left out of the short form that make check runs")
