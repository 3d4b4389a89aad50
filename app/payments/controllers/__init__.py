from app.payments.controllers.earnings import EarningsController
from app.payments.controllers.on_the_spot import OnTheSpotController
from app.payments.controllers.pay import PayController
from app.payments.controllers.receipt import ReceiptController
from app.payments.controllers.receiving import ReceivingController
from app.payments.controllers.sandbox import SandboxController
from app.payments.controllers.webhooks import WebhooksController

CONTROLLERS = [
    PayController,
    OnTheSpotController,
    SandboxController,
    WebhooksController,
    EarningsController,
    ReceivingController,
    ReceiptController,
]
