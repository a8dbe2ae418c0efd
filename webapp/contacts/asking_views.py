"""Asking for consent by mail, one contact or many, and giving out what is kept with a consent."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from flask import Response, abort, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, many_recipients
from webapp.accounts.addresses import public_address
from webapp.clock import machine_clock
from webapp.contacts import answers, asking, consent_documents, consent_states, queries, several
from webapp.contacts.consent_states import counted
from webapp.contacts.consent_views import one_page
from webapp.contacts.forms import AskingForm
from webapp.contacts.place import place_in
from webapp.contacts.rules import INDIVIDUAL
from webapp.contacts.several import Choice
from webapp.contacts.several_views import as_shown, choice_asked, done, nobody
from webapp.contacts.views import blueprint, contact_asked, group_asked
from webapp.evidence import proofs, sealing
from webapp.evidence.authority_call import NoStamp
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current
from webapp.web.templating import number as written


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/demander")
@many_recipients
def ask(group_id: int, contact_id: int) -> Response:
    """Ask one contact by mail; who is asked already is not asked twice."""
    shown, form = group_asked(group_id), AskingForm()
    contact = contact_asked(shown, contact_id)
    if not form.validate() or asking.obstacle(db.session, current()):
        return one_page(shown, contact, asking_form=form, status=422)
    if contact.email and contact.status == INDIVIDUAL:
        name = queries.recipient_of(contact).name
        asking.ask(db.session, _who(form), [contact.email], datetime.now(UTC))
        db.session.commit()
        announce(_("La demande d’accord à %(name)s part dans la minute.", name=name))
    return redirect(url_for(".consent", **place_in(shown), contact_id=contact_id))


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/demande/retirer")
@many_recipients
def take_request_back(group_id: int, contact_id: int) -> Response:
    """Take back the request that waits for a contact's answer; a second press finds it done."""
    shown = group_asked(group_id)
    contact = contact_asked(shown, contact_id)
    organisation_id, email = contact.organisation_id, contact.email.casefold()
    pending = asking.pending_of(db.session, organisation_id, [email]).get(email)
    if pending is not None and answers.take_back(
        db.session, pending, actor().name, datetime.now(UTC)
    ):
        db.session.commit()
        announce(
            _("La demande est retirée : la personne ne peut plus y répondre. Redemandez si besoin.")
        )
    else:
        announce(_("Aucune demande n’attend de réponse : voyez ci-dessous où en est l’accord."))
    return redirect(url_for(".consent", **place_in(shown), contact_id=contact_id))


@blueprint.get("/groupes/<int:group_id>/plusieurs/accord/demander")
@many_recipients
def ask_several(group_id: int) -> Response:
    """Ask how long the individuals among them have to answer."""
    return _several_page(choice_asked(group_id), AskingForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/plusieurs/accord/demander")
@many_recipients
def send_several(group_id: int) -> Response:
    """Ask by mail those who never answered, and are not being asked."""
    choice, form = choice_asked(group_id), AskingForm()
    if not as_shown(choice):
        return _several_page(choice, form, changed=True, status=422)
    if not form.validate() or asking.obstacle(db.session, current()):
        return _several_page(choice, form, status=422)
    emails = several.individual_emails(db.session, choice)
    wanted = asking.to_be_asked(db.session, choice.group.organisation_id, emails)
    asking.ask(db.session, _who(form), wanted, datetime.now(UTC))
    text = ngettext(
        "%(count)s demande d’accord part dans la minute.",
        "%(count)s demandes d’accord partent dans la minute.",
        len(wanted),
        count=written(len(wanted)),
    )
    return done(choice, text)


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/document")
@many_recipients
def consent_document(group_id: int, contact_id: int) -> Response:
    """Give the paper that is kept with a contact's consent, the very bytes that were kept."""
    state = _state(group_id, contact_id)
    document = consent_states.document_of(db.session, state.consent) or abort(404)
    return consent_documents.download(document, current().files_directory)


@blueprint.get(
    "/groupes/<int:group_id>/contacts/<int:contact_id>/accord/<int:consent_proof_id>.pdf"
)
@many_recipients
def consent_proof(group_id: int, contact_id: int, consent_proof_id: int) -> Response:
    """Give a sealed proof of a contact's consent, the very bytes that were sealed."""
    organisation_id = actor().organisation_id
    history = consent_states.history(db.session, organisation_id, _state(group_id, contact_id))
    found = next((proof for proof in history.proofs if proof.id == consent_proof_id), None)
    found = found or abort(404)
    content = BytesIO(proofs.sealed(found, current().files_directory))
    name = f"preuve-d-accord-{found.entry.subject.rpartition(':')[2]}.pdf"
    return send_file(content, "application/pdf", as_attachment=True, download_name=name)


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/preuve")
@many_recipients
def prove_consent(group_id: int, contact_id: int) -> Response:
    """Make the proof of what the sender declared, which nobody makes for whole lists unasked."""
    organisation_id = actor().organisation_id
    history = consent_states.history(db.session, organisation_id, _state(group_id, contact_id))
    address = url_for(".consent", **place_in(group_asked(group_id)), contact_id=contact_id)
    declared, config = history.unproven, current()
    config = replace(config, public_url=public_address(db.session, config))
    # A proof is made in transactions of its own.
    db.session.rollback()
    if declared is not None:
        try:
            sealing.make_asked(db.session, config, declared.entry_id, machine_clock)
        except NoStamp:
            announce(
                _(
                    "L’autorité qui date les sceaux ne répond pas : la preuve n’est pas faite. "
                    "Redemandez-la dans quelques minutes."
                ),
                "error",
            )
    return redirect(address)


def _state(group_id: int, contact_id: int) -> consent_states.AddressState:
    contact = contact_asked(group_asked(group_id), contact_id)
    return consent_states.state_of(db.session, contact.organisation_id, contact.email)


def _who(form: AskingForm) -> asking.Asking:
    user = actor()
    return asking.asking(db.session, current(), user.organisation_id, user.id, form.days.data or 0)


def _several_page(
    choice: Choice, form: AskingForm, status: int = 200, *, changed: bool = False
) -> Response:
    count = several.count(db.session, choice)
    if not count:
        return nobody(choice)
    emails = several.individual_emails(db.session, choice)
    organisation_id = choice.group.organisation_id
    states = consent_states.states(db.session, organisation_id, emails)
    return render(
        "contacts/asking.html",
        status=status,
        group=choice.group,
        place=place_in(choice.group),
        choice=choice,
        count=count,
        concerned=len(emails),
        counts=counted(states.values()),
        asked=len(asking.to_be_asked(db.session, organisation_id, emails)),
        obstacle=asking.obstacle(db.session, current()),
        form=form,
        changed=changed,
    )
