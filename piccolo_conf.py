from piccolo.conf.apps import AppRegistry

from app.core.database import DB  # noqa: F401  Piccolo looks for the engine here.

APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
