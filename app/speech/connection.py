"""Connecting to the speech process."""

import socket
from pathlib import Path


def connect(path: Path, timeout_s: float) -> socket.socket:
    """Raises OSError when nobody answers there."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection
