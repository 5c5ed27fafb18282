"""Phrases that people recorded: recordings/<language>/<id>.opus or .wav, where a municipality or we supply them."""

from pathlib import Path

from app.domain.phrases.board import LANGUAGES, Phrase

_FOLDER = Path(__file__).parent / "recordings"
TYPES = {".opus": "audio/ogg", ".wav": "audio/wav"}


def find_recording(phrase: Phrase, language: str, folder: Path = _FOLDER) -> Path | None:
    """The recording of this phrase, if there is one. A person's voice goes before a machine's."""
    if language not in LANGUAGES or language not in phrase.text:
        return None
    files = (folder / language / f"{phrase.id}{suffix}" for suffix in TYPES)
    return next((file for file in files if file.is_file()), None)
