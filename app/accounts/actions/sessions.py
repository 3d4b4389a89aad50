"""Ending one's sessions elsewhere."""

from app.accounts import audit
from app.accounts.actions.credentials import check_own_password
from app.accounts.audit import Action
from app.accounts.forms import Proof
from app.core.errors import NotFound
from app.core.sessions import end_session, end_sessions_of, sessions_of


async def end_session_of(user: int, proof: Proof, identifier: str) -> None:
    """End one of the user's own sessions.

    Raises:
        WrongPassword, TooMany. NotFound: the user has no such session.
    """
    await check_own_password(user, proof)
    if identifier not in await sessions_of(user):
        raise NotFound
    await end_session(identifier)
    await audit.record(Action.SESSION_ENDED, actor=user)


async def end_other_sessions(user: int, proof: Proof, session: str) -> None:
    """Sign a user out everywhere but in this session.

    Raises:
        WrongPassword, TooMany.
    """
    await check_own_password(user, proof)
    await end_sessions_of(user, except_for=session)
    await audit.record(Action.SIGNED_OUT_EVERYWHERE, actor=user)
