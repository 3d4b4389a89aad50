"""Logs: lines for people in development, JSON in production; never a variable's value."""

import logging
import re

import structlog

from app.settings import settings

# Whoever knows the rest of such an address gets in by it.
SECRET_PATHS = re.compile(r"^(/calendario/).+")
# PostgreSQL names there what a row held: "Key (email)=(…) already exists."
DETAIL = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


def configure_logs() -> None:
    processors: list[structlog.typing.Processor] = [
        # The request, and who has sent it.
        structlog.contextvars.merge_contextvars,
        without_tokens,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings().production:
        processors += [
            structlog.processors.format_exc_info,
            without_values,
            structlog.processors.JSONRenderer(),
        ]
    else:
        processors.append(
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        )
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def without_tokens(
    _: structlog.typing.WrappedLogger, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Take out of an address what opens somebody's calendar."""
    if "path" in line:
        line["path"] = SECRET_PATHS.sub(r"\1…", line["path"])
    return line


def without_values(
    _: structlog.typing.WrappedLogger, __: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Take out of a formatted error what people have written."""
    if "exception" in line:
        line["exception"] = DETAIL.sub(r"\1: (left out)", line["exception"])
    return line
