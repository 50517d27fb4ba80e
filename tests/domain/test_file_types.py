"""Which files are kept, and under which names: told by bytes, not by what they are called."""

import io
import zipfile

import pytest

from domain.file_names import LONGEST, clean
from domain.file_types import FileType, recognise

PDF = FileType("application/pdf", ("pdf",))
TEXT = FileType("text/plain", ("txt", "log", "md"))


def a_zip(*names: str, mimetype: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "content")
    return written.getvalue()


def an_older_office_file(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + name.encode("utf-16-le") + bytes(100)


OFFICE = "[Content_Types].xml"

KEPT = [
    (b"%PDF-1.7\n...", "x.pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n....", "x.png", "image/png"),
    (b"\xff\xd8\xff\xe0....", "x.jpg", "image/jpeg"),
    (b"GIF89a....", "x.gif", "image/gif"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "x.webp", "image/webp"),
    (b"II*\x00....", "x.tif", "image/tiff"),
    (b"MM\x00*....", "x.tiff", "image/tiff"),
    (b"\x00\x00\x00\x18ftypheic....", "x.heic", "image/heic"),
    (a_zip("notes.txt"), "x.zip", "application/zip"),
    (a_zip(OFFICE, "word/document.xml"), "x.docx",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (a_zip(OFFICE, "xl/workbook.xml"), "x.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (a_zip(OFFICE, "ppt/presentation.xml"), "x.pptx",
     "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (a_zip("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "x.ods",
     "application/vnd.oasis.opendocument.spreadsheet"),
    (an_older_office_file("Workbook"), "x.xls", "application/vnd.ms-excel"),
    (an_older_office_file("WordDocument"), "x.doc", "application/msword"),
    (b"Delivered 12 chairs\r\n", "x.txt", "text/plain"),
    ("दिनांक,राशि\n21-11-2026,100\n".encode(), "x.csv", "text/csv"),
    (b"\xef\xbb\xbfdate,amount\n", "x.csv", "text/csv"),
    ("date\tamount".encode("utf-16"), "x.txt", "text/plain"),
    ("Café".encode("cp1252"), "x.txt", "text/plain"),
    (b'{"gstin": "27AAPFU0939F1ZV"}', "gstr1.json", "application/json"),
    (b"<?xml version='1.0'?><ENVELOPE><TALLYMESSAGE/></ENVELOPE>", "tally.xml", "application/xml"),
    (b"if a < b: <script> is only a word here", "x.txt", "text/plain"),
]  # fmt: skip

REFUSED = [
    (b"MZ\x90\x00\x03", "setup.exe"),
    (b"\x7fELF\x02\x01\x01\x00", "program"),
    (b"\xca\xfe\xba\xbe\x00\x00", "x.class"),
    (b"#!/bin/sh\nrm -rf /\n", "x.sh"),
    (b"<!DOCTYPE html><html>", "page.html"),
    (b"  \n<HTML><body>", "invoice.pdf"),
    (b"\xef\xbb\xbf<script>alert(1)</script>", "x.txt"),
    (b"<!-- a --><svg onload='alert(1)'>", "logo.svg"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png"),
    (b"<?xml version='1.0'?><x:html xmlns:x='http://www.w3.org/1999/xhtml'/>", "x.xml"),
    ("<html><script>".encode("utf-16"), "x.txt"),
    (a_zip("META-INF/MANIFEST.MF", "Main.class"), "tool.jar"),
    (a_zip("AndroidManifest.xml", "classes.dex"), "app.apk"),
    (a_zip(OFFICE, "xl/workbook.xml", "xl/vbaProject.bin"), "macros.xlsx"),
    (an_older_office_file("!Installer"), "setup.msi"),
    (bytes(range(256)), "noise.bin"),
    (b"\x00" * 100, "x.txt"),
]


@pytest.mark.parametrize(("content", "filename", "content_type"), KEPT)
def test_what_is_kept_is_told_by_its_bytes(content: bytes, filename: str, content_type: str) -> None:
    file_type = recognise(content, filename=filename)

    assert file_type is not None
    assert file_type.content_type == content_type
    assert clean(filename, file_type) == filename, "the ending fits"


@pytest.mark.parametrize(("content", "filename"), REFUSED)
def test_programs_and_pages_are_refused_whatever_they_are_called(content: bytes, filename: str) -> None:
    for name in (filename, "invoice.pdf", "picture.png", "notes.csv"):
        assert recognise(content, filename=name) is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Invoice.PDF", "Invoice.PDF"),
        ("चालान २०२६.pdf", "चालान २०२६.pdf"),
        ("ক্\u200dষ.pdf", "ক্\u200dষ.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\bill.pdf", "bill.pdf"),
        ("a\x00b\x07\x7fc.pdf", "abc.pdf"),
        ("two\r\nlines.pdf", "two lines.pdf"),
        ("gnp\u202efdp.exe", "gnpfdp.exe.pdf"),
        ('a"b<c>d|e?f*g:h.pdf', "a_b_c_d_e_f_g_h.pdf"),
        ("invoice.exe", "invoice.exe.pdf"),
        (" . ", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("", "file.pdf"),
        ("a/", "file.pdf"),
        ("trailing. .pdf", "trailing.pdf"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("😀" * 300, "😀" * 196 + ".pdf"),
    ],
)
def test_names_are_clean(name: str, kept: str) -> None:
    cleaned = clean(name, PDF)

    assert cleaned == kept
    assert len(cleaned) <= LONGEST


def test_a_script_that_is_plain_text_is_never_saved_as_a_script() -> None:
    """Windows carries out what ends in .bat; the bytes are a text like any other."""
    assert recognise(b"del *.*", filename="x.bat") == TEXT
    assert clean("x.bat", TEXT) == "x.bat.txt"
