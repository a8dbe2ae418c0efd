"""Flask's application, with a log that repeats no address."""

from types import TracebackType

from flask import Flask, request


class Application(Flask):
    """Logs an unexpected error by the name of its page: addresses hold secrets (ASVS 14.2.1)."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Write the trace to the log, under the page's name and the method."""
        self.logger.error(
            "Exception on %s [%s]", request.endpoint, request.method, exc_info=exc_info
        )
