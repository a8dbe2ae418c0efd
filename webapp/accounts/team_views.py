"""« Mon équipe »: the administrator invites, changes what people may do, and lets them go."""

from datetime import UTC, datetime
from email.message import EmailMessage

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _

from webapp.accounts import invitations, mail_problems, messages, password_links, team
from webapp.accounts.access import actor, administrators, whom_to_ask
from webapp.accounts.kinds import EXPLANATIONS, LABELS
from webapp.accounts.link_models import Invitation
from webapp.accounts.models import Kind, User
from webapp.accounts.team_forms import InvitationForm, KindForm
from webapp.accounts.users import EmailTaken
from webapp.extensions import db
from webapp.mail import DeliveryProblem
from webapp.web.errors import refusal
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current

blueprint = Blueprint("team", __name__)


@blueprint.app_context_processor
def name_administrators() -> dict[str, object]:
    """Let every page of a signed-in account say whom to ask."""
    return {"whom_to_ask": whom_to_ask}


@blueprint.get("/organisation/equipe")
@administrators
def people() -> Response:
    """Show everyone who has an account, and the invitations that are open."""
    return _team(InvitationForm(formdata=None))


@blueprint.post("/organisation/equipe/invitations")
@administrators
def invite() -> Response:
    """Invite an address: by mail where a mail server is set, and by a link to copy in any case."""
    form = InvitationForm()
    if not form.validate():
        return _team(form, status=422)
    kind, now = Kind(form.kind.data), datetime.now(UTC)
    try:
        invitation, token = invitations.invite(
            db.session,
            actor().organisation_id,
            form.name.data or "",
            form.email.data or "",
            kind,
            actor(),
            now,
        )
    except EmailTaken:
        form.email.errors = [
            _("Cette adresse a déjà un compte sur Plirec ; une adresse ne sert qu’à un compte.")
        ]
        return _team(form, status=422)
    except invitations.AlreadyInvited:
        form.email.errors = [
            _(
                "Cette adresse a déjà une invitation ouverte, sur cette page : vous pouvez "
                "l’annuler, ou la refaire avec un nouveau lien."
            )
        ]
        return _team(form, status=422)
    return _invited(invitation, token, now)


@blueprint.post("/organisation/equipe/invitations/<int:invitation_id>/refaire")
@administrators
def renew(invitation_id: int) -> Response:
    """Make an invitation again: a new link, a new day, and the old link dies."""
    invitation, now = _invitation(invitation_id), datetime.now(UTC)
    try:
        token = invitations.renew(db.session, invitation, actor(), now)
    except invitations.NotOpen:
        announce(_("Cette invitation est terminée : invitez de nouveau s’il le faut."), "warning")
        return redirect(url_for(".people"))
    return _invited(invitation, token, now)


@blueprint.post("/organisation/equipe/invitations/<int:invitation_id>/annuler")
@administrators
def cancel(invitation_id: int) -> Response:
    """Take an invitation back; inviting again undoes it."""
    invitation = _invitation(invitation_id)
    try:
        invitations.cancel(invitation, datetime.now(UTC))
    except invitations.NotOpen:
        announce(_("Trop tard : la personne a déjà créé son compte."), "warning")
        return redirect(url_for(".people"))
    db.session.commit()
    announce(_("L’invitation de %(email)s est annulée.", email=invitation.email))
    return redirect(url_for(".people"))


@blueprint.route("/organisation/equipe/<int:user_id>/sorte", methods=["GET", "POST"])
@administrators
def change_kind(user_id: int) -> Response:
    """Say what each kind of account may do, and make this one another."""
    person = _person(user_id)
    form = KindForm(kind=person.kind)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render("accounts/kind.html", status=status, form=form, person=person, labels=LABELS)
    try:
        team.change_kind(db.session, person, Kind(form.kind.data), actor(), datetime.now(UTC))
    except team.TeamError as problem:
        raise _refused(problem) from None
    db.session.commit()
    label = LABELS[Kind(person.kind)]
    announce(_("Le compte de %(name)s est maintenant : %(kind)s.", name=person.name, kind=label))
    return redirect(url_for(".people"))


@blueprint.get("/organisation/equipe/<int:user_id>/desactiver")
@administrators
def ask_disabling(user_id: int) -> Response:
    """Say what disabling an account does, before it is done."""
    return render("accounts/disable.html", person=_person(user_id))


@blueprint.post("/organisation/equipe/<int:user_id>/desactiver")
@administrators
def disable(user_id: int) -> Response:
    """Let the account sign in no more; its sessions end at once."""
    person = _person(user_id)
    try:
        team.disable(db.session, person, actor(), datetime.now(UTC))
    except team.TeamError as problem:
        raise _refused(problem) from None
    db.session.commit()
    announce(_("Le compte de %(name)s est désactivé.", name=person.name))
    return redirect(url_for(".people"))


@blueprint.get("/organisation/equipe/<int:user_id>/reactiver")
@administrators
def ask_enabling(user_id: int) -> Response:
    """Say what enabling an account again does, before it is done."""
    return render("accounts/enable.html", person=_person(user_id), explanations=EXPLANATIONS)


@blueprint.post("/organisation/equipe/<int:user_id>/reactiver")
@administrators
def enable(user_id: int) -> Response:
    """Let a disabled account sign in again."""
    person = _person(user_id)
    team.enable(person)
    db.session.commit()
    announce(_("Le compte de %(name)s est de nouveau actif.", name=person.name))
    return redirect(url_for(".people"))


@blueprint.get("/organisation/equipe/<int:user_id>/mot-de-passe")
@administrators
def ask_password_link(user_id: int) -> Response:
    """Say what a link for a new password is, before one is made."""
    return render("accounts/password_link.html", person=_active_person(user_id))


@blueprint.post("/organisation/equipe/<int:user_id>/mot-de-passe")
@administrators
def make_password_link(user_id: int) -> Response:
    """Make a link for a new password, shown this once."""
    person = _active_person(user_id)
    token = password_links.make_link(db.session, person, actor(), datetime.now(UTC))
    post = messages.post(db.session, current())
    link = post.link(url_for("links.new_password", token=token))
    db.session.commit()
    return render("accounts/password_link_made.html", person=person, link=link)


def _team(form: InvitationForm, *, status: int = 200) -> Response:
    organisation_id = actor().organisation_id
    return render(
        "accounts/team.html",
        status=status,
        form=form,
        people=team.people(db.session, organisation_id),
        invitations=invitations.open_invitations(db.session, organisation_id),
        now=datetime.now(UTC),
        labels=LABELS,
    )


def _invited(invitation: Invitation, token: str, now: datetime) -> Response:
    """Keep the invitation, send it, and show its link once, whatever became of the mail."""
    post = messages.post(db.session, current())
    link = post.link(url_for("links.invitation", token=token))
    problem = post.obstacle
    is_sent = False
    try:
        message = messages.invitation(post, invitation, link, now) if post.is_open else None
        # The mail server is waited for outside any transaction.
        db.session.commit()
        is_sent = _is_sent(post, message)
    except DeliveryProblem as refused:
        db.session.commit()
        problem = mail_problems.stopped(refused)
    return render(
        "accounts/invitation_made.html",
        invitation=invitation,
        link=link,
        problem=problem,
        is_sent=is_sent,
        explanation=EXPLANATIONS[Kind(invitation.kind)],
    )


def _is_sent(post: messages.Post, message: EmailMessage | None) -> bool:
    if message is None:
        return False
    messages.send_now(db.session, post, message)
    return True


def _person(user_id: int) -> User:
    return team.person(db.session, actor().organisation_id, user_id) or abort(404)


def _active_person(user_id: int) -> User:
    person = _person(user_id)
    if not person.active:
        raise refusal(403, _("Ce compte est désactivé : réactivez-le d’abord."))
    return person


def _invitation(invitation_id: int) -> Invitation:
    found = invitations.invitation_of(db.session, actor().organisation_id, invitation_id)
    return found or abort(404)


def _refused(problem: team.TeamError) -> Exception:
    db.session.rollback()
    if isinstance(problem, team.Oneself):
        return refusal(
            403,
            _(
                "Vous ne pouvez pas retirer vos propres droits d’administrateur : un autre "
                "administrateur de l’association peut le faire."
            ),
        )
    return refusal(
        403,
        _(
            "C’est le dernier administrateur de l’association : nommez d’abord un autre "
            "administrateur."
        ),
    )
