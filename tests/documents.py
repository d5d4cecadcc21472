"""PDF and Word files made in memory, as small as they can be."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf_of(pages: Sequence[Sequence[str]], outline: Sequence[tuple[str, int]] = (), password: str = "") -> bytes:
    """A PDF with these lines on these pages; ``outline`` are titles with the page, from 0, that they lead to."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    reference = writer._add_object(font)
    for lines in pages:
        page = writer.add_blank_page(400, 800)
        fonts = DictionaryObject({NameObject("/F1"): reference})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream.set_data(f"BT /F1 12 Tf 14 TL 20 780 Td {shown} ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    for title, number in outline:
        writer.add_outline_item(title=title, page_number=number)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def saved(document: Document) -> bytes:
    """The file that Word would open."""
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def docx_of(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)
