"""Speech for slow lines: Opus in Ogg (RFC 7845), a twelfth of mu-law, for a browser that plays it.

PyAV does it; faster-whisper brought that already. Opus at its lowest effort: higher ones take three times as long for
speech that nobody tells apart at this rate.
"""

import wave
from io import BytesIO

_BITS_A_SECOND = 16_000
_RATE_HZ = 24_000
"""Of the rates that Opus takes, the one nearest to the voices' 22,050."""
_OPTIONS = {"application": "voip", "compression_level": "0", "frame_duration": "60", "vbr": "on"}


def opus_sound(sound: bytes) -> bytes:
    """sound: a WAV file, 16-bit mono. Raises ValueError where PyAV was built without Opus."""
    import av  # a quarter of a second, for who is on a slow line only
    import numpy as np

    with wave.open(BytesIO(sound)) as opened:
        rate_hz = opened.getframerate()
        samples = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
    # A file without a single sample is none; a text of dots alone has no sound.
    samples = (samples if samples.size else np.zeros(rate_hz // 50, "<i2")).reshape(1, -1)
    made = BytesIO()
    with av.open(made, "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=_RATE_HZ, layout="mono", options=_OPTIONS)
        stream.bit_rate = _BITS_A_SECOND
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE_HZ)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return made.getvalue()
