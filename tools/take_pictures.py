"""Takes the README's pictures from a real talk of four browsers. The people are drawn: nobody's face is used.

python -m tools.take_pictures RECORDING.wav
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import chromium, started_playwright
from tests.desk import ROOT, ServedDesk
from tests.journeys.people import PHONE, Employee, Guest
from tests.journeys.sound import microphone_file, tone_file

PICTURES = ROOT / "docs" / "pictures"
LOOKS = {  # background, skin, hair, clothes
    "Sanne": ("#dce8f5", "#f0c8a8", "#7a4a2b", "#1f4e79"),
    "citizen": ("#efe6d8", "#b07a55", "#2a1c16", "#7a3b6d"),
    "interpreter": ("#e3efe4", "#e8b894", "#a8562a", "#2b2b2b"),
    "relative": ("#ece4f2", "#8a5a3c", "#151010", "#3f7d5a"),
}


def portrait(name: str, shift: int) -> str:
    back, skin, hair, clothes = LOOKS[name]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">
    <rect width="640" height="360" fill="{back}"/><rect x="430" y="40" width="150" height="190" fill="#fff8"/>
    <g transform="translate({shift} 0)"><path d="M150 380c0-110 70-150 170-150s170 40 170 150z" fill="{clothes}"/>
    <path d="M225 175c0-90 35-125 95-125s95 35 95 125c0 45-12 75-30 95H255c-18-20-30-50-30-95z" fill="{hair}"/>
    <rect x="290" y="210" width="60" height="55" rx="24" fill="{skin}"/>
    <ellipse cx="320" cy="160" rx="68" ry="82" fill="{skin}"/>
    <path d="M250 150c5-60 40-80 70-80s68 18 72 80c-30-8-52-22-66-40-18 22-46 36-76 40z" fill="{hair}"/>
    <circle cx="294" cy="162" r="6" fill="#222"/><circle cx="346" cy="162" r="6" fill="#222"/>
    <path d="M294 {204 - shift}q26 {20 + shift} 52 0" fill="none" stroke="#8a3b3b" stroke-width="5"/>
    </g></svg>"""


def camera_file(browser: Browser, name: str, folder: Path) -> Path:
    """Two drawings in turn, so that the picture lives; Motion JPEG is one JPEG after another."""
    page = browser.new_page(viewport={"width": 640, "height": 360})
    stills = []
    for shift in (0, 4):
        page.set_content(f'<body style="margin:0">{portrait(name, shift)}')
        stills.append(page.screenshot(type="jpeg", quality=90))
    page.close()
    film = folder / f"{name}.mjpeg"
    film.write_bytes(b"".join(still * 8 for still in stills))
    return film


def main(recording: Path) -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "models").symlink_to(ROOT / "var" / "models")
        desk = ServedDesk(folder)
        desk.start()
        with chromium() as browser:
            films = {who: camera_file(browser, who, folder) for who in LOOKS}
        beep = tone_file(440, folder / "beep.wav")
        voice = microphone_file(recording, folder / "voice.wav", silence_s=8)
        playwright = started_playwright()
        employee = Employee(
            playwright, "Sanne", beep, camera=films["Sanne"], viewport={"width": 1440, "height": 900}
        )
        first = desk.demo["employees"][0]
        employee.sign_in(desk.demo["desk_url"], first["user"], first["password"])
        employee.page.get_by_role("link", name=re.compile("^Naar het gesprek")).first.click()
        guests = {
            who: Guest(
                playwright,
                who,
                voice if who == "citizen" else beep,
                camera=films[who],
                viewport=PHONE if who == "citizen" else None,
                device_scale_factor=2 if who == "citizen" else 1,
            )
            for who in ("citizen", "interpreter", "relative")
        }
        citizen = guests["citizen"]
        citizen.open_link(desk.demo["links"]["citizen"])
        citizen.page.screenshot(path=str(PICTURES / "welcome-phone.png"))
        for who, guest in guests.items():
            guest.come_to_waiting_room(desk.demo["links"][who])
            guest.waits()
        abroad = Guest(playwright, "abroad", viewport=PHONE, locale="ar", device_scale_factor=2)
        abroad.context.add_cookies(citizen.context.cookies())
        abroad.page.goto(citizen.page.url)
        abroad.page.screenshot(path=str(PICTURES / "waiting-arabic.png"))
        abroad.close()
        employee.lets_in(3)
        for guest in guests.values():
            guest.is_in_the_talk()
        for person in (employee, *guests.values()):
            person.sees_moving(4)
        employee.reads_caption("Inwoner", "geloof")
        guests["interpreter"].page.get_by_label("Typ mee").fill("De afspraak is op dinsdag om 10 uur.")
        employee.page.get_by_text("De afspraak is op dinsdag").wait_for()
        employee.page.screenshot(path=str(PICTURES / "console.png"))
        citizen.page.screenshot(path=str(PICTURES / "talk-phone.png"))
        for person in (employee, *guests.values()):
            person.close()
        desk.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
