"""From what a browser sends to samples: PCM as it is, Opus packets through FFmpeg's decoder."""

from typing import Protocol

import numpy as np

from app.domain.speech import SAMPLE_RATE_HZ, Encoding
from app.speech.recogniser import Samples

_NOTHING: Samples = np.zeros(0, np.float32)


class Decoder(Protocol):
    def decode(self, packet: bytes) -> Samples:
        """Raises ValueError for what is no such sound."""


class PcmDecoder:
    """16 kHz, 16-bit little-endian, mono."""

    def decode(self, packet: bytes) -> Samples:
        if len(packet) % 2:
            raise ValueError("half a sample")
        return np.frombuffer(packet, "<i2").astype(np.float32) / np.float32(32768)


class OpusDecoder:
    """One packet each time, as WebCodecs makes them: any rate, mono or stereo (RFC 6716)."""

    def __init__(self) -> None:
        import av

        self._av = av
        self._codec = av.CodecContext.create("opus", "r")
        self._to_ours = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)

    def decode(self, packet: bytes) -> Samples:
        if not packet:
            return _NOTHING
        try:
            frames = self._codec.decode(self._av.Packet(packet))
            pieces = [
                out.to_ndarray().reshape(-1) for frame in frames for out in self._to_ours.resample(frame)
            ]
        except (self._av.error.FFmpegError, ValueError) as problem:
            raise ValueError("no Opus packet") from problem
        return np.concatenate(pieces).astype(np.float32) if pieces else _NOTHING


def create_decoder(encoding: Encoding) -> Decoder:
    return OpusDecoder() if encoding == "opus" else PcmDecoder()
