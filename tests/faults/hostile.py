"""Files that were made, or might be, to harm whoever reads them; and good ones to stand among them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.documents import docx_of, pdf_of

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
_ELF = b"\x7fELF\x02\x01\x01" + bytes(2_000)


def good(number: int) -> tuple[str, bytes]:
    """A document that has to be read, and answers a question of its own."""
    text = f"The lantern number {number} hangs in harbour {number}."
    kind = ("md", "txt", "html", "rst", "pdf", "docx")[number % 6]
    content = {
        "md": f"# Lantern {number}\n\n{text}\n".encode(),
        "txt": text.encode(),
        "html": f"<h1>Lantern {number}</h1><p>{text}".encode(),
        "rst": f"Lantern {number}\n==========\n\n{text}\n".encode(),
        "pdf": pdf_of([[text]]),
        "docx": docx_of(text),
    }[kind]
    return f"good-{number}.{kind}", content


def archive(document: bytes, more: dict[str, bytes] | None = None) -> bytes:
    """A Word file whose text part is ``document``, whatever that is."""
    base = io.BytesIO(docx_of("x"))
    written = io.BytesIO()
    with zipfile.ZipFile(base) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, document if entry.filename == "word/document.xml" else old.read(entry))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return written.getvalue()


def word(body: str, before: str = "") -> bytes:
    """The text part of a Word file."""
    return f'<?xml version="1.0"?>{before}<w:document {_WORD}><w:body>{body}</w:body></w:document>'.encode()


def laughs() -> str:
    """Entities that name each other, each ten times."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f"<!DOCTYPE d [{entities}]>"


def lying_archive() -> bytes:
    """A Word file that says its text is smaller than it is."""
    data = archive(word("<w:p><w:r><w:t>" + "hello " * 5_000 + "</w:t></w:r></w:p>"))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        size = opened.getinfo("word/document.xml").file_size
    return data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a table that fits."""
    body, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(body + b"trailer << /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start))


def stream(data: bytes, more: bytes = b"") -> bytes:
    """A stream object, packed."""
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)


def page_with(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """A PDF of one page; its content is object 4, further objects follow."""
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << %s >> >>" % resources
    return pdf(b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, content, *more)


def _pdfs() -> dict[str, bytes]:
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    form = stream(
        b"/F Do " * 20, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"
    )
    filters = b"[" + b"/FlateDecode " * 5_000 + b"]"
    return {
        "pages-loop": pdf(catalog, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
        "pages-many": pdf(
            catalog, b"<< /Type /Pages /Kids [" + b"3 0 R " * 200_000 + b"] /Count 200000 >>", b"<< /Type /Page >>"
        ),
        "count-lies": pdf(catalog, b"<< /Type /Pages /Kids [] /Count 2147483647 >>"),
        "reference-loop": pdf(b"1 0 R"),
        "previous-loop": pdf(catalog, b"<< /Type /Pages /Kids [] /Count 0 >>", trailer=b"/Root 1 0 R /Prev 9"),
        "form-loop": page_with(stream(b"/F Do"), b"/XObject << /F 5 0 R >>", form),
        "stream-bomb": page_with(stream(bytes(300_000_000))),
        "filters": page_with(b"<< /Length 0 /Filter %s >>\nstream\n\nendstream" % filters),
        "deep-arrays": page_with(stream(b"[" * 100_000)),
        "deep-objects": pdf(b"<< /A " * 50_000),
        "numbers": page_with(stream(b"BT " + b"9" * 2_000_000 + b" Td (x) Tj ET")),
        "cut": pdf_of([["hello"]])[:-600],
        "encrypted": pdf_of([["hello"]], password="secret"),
        "pictures": pdf_of([[], []]),
    }


def _words() -> dict[str, bytes]:
    nested = 60_000
    return {
        "bomb": archive(word("x") + bytes(250_000_000)),
        "picture-bomb": archive(word("<w:p/>"), {"word/media/image1.png": bytes(250_000_000)}),
        "many-parts": archive(word("<w:p/>"), {f"word/x{number}.xml": b"" for number in range(6_000)}),
        "lying": lying_archive(),
        "laughs": archive(word("<w:p><w:r><w:t>&e9;</w:t></w:r></w:p>", laughs())),
        "deep": archive(word("<w:sdt><w:sdtContent>" * nested)),
        "deep-tables": archive(word("<w:tbl><w:tr><w:tc>" * 80 + "</w:tc></w:tr></w:tbl>" * 80)),
        "no-document": archive(b""),
        "cut": docx_of("hello")[:9_000],
    }


def _pages() -> dict[str, bytes]:
    return {
        "deep-divs": b"<div>" * 300_000,
        "deep-lists": b"<ul><li>" * 60_000,
        "deep-tables": b"<table><tr><td>" * 20_000,
        "deep-quotes": b"<blockquote>" * 100_000,
        "attributes": b"<p " + b" ".join(b"a%d=1" % number for number in range(300_000)),
        "comment": b"<!--" + b"-" * 5_000_000,
        "script": b"<script>" * 200_000,
        "nulls": bytes(1_000_000) + b"<p>x",
    }


def _texts() -> dict[str, bytes]:
    return {
        "line.txt": b"word " * 2_000_000,
        "line.md": b"[x](" * 2_500_000,
        "nulls.txt": b"abc\0" * 100_000,
        "nulls.md": bytes(5_000),
        "control.txt": bytes(range(1, 9)) * 5_000,
        "line.rst": b"*a* " * 2_500_000,
        "deep.rst": b"".join(b" " * depth + b"- x\n\n" for depth in range(0, 3_000, 2)),
        "substitution.rst": b".. |a| replace:: |b| |b|\n.. |b| replace:: |a| |a|\n\n|a|\n",
        "include.rst": b".. include:: include.rst\n.. include:: /dev/zero\n",
        "picture.md": _PNG,
        "program.html": _ELF,
        "picture.pdf": _PNG,
        "program.docx": _ELF,
        "word.pdf": docx_of("hello"),
        "word.pptx": docx_of("hello"),
        "bomb.pptx": archive(b"", {"ppt/media/image1.png": bytes(250_000_000)}),
        "pdf.docx": pdf_of([["hello"]]),
        "archive.rst": docx_of("hello"),
        "empty.pdf": b"",
        "empty.docx": b"",
        "empty.html": b"",
    }


def hostile_files(wanted: int) -> dict[str, bytes]:
    """``wanted`` files by name; the kinds take turns, and files of one kind differ in their last byte."""
    makers: tuple[tuple[str, Callable[[], dict[str, bytes]]], ...] = (
        (".pdf", _pdfs),
        (".docx", _words),
        (".html", _pages),
        ("", _texts),
    )
    kinds = [(f"{name}{suffix}", data) for suffix, make in makers for name, data in make().items()]
    rounds = -(-wanted // len(kinds))
    named = [
        (f"{turn}-{name}", data + bytes([10 + turn] * bool(data))) for turn in range(rounds) for name, data in kinds
    ]
    return dict(named[:wanted])


def write_all(folder: Path, hostile: int, friendly: int) -> None:
    """Writes hostile and good files into ``folder``, mixed by name."""
    for name, data in hostile_files(hostile).items():
        (folder / name).write_bytes(data)
    for number in range(friendly):
        name, data = good(number)
        (folder / f"{number}-{name}").write_bytes(data)
