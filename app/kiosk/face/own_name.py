"""Answers only to this machine's own name.

A page of the internet may make its name mean 127.0.0.1 (DNS rebinding); its requests still carry that name.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response


class OwnName:
    """Before the application itself, so that not even its error page answers."""

    def __init__(self, application: WSGIApplication, names: Iterable[str]) -> None:
        self._application = application
        self._names = list(names)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not host_is_trusted(environ.get("HTTP_HOST"), self._names):
            return Response(status=400)(environ, start_response)
        return self._application(environ, start_response)
