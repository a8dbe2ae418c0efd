"""Consents noted for many contacts at once, and for one: given, taken back, given anew."""

from datetime import UTC, date, datetime

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.accounts.access import actor, many_recipients
from webapp.contacts import asking, consent_documents, consent_states, consents, queries, several
from webapp.contacts.consent_documents import NotADocument
from webapp.contacts.consent_history import told
from webapp.contacts.consent_models import ConsentDocument
from webapp.contacts.consents import GivenTooEarly
from webapp.contacts.forms import AskingForm, ConsentForm
from webapp.contacts.models import Consent, Contact, Group
from webapp.contacts.place import place_in
from webapp.contacts.several import Choice
from webapp.contacts.several_views import as_shown, choice_asked, done, nobody
from webapp.contacts.views import blueprint, contact_asked, group_asked
from webapp.extensions import db
from webapp.web.pages import announce, redirect, render
from webapp.web.settings import current
from webapp.web.templating import number as written


@blueprint.get("/groupes/<int:group_id>/plusieurs/accord")
@many_recipients
def ask_consents(group_id: int) -> Response:
    """Ask how and when the individuals among them agreed."""
    return _several_page(choice_asked(group_id), ConsentForm(formdata=None))


@blueprint.post("/groupes/<int:group_id>/plusieurs/accord")
@many_recipients
def declare_several(group_id: int) -> Response:
    """Note the consent of those of whom none is known."""
    choice, form = choice_asked(group_id), ConsentForm()
    if not as_shown(choice):
        return _several_page(choice, form, changed=True, status=422)
    if not form.validate() or not _takes_document(form):
        return _several_page(choice, form, status=422)
    count = consents.declare(
        db.session,
        choice.group.organisation_id,
        several.individual_emails(db.session, choice),
        form.means.data or "",
        actor().id,
        datetime.now(UTC),
        form.given_on.data,
        _document(),
    )
    text = ngettext(
        "Accord noté pour %(count)s adresse e-mail.",
        "Accord noté pour %(count)s adresses e-mail.",
        count,
        count=written(count),
    )
    return done(choice, text)


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/accord")
@many_recipients
def consent(group_id: int, contact_id: int) -> Response:
    """Show what is known of a contact's consent, and ask for what is not."""
    shown = group_asked(group_id)
    return one_page(shown, contact_asked(shown, contact_id))


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/accord")
@many_recipients
def declare(group_id: int, contact_id: int) -> Response:
    """Note a contact's consent, the first or a new one after it was taken back.

    The form says which withdrawal its reader saw: one that stood open from before revives nothing.
    """
    shown, form = group_asked(group_id), ConsentForm()
    contact = contact_asked(shown, contact_id)
    if not form.validate() or not _takes_document(form):
        return one_page(shown, contact, form, status=422)
    if not contact.email:
        return redirect(url_for(".consent", **place_in(shown), contact_id=contact.id))
    try:
        _declare(contact, form.means.data or "", form.given_on.data or date.min)
    except GivenTooEarly:
        form.given_on.errors = [
            _(
                "L’accord a été retiré depuis : il en faut un nouveau, donné après le retrait, le "
                "même jour ou plus tard."
            )
        ]
        return one_page(shown, contact, form, status=422)
    name = queries.recipient_of(contact).name
    db.session.commit()
    announce(_("Accord noté pour %(name)s.", name=name))
    return redirect(url_for(".group", **place_in(shown)))


@blueprint.get("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/retirer")
@many_recipients
def ask_withdrawal(group_id: int, contact_id: int) -> Response:
    """Ask whether the person took the consent back."""
    shown = group_asked(group_id)
    contact = contact_asked(shown, contact_id)
    recorded = _recorded(contact)
    if recorded is None or recorded.withdrawn_at:
        return redirect(url_for(".consent", **place_in(shown), contact_id=contact.id))
    return render(
        "contacts/withdraw.html",
        group=shown,
        place=place_in(shown),
        contact=contact,
        person=queries.recipient_of(contact),
        others=[other.name for other in queries.others_at(db.session, contact)],
        recorded=recorded,
    )


@blueprint.post("/groupes/<int:group_id>/contacts/<int:contact_id>/accord/retirer")
@many_recipients
def withdraw(group_id: int, contact_id: int) -> Response:
    """Note that the person took the consent back; a second press finds it done."""
    shown = group_asked(group_id)
    contact = contact_asked(shown, contact_id)
    name, recorded = queries.recipient_of(contact).name, _recorded(contact)
    if recorded is not None:
        consents.withdraw(db.session, recorded, actor().id, datetime.now(UTC))
        db.session.commit()
        announce(
            _(
                "L’accord de %(name)s est retiré : plus aucun recommandé électronique ne partira "
                "à cette adresse sans un nouvel accord.",
                name=name,
            )
        )
    return redirect(url_for(".group", **place_in(shown)))


def _declare(contact: Contact, means: str, given_on: date) -> None:
    recorded, now, document = _recorded(contact), datetime.now(UTC), _document()
    if recorded is not None:
        seen = request.form.get("after", "")
        consents.renew(
            db.session, recorded, means, actor().id, given_on, now, seen=seen, document=document
        )
        return
    organisation_id = contact.organisation_id
    consents.declare(
        db.session, organisation_id, [contact.email], means, actor().id, now, given_on, document
    )


def _takes_document(form: ConsentForm) -> bool:
    """Say whether the paper that came with the form, if one did, can be kept; else say why not."""
    _name, content = _came()
    try:
        if content is not None:
            consent_documents.kind_of(content)
    except NotADocument:
        form.document.errors = [
            _("Choisissez un PDF, une photo (JPEG, PNG) ou un texte, de 10 Mo au plus.")
        ]
        return False
    return True


def _document() -> ConsentDocument | None:
    """Keep the paper that came with the form, if one did."""
    name, content = _came()
    if content is None:
        return None
    organisation_id, files = actor().organisation_id, current().files_directory
    now = datetime.now(UTC)
    return consent_documents.keep(
        db.session, organisation_id, name, content, files, actor().id, now
    )


def _came() -> tuple[str, bytes | None]:
    file = request.files.get("document")
    if file is None or not file.filename:
        return "", None
    file.seek(0)
    return file.filename, file.read()


def _recorded(contact: Contact) -> Consent | None:
    return consents.of_address(db.session, contact.organisation_id, contact.email)


def one_page(
    shown: Group,
    contact: Contact,
    form: ConsentForm | None = None,
    asking_form: AskingForm | None = None,
    status: int = 200,
) -> Response:
    """Show how the consent of a contact's address stands, with what may be done about it."""
    state = consent_states.state_of(db.session, contact.organisation_id, contact.email)
    history = consent_states.history(db.session, contact.organisation_id, state)
    return render(
        "contacts/consent.html",
        status=status,
        group=shown,
        place=place_in(shown),
        contact=contact,
        person=queries.recipient_of(contact),
        state=state,
        recorded=state.consent,
        document=consent_states.document_of(db.session, state.consent),
        steps=[told(event) for event in history.events],
        proofs=history.proofs,
        is_unproven=history.unproven is not None,
        form=form or ConsentForm(formdata=None),
        asking=asking_form or AskingForm(formdata=None),
        obstacle=asking.obstacle(db.session, current()),
    )


def _several_page(
    choice: Choice, form: ConsentForm, status: int = 200, *, changed: bool = False
) -> Response:
    count = several.count(db.session, choice)
    if not count:
        return nobody(choice)
    emails = several.individual_emails(db.session, choice)
    given, withdrawn = consents.standings(db.session, choice.group.organisation_id, emails)
    return render(
        "contacts/consents.html",
        status=status,
        group=choice.group,
        place=place_in(choice.group),
        choice=choice,
        count=count,
        concerned=len(emails),
        given=len(given),
        withdrawn=len(withdrawn),
        missing=len(emails) - len(given) - len(withdrawn),
        form=form,
        changed=changed,
    )
