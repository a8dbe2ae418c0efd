"""Measures one sealed proof against typst and a bare pyHanko signature, and a thousand of them.

    python benchmarks/proofs.py [PROOFS]

One: the CPU time of `proofs.make`, which reads the journal, lays out, seals, stores and commits,
against `typst.compile` of such a page and pyHanko's signature of it, by turns in one process;
the median ratio. Each is of another recipient: typst remembers what it has laid out.
A thousand: the proofs of deposit of one letter, sealed by a sweep of the worker in a process of its
own; its seconds and the most memory that it held.
"""

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import typst
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from benchmarks.installation import administrator, opened
from benchmarks.measuring import measure, verdict
from config import Config
from webapp import keys
from webapp.clock import machine_clock
from webapp.evidence import layout, pades, proofs, seal
from webapp.evidence.contents import contents
from webapp.evidence.grounds import grounds
from webapp.evidence.rows import Imprint
from webapp.evidence.sealing import Sweep
from webapp.extensions import db
from webapp.letters.submission import FrozenRecipient, Submission, submit

LIMIT = 1.3
TURNS = 40
ADDRESS = "https://recommande.lavoir.example"
SEAL = "--seal"


def hand_over(config: Config, number: int) -> None:
    """Hand a letter over to so many recipients, each of whom gets a proof of deposit."""
    people = [
        FrozenRecipient(f"Nom {line}", f"m{line}@x.example", "professional", "", "")
        for line in range(number)
    ]
    author = administrator()
    submission = Submission(
        organisation=author.organisation,
        author=author,
        subject="Convocation",
        message="Bonjour.",
        is_trial=False,
        recipients=people,
        key="une-clef-assez-longue",
        token_key=keys.secret(config.keys_directory, "recipients"),
        host="courrier.example",
    )
    submit(db.session, submission, datetime.now(UTC))
    db.session.commit()


def one(config: Config, entries: list[int]) -> tuple[float, float]:
    """Give the CPU seconds of the bare way and of ours, in the turn with the median ratio."""
    key = seal.open_key(config.keys_directory)
    signer = pades.signer_of(key)
    turns = []
    for other, entry_id in zip(entries[::2], entries[1::2], strict=True):
        inputs = page_of(config, other, key)
        ways: list[Callable[[], Any]] = [
            lambda inputs=inputs: bare(inputs, signer),
            lambda entry=entry_id: proofs.make(db.session, entry, config, machine_clock()),
        ]
        turns.append(tuple(seconds_of(way) for way in ways))
    middle = median(ours / alone for alone, ours in turns[1:])
    return min(turns[1:], key=lambda turn: abs(turn[1] / turn[0] - middle))


def page_of(config: Config, entry_id: int, key: seal.Key) -> dict[str, str]:
    """Give what typst is given for this proof."""
    found = grounds(db.session, entry_id)
    page = contents(found, Imprint(key.fingerprint, config.public_url))
    db.session.rollback()
    return layout.inputs(page, found.exported())


def bare(inputs: dict[str, str], signer: signers.SimpleSigner) -> bytes:
    """Lay out and sign, and nothing else."""
    pdf = typst.compile(
        layout.TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=["a-3b", "ua-1"],
    )
    metadata = signers.PdfSignatureMetadata(
        field_name="Sceau", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signed = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer=signer)
    return bytes(signed.getbuffer())


def seconds_of(way: Callable[[], Any]) -> float:
    start = time.process_time()
    way()
    return time.process_time() - start


def seal_all(directory: Path) -> None:
    """Do what the worker does; print the seconds and the memory that it took in a running one."""
    app = opened(directory, public_url=ADDRESS)
    with app.app_context():
        config: Config = app.extensions["plirec"]
        start = time.monotonic()
        Sweep(db.session, config, machine_clock, lambda: False).run(proofs.Progress())
        seconds = time.monotonic() - start
        count = db.session.query(proofs.Proof).count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{count} proofs in all  {seconds:6.1f} s by one worker, {memory / 1e6:.0f} MB at most")


def main() -> None:
    if sys.argv[1:2] == [SEAL]:
        seal_all(Path(sys.argv[2]))
        return
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        app = opened(Path(folder))
        with app.app_context():
            config = replace(app.extensions["plirec"], public_url=ADDRESS)
            hand_over(config, number)
            entries = proofs.due(db.session, 2 * (TURNS + 1))
            db.session.rollback()
            alone, ours = one(config, entries)
            db.session.remove()
            db.engine.dispose()
        print(f"typst and a bare signature  {alone * 1000:5.0f} ms of CPU")
        print(f"one sealed proof            {ours * 1000:5.0f} ms of CPU")
        print(f"ratio                     {verdict(ours / alone, LIMIT)}")
        sys.stdout.flush()
        cost = measure([sys.executable, __file__, SEAL, folder], shown=True)
        print(f"the whole process           {cost.seconds:5.0f} s of CPU")


if __name__ == "__main__":
    main()
