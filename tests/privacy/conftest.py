from tests.photos.conftest import data

__all__ = ["data"]
