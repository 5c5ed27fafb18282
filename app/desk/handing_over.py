"""One link in all the forms in which it can be handed over."""

from dataclasses import dataclass
from urllib.parse import quote

import segno
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.domain.conversations import Invitation
from app.domain.people import Municipality


@dataclass(frozen=True, slots=True)
class HandedOver:
    """qr: an SVG as a data address. mail and sms: addresses that open the employee's own program."""

    address: str
    qr: str
    title: str
    text: str
    mail: str
    sms: str


def hand_over(invitation: Invitation, token: str, municipality: Municipality) -> HandedOver:
    """The words are in the invited person's language, not in the employee's."""
    address = f"{current_app.config['BASE_URL']}/l/{token}"
    with force_locale(invitation.language):
        title = _("Gesprek met %(town)s", town=municipality.name)
        text = _(
            "U heeft een gesprek met de gemeente %(town)s. Open deze link. U hoeft niets te installeren.",
            town=municipality.name,
        )
    message = f"{text}\n{address}"
    return HandedOver(
        address=address,
        qr=segno.make(address, error="m", micro=False).svg_data_uri(
            scale=4, border=3, dark="#000", light="#fff"
        ),
        title=title,
        text=text,
        mail=f"mailto:?subject={quote(title)}&body={quote(message)}",
        sms=f"sms:?&body={quote(message)}",  # "?&" is what both Android and iOS understand
    )
