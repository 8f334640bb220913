"""The structure of the PDF, read by another library than wrote it: a screen reader finds its way (PDF/UA-1)."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, NameObject

from packs import small
from sufficiency.report.page import page_of
from sufficiency.report.writers import written

SHOWING_TEXT = (b"Tj", b"TJ", b"'", b'"')


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return written(page_of(small(20)), ".pdf")


def elements(node: Any) -> Iterator[DictionaryObject]:
    """Structure elements in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, ArrayObject):
        for kid in node:
            yield from elements(kid)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K"))


def problems(content: bytes) -> list[str]:
    """What keeps a screen reader from the document."""
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    xmp = reader.xmp_metadata
    found = [
        name
        for name, there in {
            "not tagged": root.get("/MarkInfo", {}).get("/Marked"),
            "no structure": "/StructTreeRoot" in root,
            "no language": str(root.get("/Lang", "")).startswith("en"),
            "title not shown": root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"),
            "no title": reader.metadata and reader.metadata.title,
            "no title in XMP": xmp and any((xmp.dc_title or {}).values()),
            "not PDF/UA-1": b"pdfuaid:part" in root["/Metadata"].get_object().get_data(),
        }.items()
        if not there
    ]
    tree = list(elements(root["/StructTreeRoot"]["/K"])) if "/StructTreeRoot" in root else []
    levels = [int(each["/S"][2:]) for each in tree if each["/S"] in {f"/H{level}" for level in range(1, 7)}]
    if levels.count(1) != 1 or levels[:1] != [1]:
        found.append("not one first heading")
    if any(later > before + 1 for before, later in itertools.pairwise(levels)):
        found.append("a heading level is left out")
    if any(not str(each.get("/Alt", "")).strip() for each in tree if each["/S"] == "/Figure"):
        found.append("a figure without alternative")
    found += [each for table in tree if table["/S"] == "/Table" for each in table_problems(table)]
    return list(dict.fromkeys(found))


def table_problems(table: DictionaryObject) -> list[str]:
    rows = [each for each in elements(table.get("/K")) if each["/S"] == "/TR"]
    cells = [[each for each in elements(row.get("/K")) if each["/S"] in ("/TH", "/TD")] for row in rows]
    if not rows or {each["/S"] for each in cells[0]} != {"/TH"}:
        return ["a table without heads"]
    scopes = [
        each.get_object().get("/Scope")
        for head in cells[0]
        for each in head.get("/A", [])
        if "/Scope" in each.get_object()
    ]
    uneven = len({len(row) for row in cells}) != 1
    return ["a table of uneven rows"] * uneven + ["a head without scope"] * (len(scopes) != len(cells[0]))


def page_problems(page: Any, reader: PdfReader) -> list[str]:
    """Text outside all marked content is read by nobody, or in the wrong place."""
    found, open_marks = [], 0
    for _, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            open_marks += 1
        elif operator == b"EMC":
            open_marks -= 1
        elif operator in SHOWING_TEXT and not open_marks:
            found.append("text outside the structure")
    return found + ["tab order is not that of the structure"] * (page.get("/Tabs") != "/S")


def test_a_screen_reader_finds_its_way_through_the_pdf(pdf: bytes) -> None:
    assert problems(pdf) == []
    reader = PdfReader(io.BytesIO(pdf))
    assert [each for page in reader.pages for each in page_problems(page, reader)] == []
    root: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    kinds = [str(each["/S"]) for each in elements(root["/StructTreeRoot"]["/K"])]
    assert kinds.count("/Figure") >= 3 and kinds.count("/Table") >= 7 and kinds.count("/H2") >= 10


def first(root: Any, kind: str) -> DictionaryObject:
    return next(each for each in elements(root["/StructTreeRoot"]["/K"]) if each["/S"] == kind)


BROKEN: dict[str, Callable[[Any], object]] = {
    "not tagged": lambda root: root.pop("/MarkInfo"),
    "no language": lambda root: root.pop("/Lang"),
    "title not shown": lambda root: root.pop("/ViewerPreferences"),
    "a figure without alternative": lambda root: first(root, "/Figure").pop("/Alt"),
    "not one first heading": lambda root: first(root, "/H1").update({NameObject("/S"): NameObject("/P")}),
    "a heading level is left out": lambda root: first(root, "/H2").update({NameObject("/S"): NameObject("/H4")}),
    "a table without heads": lambda root: first(root, "/TH").update({NameObject("/S"): NameObject("/TD")}),
    "a head without scope": lambda root: first(root, "/TH").pop("/A"),
    "a table of uneven rows": lambda root: first(root, "/TD").update({NameObject("/S"): NameObject("/P")}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_finds_what_is_broken(pdf: bytes, name: str) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    BROKEN[name](writer.root_object)
    file = io.BytesIO()
    writer.write(file)
    assert name in problems(file.getvalue())
