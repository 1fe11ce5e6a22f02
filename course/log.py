"""Logging as JSON lines. No address, token or secret is ever an argument to it: ids, counts and words only.

An exception is logged as its class and the places in the code that it came through. Its message stays out: databases,
mail servers and parsers put into their messages what they choked on.
"""

import logging
import sys
from traceback import extract_tb

import structlog


def configure(level: str) -> None:
    """Set this process up to log to standard error; libraries' records take the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processor=structlog.processors.JSONRenderer()
    )
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def keep_off_standard_output() -> None:
    """For commands, whose standard output is their answer: whatever is logged on the way goes beside it."""
    structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))


def _name_exception(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The exception at hand, if any, as `exception` and `at`: the innermost place first."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if given and error is not None:
        event["exception"] = type(error).__name__
        event["at"] = [f"{at.filename}:{at.lineno} {at.name}" for at in reversed(extract_tb(error.__traceback__))]
    return event
