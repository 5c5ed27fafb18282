"""Sentences of staff mode, in B1: what a host did, what is wrong with the printer, the network, the machine."""

from datetime import datetime

from flask_babel import format_datetime
from flask_babel import gettext as _

from app.domain.local_time import LOCAL
from app.kiosk.device.network_test import NetworkFound


def moment(at: datetime, form: str) -> str:
    """On the municipality's clock, e.g. "H.mm" → 9.30."""
    return str(format_datetime(at.astimezone(LOCAL), form, rebase=False))


def deed(what: str) -> str:
    said = {
        "came_in": _("Een host vulde de code in."),
        "wrong_code": _("Iemand vulde een verkeerde code in."),
        "locked_out": _("Te veel verkeerde codes. De zuil liet 15 minuten niemand toe."),
        "stayed_longer": _("De host vroeg om 10 minuten extra."),
        "went_out": _("De host was klaar."),
        "code_changed": _("De code is veranderd."),
        "camera_good": _("Camera getest: goed."),
        "camera_bad": _("Camera getest: niet goed."),
        "sound_good": _("Geluid getest: goed."),
        "sound_bad": _("Geluid getest: niet goed."),
        "network_good": _("Netwerk getest: goed."),
        "network_bad": _("Netwerk getest: niet goed."),
        "printer_good": _("Printer getest: goed."),
        "printer_bad": _("Printer getest: niet goed."),
        "page_printed": _("De printer kreeg een testbon."),
        "page_not_printed": _("De testbon kwam niet."),
        "browser_restarted": _("Het scherm is opnieuw gestart."),
        "machine_restarted": _("De hele zuil is opnieuw gestart."),
        "restart_failed": _("Opnieuw starten lukte niet."),
        "switched_off": _("De zuil is uitgezet voor die dag."),
        "switched_on": _("De zuil is weer aangezet."),
    }.get(what, what)
    return str(said)


def printer(code: str) -> str:
    said = {
        "ready": _("De printer staat klaar."),
        "busy": _("De printer is bezig. Wacht even."),
        "no_printer": _("Deze zuil heeft geen printer."),
        "no_service": _("Het printen werkt niet. Start de zuil opnieuw."),
        "off": _("De printer geeft geen antwoord. Staat hij aan? Zit de kabel erin?"),
        "out_of_paper": _("Het papier is op. Leg een nieuwe rol in de printer."),
        "paper_stuck": _("Het papier zit vast. Open de printer en haal het eruit."),
        "open": _("De printer staat open. Doe de klep dicht."),
        "stopped": _("De printer is stilgezet. Bel de helpdesk van de gemeente."),
        "trouble": _("De printer meldt een storing. Zet hem uit en weer aan."),
        "no_font": _("Er missen letters op deze zuil. Bel de helpdesk van de gemeente."),
        "too_slow": _("De printer doet er te lang over. Zet hem uit en weer aan."),
    }.get(code, code)
    return str(said)


def municipality_found(found: NetworkFound) -> str:
    said = {
        "": _("De zuil kan de gemeente bereiken."),
        "network": _("De zuil heeft geen internet. Zit de kabel erin?"),
        "timeout": _("De gemeente geeft geen antwoord. Probeer het over 5 minuten weer."),
        "server": _("De computer van de gemeente heeft een storing. Bel de helpdesk van de gemeente."),
        "certificate": _("De verbinding is niet veilig. Bel de helpdesk van de gemeente."),
        "answer": _("Er zit iets tussen de zuil en de gemeente. Bel de helpdesk van de gemeente."),
        "revoked": _("De gemeente laat deze zuil niet meer toe. Bel de helpdesk van de gemeente."),
        "unknown_terminal": _("De gemeente kent deze zuil niet. Bel de helpdesk van de gemeente."),
        "not_enrolled": _("Deze zuil is nog niet aangemeld bij de gemeente."),
        "clock_off": _("De klok van de zuil loopt verkeerd."),
    }.get(found.municipality)
    return str(said or _("De gemeente weigert deze zuil. Bel de helpdesk van de gemeente."))


def relay_found(found: NetworkFound) -> str:
    if found.relay:
        return str(_("Beeld en geluid kunnen naar de gemeente."))
    return str(_("Beeld en geluid komen er niet door. Bel de helpdesk van de gemeente."))


def agent_problem(code: str) -> str:
    said = {
        "in_talk": _("Er is nu een gesprek. Wacht tot het klaar is."),
        "busy": _("De zuil is al bezig. Wacht even."),
        "down": _("Dat lukt nu niet. Zet de zuil uit met de knop en weer aan."),
    }.get(code)
    return str(said or _("Dat mag nu niet. Bel de helpdesk van de gemeente."))
