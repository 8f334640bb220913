"""The documentation as pages: concepts, validation and the executed notebooks as HTML that needs no network.

Run by `make docs`, after `make notebooks`; the reference beside them is pdoc's.
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

import mistune
import nbformat

ROOT = Path(__file__).parents[2]
PAGES = {
    "concepts": "Concepts",
    "sen2": "Person-level returns",
    "validation": "How good past forecasts would have been",
    "cost": "How cost grows",
}
STYLE = """
body{font:18px/1.5 Arial,Helvetica,sans-serif;color:#0b0c0c;max-width:50rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;font-size:.85em;display:block;overflow-x:auto}
th,td{border-bottom:1px solid #bfbfbf;padding:.25rem .6rem;text-align:left}
caption{text-align:left;font-weight:bold}
pre{background:#f3f5f7;padding:.7rem;overflow-x:auto;font-size:.8em;line-height:1.35}
img{max-width:100%;height:auto}a{color:#12436d}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
"""
READ = mistune.create_markdown(plugins=["table"])


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><a class="skip" href="#content">Skip to content</a>'
        f'<nav><a href="index.html">All pages</a></nav><main id="content">{body}</main></body></html>\n'
    )


def notebook_body(file: Path) -> str:
    """The cells of an executed notebook and what they showed."""
    parts = []
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(str(READ(cell.source)))
            continue
        parts.append(f'<pre tabindex="0"><code>{html.escape(cell.source)}</code></pre>')
        parts += [shown for output in cell.outputs if (shown := _shown(output))]
    return "\n".join(parts)


def _shown(output: Any) -> str:
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>" if output.name == "stdout" else ""
    data = output.get("data", {})
    if "text/html" in data:
        # A frame brings a style of its own that only its table needs.
        return re.sub(r"<style.*?</style>", "", data["text/html"], flags=re.DOTALL)
    return f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"


def main(out: Path) -> None:
    """Writes all pages to a folder that holds the reference already."""
    notebooks = sorted((ROOT / "out" / "notebooks").glob("*.ipynb"))
    links = ['<li><a href="sufficiency.html">Reference</a></li>']
    for name, title in PAGES.items():
        text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        (out / f"{name}.html").write_text(page(title, str(READ(text))), encoding="utf-8")
        links.append(f'<li><a href="{name}.html">{title}</a></li>')
    for file in notebooks:
        first = nbformat.read(file, as_version=4).cells[0].source.splitlines()[0].lstrip("# ")
        (out / f"{file.stem}.html").write_text(page(first, notebook_body(file)), encoding="utf-8")
        links.append(f'<li><a href="{file.stem}.html">Notebook {html.escape(first)}</a></li>')
    index = (
        f"<h1>sufficiency</h1><p>Will there be enough of the right specialist places?</p><ul>{''.join(links)}</ul>"
    )
    (out / "index.html").write_text(page("sufficiency", index), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
