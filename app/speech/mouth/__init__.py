"""The mouth: speech made on this machine, in child processes that may be killed."""

from app.speech.mouth.pool import VoicePool

__all__ = ["VoicePool"]
