"""What the demo municipality is called and says: B1 Dutch, English and Arabic. Nothing in it exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.queue import WALK_IN

MUNICIPALITY: dict[str, Any] = {
    "slug": "waterstad",
    "name": "Waterstad",
    "phone": "14 099",  # no Dutch area code is 099
    "email": "info@waterstad.example",
    "website": "https://waterstad.example",
    "address": "Marktplein 1, 0000 AA Waterstad",  # no Dutch postcode begins with 0
    "opening_hours": {
        "nl": "Maandag tot en met vrijdag van 9 uur tot 17 uur",
        "en": "Monday to Friday, 9 am to 5 pm",
        "ar": "من الاثنين إلى الجمعة، من الساعة 9 صباحًا إلى 5 مساءً",
    },
    "theme": "voorbeeld",
}

TEAMS = ("Burgerzaken", "Werk en inkomen")


@dataclass(frozen=True, slots=True)
class DemoServiceType:
    slug: str
    team: str
    names: dict[str, str]
    texts: dict[str, str]


SERVICE_TYPES = (
    DemoServiceType(
        "geboorte-aangeven",
        "Burgerzaken",
        {"nl": "Geboorte aangeven", "en": "Register a birth", "ar": "تسجيل مولود"},
        {
            "nl": "U vertelt ons dat uw kind geboren is. Wij maken samen de akte.",
            "en": "You tell us that your child is born. We make the birth certificate together.",
            "ar": "تخبروننا بولادة طفلكم. ونحرر معًا شهادة الميلاد.",
        },
    ),
    DemoServiceType(
        "hulp-met-formulieren",
        "Werk en inkomen",
        {"nl": "Hulp met formulieren", "en": "Help with forms", "ar": "المساعدة في ملء الاستمارات"},
        {
            "nl": "Hebt u een formulier over geld of werk? Wij vullen het samen met u in.",
            "en": "Do you have a form about money or work? We fill it in together with you.",
            "ar": "هل لديكم استمارة عن المال أو العمل؟ نملؤها معكم.",
        },
    ),
    DemoServiceType(
        "verhuizen-doorgeven",
        "Burgerzaken",
        {"nl": "Verhuizen doorgeven", "en": "Report a change of address", "ar": "الإبلاغ عن تغيير العنوان"},
        {
            "nl": "U gaat verhuizen. U geeft ons uw nieuwe adres.",
            "en": "You are moving. You give us your new address.",
            "ar": "ستنتقلون إلى بيت جديد. تعطوننا عنوانكم الجديد.",
        },
    ),
    DemoServiceType(
        WALK_IN,
        "Burgerzaken",
        {"nl": "Zonder afspraak", "en": "Without an appointment", "ar": "بدون موعد"},
        {
            "nl": "U hebt een vraag. De eerste medewerker die vrij is, helpt u.",
            "en": "You have a question. The first employee who is free helps you.",
            "ar": "لديكم سؤال. يساعدكم أول موظف متاح.",
        },
    ),
)


VOCABULARY = {
    None: ("Waterstad", "Marktplein", "Wilgenkade", "Oude Sluisweg", "Buurthuis De Spil"),
    "geboorte-aangeven": ("geboorteakte", "erkenning", "ouderlijk gezag"),
    "hulp-met-formulieren": ("bijzondere bijstand", "kwijtschelding", "individuele inkomenstoeslag"),
    "verhuizen-doorgeven": ("briefadres", "uittreksel"),
}
"""By service type's slug; None: in every talk. The streets do not exist."""

OWN_PHRASE = {
    "nl": "U kunt ook langskomen op het Marktplein.",
    "en": "You can also visit us at Marktplein.",
    "ar": "يمكنكم أيضًا زيارتنا في Marktplein.",
}


@dataclass(frozen=True, slots=True)
class DemoEmployeeText:
    user: str
    name: str
    display_name: str
    team: str
    role: str = "employee"


EMPLOYEES = (
    DemoEmployeeText("sanne", "Sanne de Wit", "Sanne", "Burgerzaken"),
    DemoEmployeeText("yusuf", "Yusuf Demir", "Yusuf", "Werk en inkomen"),
    DemoEmployeeText("ilse", "Ilse Bakker", "Ilse", "Burgerzaken", "manager"),
)


def dutch_texts() -> Iterator[tuple[str, str]]:
    """(where, text) of what citizens read, for the plain-language check: gettext does not know these."""
    yield "demo: opening hours", MUNICIPALITY["opening_hours"]["nl"]
    for service_type in SERVICE_TYPES:
        yield f"demo: {service_type.slug}", service_type.names["nl"]
        yield f"demo: {service_type.slug}", service_type.texts["nl"]
    yield "demo: own phrase", OWN_PHRASE["nl"]
