"""How a citizen's page leaves the house: its fragment, its headers, and the kind refusals."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError

from app.domain.conversations import ConversationEnded, NotFound
from app.visitor.guests import STATUS, Problem, Refused


def render_block(template_name: str, block: str, **values: Any) -> str:
    """One named block of a template, for a page that only asks what changed."""
    current_app.update_template_context(values)
    template = current_app.jinja_env.get_template(template_name)
    return "".join(template.blocks[block](template.new_context(values)))


def add_refusals(blueprint: Blueprint) -> None:
    def refuse(problem: Problem, invitation_id: str | None) -> ResponseReturnValue:
        page = render_template("visitor/problem.html", problem=problem.value, invitation_id=invitation_id)
        return page, STATUS[problem]

    @blueprint.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        return refuse(error.problem, error.invitation_id)

    @blueprint.errorhandler(ConversationEnded)
    def ended(_error: ConversationEnded) -> ResponseReturnValue:
        return refuse(Problem.ENDED, None)

    @blueprint.errorhandler(NotFound)
    def gone(_error: NotFound) -> ResponseReturnValue:
        """Between our looking and our doing, e.g. the link was replaced."""
        return refuse(Problem.NOT_YOURS, None)

    @blueprint.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> ResponseReturnValue:
        return refuse(Problem.STALE, (request.view_args or {}).get("invitation_id"))

    @blueprint.errorhandler(RateLimitExceeded)
    def too_often(_error: RateLimitExceeded) -> ResponseReturnValue:
        return refuse(Problem.TOO_OFTEN, None)

    @blueprint.after_request
    def keep_to_yourself(response: Response) -> Response:
        """Personal pages stay out of search engines; caches and Referer are closed for every page."""
        if request.path.startswith(("/gesprek/", "/l/")):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
