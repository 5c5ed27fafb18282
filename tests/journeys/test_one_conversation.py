"""The main job: one link, four people, a voice that becomes a caption, a rating, and nothing left."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.storage.conversations import StoredConversations
from app.storage.database import connect
from tests.desk import ServedDesk
from tests.journeys.people import Employee, Guest
from tests.journeys.sound import microphone_file, tone_file

pytestmark = [pytest.mark.media, pytest.mark.browser]


@pytest.mark.timeout(1200)
def test_four_people_talk_and_one_voice_is_read_by_the_others(
    served_desk: ServedDesk, people: Callable[..., Any], recordings: Path, tmp_path: Path
) -> None:
    demo = served_desk.demo
    recording = recordings / "nl" / "vl12745.wav"
    said = recording.with_suffix(".txt").read_text().lower()
    voice = microphone_file(recording, tmp_path / "voice.wav")
    beep = tone_file(440, tmp_path / "beep.wav")

    employee: Employee = people(Employee, "Sanne", microphone=beep)
    employee.sign_in(demo["desk_url"], demo["employees"][0]["user"], demo["employees"][0]["password"])
    employee.page.get_by_role("link", name="Naar het gesprek: Geboorte aangeven").first.click()

    conversation_id = employee.page.url.split("/")[-2]

    citizen: Guest = people(Guest, "citizen", microphone=voice)
    interpreter: Guest = people(Guest, "interpreter", microphone=beep)
    relative: Guest = people(Guest, "relative", microphone=beep)
    guests = [citizen, interpreter, relative]
    for guest in guests:
        guest.come_to_waiting_room(demo["links"][guest.name], lends_voice=guest is citizen)
        guest.waits()
    employee.lets_in(3)
    for guest in guests:
        guest.is_in_the_talk()

    everybody = [employee, *guests]
    for person in everybody:
        person.sees_moving(4)
        person.hears(3)
    # Words that Whisper base hears right in this recording; it writes "dialog" for "dialoog".
    assert {"geloof", "zullen"} <= set(said.split())
    for reader in (employee, interpreter, relative):
        reader.reads_caption("Inwoner", "geloof")
        reader.reads_caption("Inwoner", "zullen")

    fifth: Guest = people(Guest, "fifth")
    fifth.open_link(employee.invites("Nodig uit: Naaste"))
    for answer in ("Ik doe mee", "Nee, liever niet", "Nee, dat wil ik niet", "Ga naar de wachtkamer"):
        fifth.press(answer)
    expect(fifth.page.get_by_role("heading", level=1)).to_have_text("Het gesprek is vol")
    expect(fifth.page.get_by_role("link", name=re.compile("14 099")).first).to_be_visible()
    fifth.close()

    employee.ends_for_all()
    citizen.rate()
    for person in everybody:
        assert person.broken == []
    database = connect(
        f"sqlite:///{served_desk.data_dir / 'wijkbalie.sqlite'}",
        (served_desk.data_dir / "data.key").read_text(),
    )
    left = StoredConversations(database).conversation(conversation_id)
    assert not left.is_open
    assert left.seats == ()
    assert {invitation.display_name for invitation in left.invitations} == {""}
    with database.reading() as session:
        assert session.execute(text("select easy, liked from rating")).fetchall() == [(3, 3)]
    database.close()
