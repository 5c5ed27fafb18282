"""The tongue: translation on this machine, by engines in a process that may be killed."""

from app.speech.tongue.tongue import Tongue

__all__ = ["Tongue"]
