"""The page as one HTML file: inline pictures, nothing fetched, a small script that it does not depend on."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from sufficiency.report.model import Page

ATTRIBUTION = (
    "Where figures are published ones, they contain public sector information licensed under the Open Government "
    "Licence v3.0: Department for Education, Office for National Statistics; and Ordnance Survey data, Crown "
    "copyright and database right 2025."
)


def html_of(page: Page) -> bytes:
    """The page as HTML. Its own policy lets a browser run the one script that is part of it, by its hash."""
    folder = resources.files("sufficiency.report")
    template, style, script = (
        folder.joinpath(name).read_text(encoding="utf-8") for name in ("page.html.j2", "page.css", "page.js")
    )
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.undefined = jinja2.StrictUndefined
    # Style and script are ours, and a drawing escapes its own text; all else is escaped here.
    text = environment.from_string(template).render(
        page=page,
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        attribution=ATTRIBUTION,
    )
    return (text + "\n").encode("utf-8", errors="replace")
