"""What the municipality tells everybody, for terminals to keep."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from app.domain.information import Information, Page, Town
from app.domain.people import Municipality
from app.kiosk.municipal.signed import signed_request


def create_blueprint(municipality: Callable[[], Municipality], pages: tuple[Page, ...]) -> Blueprint:
    room = Blueprint("terminal_information", __name__)

    @room.post("/terminal/api/information")
    @signed_request
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
