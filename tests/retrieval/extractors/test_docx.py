"""Word files: everything that a reader sees, in the order of the document."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from retrieval.extractors import zip_bounds
from retrieval.extractors.docx import read_docx
from retrieval.extractors.zip_bounds import BrokenArchiveError, UnpacksTooLargeError
from tests.documents import docx_of, saved


def test_headings_paragraphs_lists_tables_and_code_come_in_the_order_of_the_document() -> None:
    document = docx.Document()
    document.add_paragraph("Pets", style="Title")
    document.add_heading("Cats", 2)
    document.add_paragraph("They  sleep\tlong.")
    document.add_paragraph("meat", style="List Bullet")
    document.add_paragraph("fish", style="List Bullet")
    document.add_paragraph("open", style="List Number")
    document.add_paragraph("feed", style="List Number")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["name", "age", "Tom | Jerry", "3"], strict=True):
        cell.text = text
    document.styles.add_style("Source Code", WD_STYLE_TYPE.PARAGRAPH)
    for line in ("def feed(cat):", "", "    cat.eat()"):
        document.add_paragraph(line, style="Source Code")
    extracted = read_docx(saved(document), "pets.docx")
    assert extracted.title == "Pets"
    assert extracted.text == (
        "# Pets\n\n## Cats\n\nThey sleep long.\n\n- meat\n- fish\n1. open\n2. feed\n\n"
        "| name | age |\n| --- | --- |\n| Tom \\| Jerry | 3 |\n\n"
        "```\ndef feed(cat):\n\n    cat.eat()\n```"
    )
    assert [extracted.text[each.start : each.end] for each in extracted.headings] == ["# Pets", "## Cats"]


def test_text_in_content_controls_and_insertions_counts_and_deleted_text_does_not() -> None:
    document = docx.Document()
    inner = "<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>"
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control))
    assert read_docx(saved(document), "a.docx").text == "new"


def test_a_cell_that_reaches_over_rows_is_repeated_and_over_columns_followed_by_empty_ones() -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "both"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
    table.cell(1, 1).text = "x"
    assert read_docx(saved(document), "a.docx").text == "| both | wide |  |\n| --- | --- | --- |\n| both | x |  |"


def test_prose_in_a_typewriters_face_stays_prose_and_code_becomes_a_fence() -> None:
    document = docx.Document()
    for text in ("This memo is old.", "Normal.", "x = f(1);"):
        run = document.add_paragraph().add_run(text)
        run.font.name = "Calibri" if text == "Normal." else "Courier New"
    assert read_docx(saved(document), "a.docx").text == "This memo is old.\n\nNormal.\n\n```\nx = f(1);\n```"


def archive_of(**entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return written.getvalue()


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_bounds, "MOST_UNPACKED", 1_000)
    with pytest.raises(UnpacksTooLargeError, match=r"bomb\.docx"):
        read_docx(archive_of(word__document=b"0" * 2_000), "bomb.docx")


def test_one_part_of_markup_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_bounds, "LARGEST_MARKUP", 1_000)
    with pytest.raises(UnpacksTooLargeError, match=r"bomb\.docx"):
        read_docx(archive_of(word__document=b"0" * 2_000), "bomb.docx")


def test_an_archive_whose_sizes_are_lies_is_damaged() -> None:
    data = docx_of("hello " * 500)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(BrokenArchiveError, match=r"lie\.docx"):
        read_docx(lying, "lie.docx")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 no", archive_of(a=b"<a/>"), docx_of("x")[:800]],
    ids=["empty", "a beginning", "another archive", "truncated"],
)
def test_what_is_no_word_document_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(BrokenArchiveError, match=r"a\.docx"):
        read_docx(data, "a.docx")


def test_a_formula_is_read_in_one_line() -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    square = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{run('a+b')}</m:num><m:den>{run('c')}</m:den></m:f>"
    document = docx.Document()
    document.element.body.insert(
        0, parse_xml(f"<w:p {nsdecls('w')} {math}><m:oMath>{square}{run('=')}{fraction}</m:oMath></w:p>")
    )
    assert read_docx(saved(document), "a.docx").text == "x^2=(a+b)/c"
