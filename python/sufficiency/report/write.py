"""The page as one HTML file: inline pictures, no script, nothing fetched."""

from __future__ import annotations

from importlib import resources
from typing import Any

from sufficiency.errors import InputError
from sufficiency.report.page import Page


def html_of(page: Page) -> str:
    """The page as HTML text.

    Raises
    ------
    InputError
        If the packages that draw and lay it out are not installed.
    """
    try:
        import jinja2
        import vl_convert
        from markupsafe import Markup
    except ImportError as error:
        raise InputError(
            f"{error.name} is missing [missing-package]\n\nhint: pip install 'sufficiency[report]'"
        ) from error

    def drawing(chart: Any) -> Any:
        svg = vl_convert.vegalite_to_svg(chart.to_dict())
        # The figure around it says what it shows; what is inside would be read out letter by letter.
        return Markup(svg[svg.index("<svg") :].replace("<svg", '<svg aria-hidden="true"', 1))

    template = resources.files("sufficiency.report").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.undefined = jinja2.StrictUndefined
    return environment.from_string(template).render(page=page, drawing=drawing) + "\n"
