from app.agenda.controllers.hours import HoursController
from app.agenda.controllers.rules import RulesController
from app.agenda.controllers.time_off import TimeOffController

CONTROLLERS = [HoursController, TimeOffController, RulesController]
