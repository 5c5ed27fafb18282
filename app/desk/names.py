"""How the desk names people and services."""

from flask_babel import get_locale
from flask_babel import gettext as _

from app.domain.conversations import Role, ServiceType


def role_name(role: Role) -> str:
    names = {
        Role.CITIZEN: _("Inwoner"),
        Role.EMPLOYEE: _("Medewerker"),
        Role.INTERPRETER: _("Tolk"),
        Role.RELATIVE: _("Naaste"),
    }
    return str(names[role])


def person_name(role: Role, display_name: str) -> str:
    """Without a name, the role is the name."""
    return f"{display_name} ({role_name(role).lower()})" if display_name else role_name(role)


def service_name(service_type: ServiceType) -> str:
    locale = get_locale()
    return service_type.names.get(str(locale.language) if locale else "nl") or service_type.names["nl"]
