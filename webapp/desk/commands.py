"""`plirec serve`, `web`, `database`, `organisation`, `backup`, `restore`: an installation."""

import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from config import Config
from webapp import signals

READY = "Plirec est prêt : http://{host}:{port}  (Ctrl-C pour arrêter)"
PAUSE = 0.5
"""How often, in seconds, the children are looked at; one that stopped is started again."""


@click.command()
def serve() -> None:
    """Lancer tout : les pages et l’envoi, jusqu’à l’arrêt (Ctrl-C)."""
    config = Config.from_environment()
    _require_sound_start(config)
    is_asked_to_stop = signals.heed()
    children = {name: _start(name) for name in ("web", "worker")}
    is_announced = False
    while not is_asked_to_stop():
        if not is_announced and _answers(config):
            is_announced = True
            click.echo(READY.format(host=config.host, port=config.port))
        for name, child in children.items():
            if child.poll() is not None:
                click.echo(f"« plirec {name} » s’est arrêté : il est relancé.", err=True)
                children[name] = _start(name)
        time.sleep(PAUSE)
    for child in children.values():
        child.terminate()
    for child in children.values():
        child.wait()


@click.command()
def web() -> None:
    """Servir les pages seulement."""
    from waitress import serve as serve_pages

    from webapp import create_app
    from webapp.cycles import keep_for_good

    config = Config.from_environment()
    _require_sound_start(config)
    app = create_app(config)
    keep_for_good()
    # A request that is being answered is finished: the server ends well on this exception.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve_pages(
        app,
        host=config.host,
        port=config.port,
        threads=4,
        ident="Plirec",
        # The server refuses what the application would, before it fills the disk.
        max_request_body_size=config.most_request_bytes,
        # The application alone knows how many proxies it may believe.
        clear_untrusted_proxy_headers=not config.trusted_proxies,
        _quiet=True,
    )


@click.group()
def database() -> None:
    """La base de données."""


@database.command()
def upgrade() -> None:
    """Amener la base de données à cette version de Plirec (elle est créée au besoin)."""
    _upgrade(Config.from_environment())


@database.command()
@click.argument("message")
def draft(message: str) -> None:
    """Proposer une migration d’après les tables du code (pour qui développe Plirec)."""
    from webapp import create_app
    from webapp.desk import schema

    with create_app(Config.from_environment()).app_context():
        schema.draft(message)


@click.command(help="Tout sauvegarder dans une seule archive, pendant que Plirec tourne.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Print what was saved; exit 0 all of it, 1 the store had lost something, 2 nothing saved."""
    from webapp.desk.backup import BackupFailed, back_up

    try:
        saved = back_up(Config.from_environment(), file, datetime.now(UTC))
    except BackupFailed as error:
        click.echo(str(error), err=True)
        context.exit(2)
    click.echo(
        f"Sauvegarde faite : {file} (base de données, clés, fichiers : {saved.manifest.file_count})"
    )
    trouble = _key_trouble()
    if trouble:
        click.echo(trouble, err=True)
    _tell_lacking(context, saved.lacking)
    if trouble:
        context.exit(1)


def _key_trouble() -> str:
    """Look at the seal's key last: without it, what is left is worth saving all the more."""
    from webapp import create_app
    from webapp.evidence.start import key_trouble

    with create_app(Config.from_environment()).app_context():
        return key_trouble()


@click.command(help="Remettre une sauvegarde en place, dans un dossier de données vide.")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Print what was restored; exit 0 all of it, 1 the backup lacked something, 2 nothing done."""
    from webapp.desk.restore import RestoreFailed
    from webapp.desk.restore import restore as put_in_place

    config = Config.from_environment()
    try:
        restored = put_in_place(config, file, _upgrade)
    except RestoreFailed as error:
        click.echo(str(error), err=True)
        context.exit(2)
    click.echo(
        f"La sauvegarde du {restored.manifest.made_at} est en place dans {config.data_directory} "
        f"(fichiers : {restored.manifest.file_count}). Lancez maintenant « plirec serve »."
    )
    _tell_lacking(context, restored.lacking)


def _tell_lacking(context: click.Context, names: "list[str]") -> None:
    if not names:
        return
    click.echo("Mais il manque, ou est abîmé, dans le dossier des données :", err=True)
    for name in names:
        click.echo(f"  {name}", err=True)
    click.echo("Cherchez-les dans une sauvegarde plus ancienne, et gardez-les toutes.", err=True)
    context.exit(1)


def _upgrade(config: Config) -> None:
    from webapp import create_app
    from webapp.desk import schema
    from webapp.extensions import db

    with create_app(config).app_context():
        schema.upgrade()
        db.engine.dispose()


@click.command(help="Dire comment va le service ; se termine par 1 si quelque chose ne va pas.")
@click.option("--json", "as_json", is_flag=True, help="Écrire le résultat en JSON.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Print the figures and what to do; exit 0 when all is well, 1 when something is not."""
    import json

    from webapp import create_app
    from webapp.database import reading_only
    from webapp.desk import status_words
    from webapp.desk.status import gather
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    config = Config.from_environment()
    with create_app(config).app_context():
        # What only looks must neither hold the lock that others write under, nor wait for it.
        reading_only.set(True)
        require_database()
        found = gather(db.session, config, datetime.now(UTC))
        db.session.rollback()
        if as_json:
            click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        else:
            for line in status_words.lines(found):
                advice = f"  ← {line.advice}" if line.advice else ""
                click.echo(f"{line.label}\u00a0: {line.value}{advice}")
        db.engine.dispose()
    context.exit(1 if found.problems else 0)


@click.group(help="Les fichiers gardés : pièces jointes, preuves, messages revenus.")
def files() -> None:
    """Gather the commands about stored files."""


@files.command("verify", help="Relit chaque fichier gardé et le compare à son empreinte SHA-256.")
@click.pass_context
def verify_files(context: click.Context) -> None:
    """Name the files that are missing or damaged; exit 0 when there is none, 1 otherwise."""
    from webapp import create_app
    from webapp.database import reading_only
    from webapp.desk.files_check import check
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    config = Config.from_environment()
    with create_app(config).app_context():
        # What only looks must neither hold the lock that others write under, nor wait for it.
        was = reading_only.set(True)
        try:
            require_database()
            found = check(db.session, config.files_directory)
        finally:
            reading_only.reset(was)
        db.engine.dispose()
    for file in found.lost:
        what = "absent" if file.is_missing else "abîmé"
        click.echo(f"{what} : {file.digest} ({'; '.join(file.owners)})")
    if found.lost:
        click.echo("Reprenez ces fichiers d’une sauvegarde, et gardez toutes les sauvegardes.")
        context.exit(1)
    click.echo(f"Les fichiers gardés sont tous là, tels qu’ils ont été déposés : {found.total}.")


@click.group()
def organisation() -> None:
    """Les associations de cette installation."""


@organisation.command("create")
@click.option("--name", required=True, help="Son nom, qui figurera sur chaque preuve.")
@click.option("--address", "address_1", required=True, help="Le numéro et la rue.")
@click.option("--address-2", default="", help="Le complément d’adresse.")
@click.option("--postal-code", required=True, help="Le code postal.")
@click.option("--city", required=True, help="La ville.")
@click.option("--country", default="", help="Le pays ; vide pour la France.")
@click.option("--email", required=True, help="L’adresse e-mail de l’expéditeur.")
@click.option(
    "--names-sender",
    required=True,
    type=click.Choice(["oui", "non"]),
    help="Si l’avis nomme l’expéditeur, ou le cache jusqu’à l’acceptation.",
)
@click.option("--administrator", help="L’adresse e-mail de qui inviter comme administrateur.")
@click.option("--public-url", help="L’adresse publique de Plirec, si elle n’est pas encore réglée.")
def create_one(
    names_sender: str, administrator: str | None, public_url: str | None, **texts: str
) -> None:
    """Crée une association ; avec --administrator, écrit le lien de son premier administrateur."""
    from webapp import create_app
    from webapp.desk.opening import Asked, NotPossible, open_organisation
    from webapp.evidence.start import require_database
    from webapp.extensions import db

    config = Config.from_environment()
    with create_app(config).app_context():
        require_database()
        asked = Asked(texts, names_sender == "oui", administrator, public_url)
        try:
            told = open_organisation(db.session, config, asked, datetime.now(UTC))
        except NotPossible as problem:
            raise click.ClickException(str(problem)) from None
        db.session.commit()
    click.echo(told)


def _require_sound_start(config: Config) -> None:
    from webapp import create_app
    from webapp.evidence.start import require_sound

    with create_app(config).app_context():
        require_sound()


def _answers(config: Config) -> bool:
    """Say whether the address that is printed can be opened."""
    try:
        socket.create_connection((config.host, config.port), timeout=1).close()
    except OSError:
        return False
    return True


def _start(name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "webapp", name])
