"""Each language's name in itself, because a reader looks for a word that he knows."""

from collections.abc import Mapping

OWN_NAMES: Mapping[str, str] = {
    "nl": "Nederlands",
    "en": "English",
    "ar": "العربية",
    "tr": "Türkçe",
    "pl": "Polski",
    "uk": "Українська",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "fa": "فارسی",
    "pt": "Português",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "ru": "Русский",
    "ro": "Română",
    "bg": "Български",
    "it": "Italiano",
    "el": "Ελληνικά",
    "hu": "Magyar",
    "cs": "Čeština",
    "sk": "Slovenčina",
    "hr": "Hrvatski",
    "ps": "پښتو",
    "ur": "اردو",
    "hi": "हिन्दी",
    "id": "Indonesia",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "ko": "한국어",
}
"""ISO 639-1 code → name, in the order in which a list shows them."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur"})


def direction(code: str) -> str:
    """ "ltr" or "rtl"."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"
