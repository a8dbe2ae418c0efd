"""The mails about accounts: an invitation, a link for a new password. Nothing in them spies."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from config import Config
from webapp.accounts.addresses import host, mail_obstacle, public_address
from webapp.accounts.kinds import EXPLANATIONS
from webapp.accounts.link_models import Invitation
from webapp.accounts.mail_settings import with_mail_settings
from webapp.accounts.models import Kind, User
from webapp.accounts.paced_mail import PacedMail
from webapp.database import AnySession
from webapp.mail import automatic

WAIT = 10
"""How many seconds an exchange may take while a person waits for the page."""


@dataclass(frozen=True)
class Post:
    """How mails about accounts leave, and where their links lead.

    :param obstacle: why none can leave, though a mail server is set; None when nothing stands in
        the way, or no server is set.
    """

    config: Config
    address: str
    obstacle: str | None

    @property
    def is_open(self) -> bool:
        """Say whether a mail can leave."""
        return bool(self.config.smtp_host) and self.obstacle is None

    def link(self, path: str) -> str:
        """Give the whole address of one of our pages."""
        return f"{self.address}{path}"


def post(session: AnySession, config: Config) -> Post:
    """Give the way mails about accounts leave by, with the settings that are in use."""
    config = with_mail_settings(session, config)
    obstacle = mail_obstacle(session, config) if config.smtp_host else None
    return Post(config, public_address(session, config), obstacle)


def invitation(post: Post, invited: Invitation, link: str, now: datetime) -> EmailMessage:
    """Write the mail that invites a person, in the organisation's language.

    :raises Refused: the address cannot stand in a message.
    """
    with force_locale(invited.organisation.language):
        return _invitation(post, invited, link, now)


def _invitation(post: Post, invited: Invitation, link: str, now: datetime) -> EmailMessage:
    organisation = invited.organisation.name
    if invited.invited_by:
        first = _(
            "%(name)s vous invite à rejoindre %(organisation)s, qui envoie ses courriers "
            "recommandés électroniques par Plirec.",
            name=invited.invited_by.name,
            organisation=organisation,
        )
    else:
        first = _(
            "Vous êtes invité à rejoindre %(organisation)s, qui envoie ses courriers "
            "recommandés électroniques par Plirec.",
            organisation=organisation,
        )
    return _message(
        post,
        invited.email,
        _("Invitation à rejoindre %(organisation)s", organisation=organisation),
        now,
        greeting=_("Bonjour %(name)s,", name=invited.name) if invited.name else _("Bonjour,"),
        paragraphs=(
            first,
            _("Voici ce que permet votre compte. %(kind)s", kind=EXPLANATIONS[Kind(invited.kind)]),
            _("Le lien sert une seule fois, pendant 24 heures."),
        ),
        button=_("Créer mon compte"),
        link=link,
        ending=_("Si vous n’attendiez pas cette invitation, ne faites rien."),
    )


def new_password(post: Post, user: User, link: str, now: datetime) -> EmailMessage:
    """Write the mail that lets a person choose a new password, in that person's language.

    :raises Refused: the address cannot stand in a message.
    """
    with force_locale(user.language or user.organisation.language):
        return _new_password(post, user, link, now)


def _new_password(post: Post, user: User, link: str, now: datetime) -> EmailMessage:
    return _message(
        post,
        user.email,
        _("Choisir un nouveau mot de passe"),
        now,
        greeting=_("Bonjour %(name)s,", name=user.name),
        paragraphs=(
            _("Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte."),
            _("Le lien sert une seule fois, pendant une heure."),
        ),
        button=_("Choisir un nouveau mot de passe"),
        link=link,
        ending=_("Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même."),
    )


def send_now(session: AnySession, post: Post, message: EmailMessage) -> str:
    """Hand one message over while a person waits, outside any transaction; give the answer.

    :raises webapp.mail.DeliveryProblem: it did not leave, at the stage that it names.
    """
    hurried = replace(post.config, smtp_timeout=min(WAIT, post.config.smtp_timeout))
    with PacedMail(session, hurried, is_awaited=True) as channel:
        return channel.send(message)


def _message(post: Post, to: str, subject: str, now: datetime, **context: object) -> EmailMessage:
    # A line break in a name would begin another header.
    title, message_id = " ".join(subject.split()), make_msgid(domain=host(post.address))
    message = automatic(("Plirec", post.config.mail_from), to, title, message_id, now)
    context |= {"subject": subject, "public_address": post.address}
    message.set_content(render_template("accounts/message.txt", **context))
    message.add_alternative(render_template("accounts/message.html", **context), subtype="html")
    return message
