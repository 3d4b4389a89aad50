from app.dashboard.controllers.agenda import AgendaController
from app.dashboard.controllers.board import DashboardController

CONTROLLERS = [DashboardController, AgendaController]
