import pytest


@pytest.fixture(autouse=True)
def files_apart(data):
    """So that they can be counted."""
