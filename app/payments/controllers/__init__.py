from app.payments.controllers.earnings import EarningsController
from app.payments.controllers.receipt import ReceiptController
from app.payments.controllers.receiving import ReceivingController

CONTROLLERS = [EarningsController, ReceivingController, ReceiptController]
