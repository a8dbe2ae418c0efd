"""How far the sealed PDFs are checked against PDF/A-3b (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

No registry that this project uses has veraPDF. typst refuses what it knows to break either norm;
these tests read the sealed file, which typst has never seen, and look at the clauses they name.
"""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from sqlalchemy.orm import Session, sessionmaker

from config import Config
from webapp.evidence import proofs

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
PAINTING = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}
FORBIDDEN = {
    "/JavaScript",
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/GoTo3DView",
}


@pytest.fixture(params=[False, True], ids=["plain", "trial"])
def files(
    request: pytest.FixtureRequest,
    sessions: sessionmaker[Session],
    config: Config,
    fingerprint: str,
    story: Any,
) -> list[bytes]:
    """The sealed proofs of a letter that was accepted, with the address where to check them."""
    with sessions.begin() as session:
        story.submit(session, trial=request.param)
        story.notify_and_accept(session)
        ids = proofs.due(session, 10)
    config = replace(config, public_url="https://recommande.jardins.example")
    with sessions() as session:
        made = [proofs.make(session, entry_id, config, NOW) for entry_id in ids]
    assert (len(made), len(fingerprint)) == (3, 64)
    return [proofs.sealed(proof, config.files_directory) for proof in made]


@pytest.fixture
def opened(files: list[bytes]) -> Iterator[list[Pdf]]:
    pdfs = [pikepdf.open(io.BytesIO(content)) for content in files]
    yield pdfs
    for pdf in pdfs:
        pdf.close()


def dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Give every dictionary of the file, streams' included."""
    waiting: list[Any] = list(pdf.objects)
    while waiting:
        found = waiting.pop()
        if isinstance(found, pikepdf.Stream | Dictionary):
            yield found
            waiting += [found[key] for key in found.keys() if is_inside(found[key])]  # noqa: SIM118
        elif isinstance(found, Array):
            waiting += [value for value in found if is_inside(value)]


def is_inside(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def elements(node: Any) -> Iterator[Any]:
    """Give every element of the tree of structure."""
    children = node.get("/K", [])
    for child in children if isinstance(children, Array) else [children]:
        if isinstance(child, Dictionary) and child.get("/S") is not None:
            yield child
            yield from elements(child)


def test_qpdf_finds_no_error(opened: list[Pdf]) -> None:
    assert [pdf.check_pdf_syntax() for pdf in opened] == [[], [], []]


def test_programs_of_others_say_that_the_signature_is_valid_and_covers_all(
    files: list[bytes], tmp_path: Path
) -> None:
    for content in files:
        require_good_for_openssl(content, tmp_path)
        # Poppler's is on most machines; `make test` installs it where it may.
        if pdfsig := shutil.which("pdfsig"):
            require_good_for_poppler(pdfsig, content, tmp_path)


def require_good_for_openssl(content: bytes, folder: Path) -> None:
    """Let `openssl cms` check the signature over all that stands around it."""
    ((_, end, rest, size),) = [
        [int(number) for number in found.split()]
        for found in re.findall(rb"/ByteRange \[([0-9 ]+)\]", content)
    ]
    assert rest + size == len(content)
    signature, signed = folder / "sceau.der", folder / "scellé"
    signature.write_bytes(bytes.fromhex(content[end + 1 : rest - 1].decode()))
    signed.write_bytes(content[:end] + content[rest:])
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-noverify"]
    files = ["-in", signature, "-content", signed, "-out", folder / "lu"]
    told = subprocess.run([*command, *files], check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def require_good_for_poppler(pdfsig: str, content: bytes, folder: Path) -> None:
    """Let `pdfsig` say what a reader of PDF shows."""
    file = folder / "preuve.pdf"
    file.write_bytes(content)
    told = subprocess.run([pdfsig, "-nocert", file], check=True, capture_output=True, text=True)
    assert "Signature is Valid" in told.stdout
    assert "Total document signed" in told.stdout
    assert "ETSI.CAdES.detached" in told.stdout


def test_the_metadata_name_both_norms_and_agree_with_the_file(opened: list[Pdf]) -> None:
    for pdf in opened:
        metadata = pdf.Root.Metadata.read_bytes().decode()
        for name, value in {
            "pdfaid:part": "3",
            "pdfaid:conformance": "B",
            "pdfuaid:part": "1",
        }.items():
            assert re.search(rf"<{name}>{value}</{name}>", metadata), "6.6.4, and 5 of PDF/UA-1"
        assert pdf.Root.Metadata.get("/Filter") is None, "6.6.2.1: readable as it stands"
        title = str(pdf.docinfo["/Title"])
        assert title in metadata, "6.6.3: the two say the same"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle, "7.1 of PDF/UA-1"
        assert len(pdf.trailer.ID) == 2, "6.1.3"
        assert not pdf.is_encrypted, "6.1.3"


def test_colours_have_their_profile_and_transparency_its_space(opened: list[Pdf]) -> None:
    for pdf in opened:
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == Name.GTS_PDFA1, "6.2.3"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp", "an ICC profile"
        for found in dictionaries(pdf):
            if found.get("/S") == Name.Transparency:
                assert found.get("/CS") is not None, "6.2.10"


def test_every_font_is_inside_and_can_be_read_aloud(opened: list[Pdf]) -> None:
    for pdf in opened:
        fonts = [found for found in dictionaries(pdf) if found.get("/Type") == Name.Font]
        assert fonts
        for font in fonts:
            descriptor = font.get("/FontDescriptor")
            if font.Subtype == Name.Type0:
                assert font.get("/ToUnicode") is not None, "7.21.7 of PDF/UA-1"
            else:
                assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys()), "6.2.11.4"


def test_nothing_acts_and_nothing_is_outside_the_file(opened: list[Pdf]) -> None:
    for pdf in opened:
        assert pdf.Root.get("/OpenAction") is None
        assert pdf.Root.get("/AA") is None
        assert pdf.Root.AcroForm.get("/XFA") is None
        assert not pdf.Root.AcroForm.get("/NeedAppearances", False), "6.4.1"
        for found in dictionaries(pdf):
            assert str(found.get("/S")) not in FORBIDDEN, "6.5.1"
            assert found.get("/Filter") != Name.LZWDecode, "6.1.7.2"
            if isinstance(found, pikepdf.Stream):
                assert found.get("/F") is None, "6.1.7.1: no stream lies in another file"


def test_the_facts_are_attached_as_the_source_of_the_document(opened: list[Pdf]) -> None:
    for pdf in opened:
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == Name.Source, "6.8"
        assert (str(attached.F), str(attached.UF)) == ("faits.json", "faits.json")
        assert str(attached.Desc)
        assert attached.EF.F.Subtype == Name("/application/json")
        assert attached.EF.F.Params.get("/ModDate") is not None
        assert list(pdf.attachments) == ["faits.json"]


def test_all_that_is_painted_is_marked_and_in_the_tree(opened: list[Pdf]) -> None:
    for pdf in opened:
        assert pdf.Root.MarkInfo.Marked, "7.1 of PDF/UA-1"
        assert str(pdf.Root.Lang) == "fr-FR", "7.2"
        for page in pdf.pages:
            assert page.obj.get("/StructParents") is not None
            assert unmarked(page) == [], "7.1: content or artifact"
        kinds = [str(element.S) for element in elements(pdf.Root.StructTreeRoot)]
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") >= 5
        assert not {kind for kind in kinds if re.fullmatch("/H[3-6]", kind)}, "7.4.2: none skipped"


def unmarked(page: pikepdf.Page) -> list[str]:
    """Name the painting operators that stand outside of every marked content."""
    depth, found = 0, []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
        if operator in PAINTING and not depth:
            found.append(operator)
    return found


def test_the_code_to_scan_and_the_links_have_words(opened: list[Pdf]) -> None:
    for pdf in opened:
        (figure,) = [
            element for element in elements(pdf.Root.StructTreeRoot) if Name.Figure == element.S
        ]
        assert "https://recommande.jardins.example/verifier" in str(figure.Alt), "7.3"
        links = []
        for page in pdf.pages:
            for annotation in page.obj.get("/Annots", []):
                assert page.obj.Tabs == Name.S, "7.18.3"
                assert annotation.get("/F", 0) & 0b100, "6.3.2 of PDF/A: printed"
                if annotation.Subtype == Name.Link:
                    assert str(annotation.Contents), "7.18.5"
                    links.append(str(annotation.A.URI))
                else:
                    assert annotation.Subtype == Name.Widget
                    assert annotation.Rect == Array([0, 0, 0, 0]), "7.18.4: not shown"
                    assert str(annotation.TU), "7.18.1"
        assert links == [
            f"https://recommande.jardins.example/{page}" for page in ("verifier", "sceau")
        ]
