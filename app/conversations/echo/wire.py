"""What is said over the echo's Unix socket: one JSON line there, one back."""

OFFER_BYTES = 32 * 1024
"""A browser's offer of sound and picture is about 8 kB."""
LINE_BYTES = 3 * OFFER_BYTES
"""JSON writes a line's end as two characters; an answer is shorter than its offer."""
ANSWER_S = 20.0
"""A STUN or TURN server that does not answer takes 5 s (aioice)."""

BAD_OFFER, BUSY, BAD_REQUEST = "bad_offer", "busy", "bad_request"
"""Stable codes of refusals."""
