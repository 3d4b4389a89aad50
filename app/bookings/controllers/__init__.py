from app.bookings.controllers import bookings, holds, live, moves, waitlist

CONTROLLERS = [
    *bookings.CONTROLLERS,
    *holds.CONTROLLERS,
    *live.CONTROLLERS,
    *moves.CONTROLLERS,
    *waitlist.CONTROLLERS,
]
