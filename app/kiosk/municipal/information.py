"""What the municipality tells everybody, for terminals to keep. Public: it names nobody, so nobody has to sign."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from app.domain.information import Information, Page, Town
from app.domain.people import Municipality


def create_blueprint(municipality: Callable[[], Municipality], pages: tuple[Page, ...]) -> Blueprint:
    room = Blueprint("terminal_information", __name__)

    @room.post("/terminal/api/information")
    def information() -> Response:
        town = municipality()
        told = Town(
            name=town.name,
            phone=town.phone,
            email=town.email,
            website=town.website,
            address=town.address,
            opening_hours=town.opening_hours,
            theme=town.theme,
        )
        return jsonify(Information(told, pages).as_json())

    return room
