"""The form that says who runs the service."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from webapp.web.forms import Form

LONG = _l("Écrivez %(max)d caractères au plus.")


class OperatorForm(Form):
    """Who runs the service, as recipients read it at the foot of their pages."""

    operator_name = StringField(
        _l("Qui tient ce service"),
        description=_l(
            "Une personne ou un organisme à qui un destinataire peut s’adresser. Chacun le lit "
            "avant de répondre : si vos avis cachent l’expéditeur, ce nom ne doit pas le dire."
        ),
        validators=[Length(max=120, message=LONG)],
        render_kw={"autocomplete": "off", "maxlength": 120},
    )
    operator_address = TextAreaField(
        _l("Son adresse"),
        description=_l("Postale ou e-mail, en quelques lignes."),
        validators=[Length(max=300, message=LONG)],
        render_kw={"rows": 3, "maxlength": 300},
    )
