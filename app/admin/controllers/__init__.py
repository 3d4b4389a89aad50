from app.admin.controllers.commissions import CommissionsController
from app.admin.controllers.payments import PaymentsController
from app.admin.controllers.payouts import PayoutsController
from app.admin.controllers.platform import (
    AuditController,
    BookingsController,
    EmailsController,
    JobsController,
    OverviewController,
    ServicesController,
    UsersController,
)

CONTROLLERS = [
    OverviewController,
    UsersController,
    ServicesController,
    BookingsController,
    PaymentsController,
    PayoutsController,
    CommissionsController,
    EmailsController,
    JobsController,
    AuditController,
]
