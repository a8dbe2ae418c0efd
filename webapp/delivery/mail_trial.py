"""A real message through the mail server, to see whether it goes and where it stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from config import Config
from webapp.accounts.mail_problems import STAGES, told
from webapp.accounts.paced_mail import PacedMail
from webapp.database import AnySession
from webapp.mail import DeliveryProblem

ADVICE = {
    "name": _l(
        "Vérifiez le nom du serveur : il s’écrit comme smtp.exemple.fr, sans http:// devant."
    ),
    "connect": _l(
        "Vérifiez le port (587 le plus souvent, 465 avec TLS), et que cette machine a le droit de "
        "s’y connecter : certains réseaux ferment ces ports."
    ),
    "tls": _l(
        "Essayez l’autre chiffrement : STARTTLS va avec le port 587, TLS avec le port 465. Si le "
        "serveur parle d’un certificat, son nom doit être celui que le certificat porte."
    ),
    "login": _l(
        "Vérifiez l’identifiant et le mot de passe. Certaines messageries veulent un « mot de "
        "passe d’application », que l’on crée dans leurs réglages de sécurité."
    ),
    "sender": _l(
        "Le serveur n’accepte pas cette adresse d’expédition : prenez celle du compte avec lequel "
        "vous vous connectez."
    ),
    "recipient": _l(
        "Le serveur n’accepte pas d’envoyer à votre adresse : il faut sans doute s’y connecter."
    ),
    "data": _l("Le serveur a refusé le message lui-même : ses mots, ci-dessous, disent pourquoi."),
}
"""What to do when a message stops at a stage."""


@dataclass(frozen=True)
class Stage:
    """One step of an exchange: its name in words, and whether it was passed."""

    words: str
    passed: bool


@dataclass(frozen=True)
class TrialResult:
    """How far a message went; `words` are the server's own."""

    recipient: str
    stages: Sequence[Stage]
    words: str
    advice: str

    @property
    def arrived(self) -> bool:
        """Say whether the server took the message."""
        return all(stage.passed for stage in self.stages)


def send_trial(session: AnySession, config: Config, recipient: str, now: datetime) -> TrialResult:
    """Send one message through the settings' mail server, and tell each stage.

    :param recipient: the address of the person who tries.
    :param now: an aware moment.
    """
    try:
        with PacedMail(session, config, is_awaited=True) as channel:
            answer = channel.send(_message(config, recipient, now))
    except DeliveryProblem as problem:
        if problem.stage not in STAGES:
            return TrialResult(recipient, [Stage(told(str(problem)), False)], "", "")
        advice = str(ADVICE.get(problem.stage, ""))
        return TrialResult(recipient, _stages(config, problem.stage), problem.words, advice)
    return TrialResult(recipient, _stages(config, None), answer, "")


def _stages(config: Config, stopped_at: str | None) -> list[Stage]:
    skipped = {
        "tls": config.smtp_security == "none",
        "login": not config.smtp_username,
    }
    stages: list[Stage] = []
    for name, words in STAGES.items():
        if name == stopped_at:
            return [*stages, Stage(str(words), False)]
        if not skipped.get(name):
            stages.append(Stage(str(words), True))
    return stages


def _message(config: Config, recipient: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = config.mail_from
    message["To"] = recipient
    message["Subject"] = _("Message d’essai de Plirec")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=config.mail_from.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        _(
            "Ce message montre que Plirec peut écrire par votre serveur de messagerie.\n"
            "Il n’y a rien à faire."
        )
    )
    return message
