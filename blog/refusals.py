"""What the log says of requests that were refused."""

from __future__ import annotations

import copy
import logging

LONGEST = 300  # characters: who asked chose them


class InOneLine(logging.Filter):
    """Of a request that was at fault itself, let the address and the reason pass, as a warning.

    Django adds the traceback and calls some of them errors. Robots send them all day, nothing is broken,
    and a traceback in the log should mean that something is.
    """

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        status = getattr(record, "status_code", 0)
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not 400 <= status < 500:
            return True
        path = getattr(getattr(record, "request", None), "path", "")
        line = f"{status} {path}: {str(error) or type(error).__name__}"[:LONGEST]
        short = copy.copy(record)  # other handlers have the whole one
        short.levelno, short.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        short.exc_info = short.exc_text = None
        # Nobody writes lines of their own into a log.
        short.msg, short.args = line.encode("unicode_escape").decode(), None
        return short
