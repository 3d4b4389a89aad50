from app.payments.controllers.pay import PayController
from app.payments.controllers.sandbox import SandboxController
from app.payments.controllers.webhooks import WebhooksController

CONTROLLERS = [PayController, SandboxController, WebhooksController]
