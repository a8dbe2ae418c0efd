"""The fields in which a person says on which day and at what time a letter leaves."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, TimeField
from wtforms.validators import InputRequired, Optional

from webapp.delivery.forms import DAY_FORMATS, EARLIEST, LATEST, NO_SUCH_DAY
from webapp.letters import departure
from webapp.letters.term import PARIS
from webapp.web.forms import Form

USUAL_HOUR = time(9)
NO_DAY = _l("Choisissez le jour du départ.")
NO_SUCH_HOUR = _l("Écrivez une heure comme 09:30.")


def day_field(presence: InputRequired | Optional) -> DateField:
    """Make the field for the day, which must be filled in or need not be."""
    return DateField(
        _l("Jour du départ"),
        format=DAY_FORMATS,
        validators=[presence],
        invalid_value_message=NO_SUCH_DAY,  # type: ignore[call-arg]
    )


def hour_field(presence: InputRequired | Optional) -> TimeField:
    """Make the field for the time of day, which must be filled in or need not be."""
    return TimeField(
        _l("Heure du départ"),
        default=USUAL_HOUR,
        format=["%H:%M", "%H:%M:%S"],
        validators=[presence],
        invalid_value_message=NO_SUCH_HOUR,  # type: ignore[call-arg]
    )


def moment_asked(day: date | None, hour: time | None) -> datetime | None:
    """Give the moment (UTC) that two fields ask for; None when they name none of our age."""
    if day is None or not EARLIEST <= day <= LATEST:
        return None
    return departure.moment_of(day, hour or USUAL_HOUR)


def problem_with(moment: datetime | None, now: datetime) -> str | None:
    """Say in the page's language what is wrong with the moment that was asked for."""
    if moment is None:
        return str(NO_DAY)
    if departure.is_possible(moment, now):
        return None
    if moment < now:
        return str(_("Ce moment est passé : choisissez-en un qui vient, ou envoyez maintenant."))
    return str(_("Un courrier peut attendre un an au plus : choisissez un jour plus proche."))


class DepartureForm(Form):
    """Another moment for a letter that waits."""

    leaves_on = day_field(InputRequired(NO_DAY))
    leaves_time = hour_field(InputRequired(NO_SUCH_HOUR))

    def moment(self) -> datetime | None:
        """Give the moment (UTC) that was asked for, None when there is none."""
        return moment_asked(self.leaves_on.data, self.leaves_time.data)

    def is_possible(self, now: datetime) -> bool:
        """Check the form, and say at the day what is wrong with the moment."""
        if not self.validate():
            return False
        problem = problem_with(self.moment(), now)
        self.leaves_on.errors = [problem] if problem else []
        return problem is None

    @classmethod
    def of(cls, leaves_at: datetime) -> "DepartureForm":
        """Show the moment at which the letter leaves as things stand."""
        here = leaves_at.astimezone(PARIS)
        return cls(formdata=None, leaves_on=here.date(), leaves_time=here.time())


def bounds(now: datetime) -> dict[str, Any]:
    """Give the first and the last day that may be chosen, for the field of the page."""
    first, last = (moment.astimezone(PARIS) for moment in (now, now + departure.FURTHEST))
    return {"min": first.date().isoformat(), "max": last.date().isoformat()}
