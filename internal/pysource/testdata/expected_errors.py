import unittest
from contextlib import suppress

import pytest
from prefect import Flow
from prefect.client import Secret
from pytest import raises


def test_missing():
    with pytest.raises(ValueError, match="not found"):
        Secret("EXPECTED").get()
    with raises((KeyError, ValueError)):
        Secret("EITHER").get()
    with pytest.raises(TypeError):
        Secret("OTHER_ERROR").get()
    with mylib.raises(ValueError):
        Secret("OTHER_LIBRARY").get()


class Test(unittest.TestCase):
    def test_missing(self):
        with self.assertRaises(ValueError):
            Secret("ASSERTED").get()


def test_building():
    with Flow("f"):
        with pytest.raises(ValueError):
            Secret("INSIDE").get()
        with suppress(ValueError):
            Secret("SUPPRESSED").get()
        with pytest.raises(KeyError):
            Secret("RAISES").get()
    with pytest.raises(ValueError):
        with Flow("f"):
            Secret("OUTSIDE").get()
