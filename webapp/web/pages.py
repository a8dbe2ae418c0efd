"""The one place that decides whether a request gets a page or a fragment of it."""

from typing import Any

from flask import Response, flash, get_flashed_messages, make_response, render_template, request
from flask import redirect as flask_redirect
from htmx_flask.requests import HtmxHeaders
from jinja2_fragments.flask import render_block


def wants_fragment() -> bool:
    """Say whether htmx asked, and so swaps a part of the page that is shown."""
    htmx: HtmxHeaders = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render(
    template: str,
    *blocks: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response:
    """Answer with the whole page, or with the named blocks of it where htmx asked.

    The first block replaces the target; the others find their own place on the page: they are
    rendered with `out_of_band` true, and say so in `hx-swap-oob`. What was flashed goes to the
    page's live region.
    """
    if blocks and wants_fragment():
        parts = [
            render_block(template, block, out_of_band=position > 0, **context)
            for position, block in enumerate(blocks)
        ]
        parts.append(_announcement())
        body = "\n".join(parts)
    else:
        body = render_template(template, out_of_band=False, **context)
    response = make_response(body, status)
    response.headers.update(headers or {})
    response.vary.add("HX-Request")
    return response


def redirect(address: str) -> Response:
    """Send the browser to another page, by whichever way the request can follow."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(flask_redirect(address, 303))


def announce(text: str, category: str = "success") -> None:
    """Tell the person what was done, on this answer or on the page it leads to."""
    flash(text, category)


def _announcement() -> str:
    if not get_flashed_messages():
        return ""
    return render_template("web/_announcement.html", out_of_band=True)
