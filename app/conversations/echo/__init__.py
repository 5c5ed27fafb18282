"""A call to nobody: what somebody sends comes straight back, so that a camera, a microphone and a line can be tested.

A process of its own (`python -m app.conversations.echo`), since decoding must never slow a page or a talk.
"""

from app.conversations.echo.client import EchoClient, EchoRefused, NoEcho

__all__ = ["EchoClient", "EchoRefused", "NoEcho"]
