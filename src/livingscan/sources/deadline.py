"""A limit on how long the head of an answer may take.

``requests`` bears a silence of so many seconds between any two bytes: a server that sends one byte of a
header now and then would hold a search for hours. Here the connection is shut when the time is over.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class DeadlineAdapter(HTTPAdapter):
    """Mounts on a session; ``seconds`` is the most that status line and headers may take together."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in requests, with connections that watch the clock."""
        super().init_poolmanager(*args, **kwargs)
        seconds = self.seconds

        class Plain(HTTPConnection):
            def getresponse(self) -> Any:
                with _Watch(self.sock, seconds):
                    return super().getresponse()

        class Secure(HTTPSConnection):
            def getresponse(self) -> Any:
                with _Watch(self.sock, seconds):
                    return super().getresponse()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _Watch:
    """Shuts a socket after so many seconds, unless the block is left before."""

    def __init__(self, sock: socket.socket | None, seconds: float) -> None:
        self._timer = threading.Timer(seconds, _shut, (sock,))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _shut(sock: socket.socket | None) -> None:
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
