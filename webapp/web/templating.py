"""What every template can say: moments, numbers, and which language it speaks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
GIGABYTE = 1024 * MEGABYTE

NAMES = {"fr": "Français", "en": "English"}
"""By the code of each language whose catalogue is whole, what its own speakers call it."""

MOMENTS = {
    "fr": "d MMMM y 'à' HH'\u00a0h\u00a0'mm",
    "en": "d MMMM y 'at' HH:mm",
}
"""How each language writes a day and a time, as CLDR's patterns say it."""

TIMES = {"fr": "HH'\u00a0h\u00a0'mm", "en": "HH:mm"}
NEAR = {"fr": "'le' d MMMM 'à' HH'\u00a0h\u00a0'mm", "en": "d MMMM 'at' HH:mm"}
"""The same without the day, and with a day that is near enough to need no year."""

DAY = "EEEE d MMMM y"
PLAIN_DAY = "d MMMM y"
"""Both the same in French and in British English."""


def init_app(app: Flask) -> None:
    """Give the filters to the templates, and keep their blank lines out of the pages."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(get_locale=get_locale, language_names=NAMES)
    app.jinja_env.filters.update(
        number=number,
        moment=moment,
        near=near,
        day=day,
        plain_day=plain_day,
        iso=iso,
        file_size=file_size,
    )


def number(value: int) -> str:
    """Write a whole number as the page's language does (1 000 in French)."""
    return format_decimal(value, locale=get_locale())


def moment(value: datetime) -> str:
    """Write a moment (aware) in Europe/Paris, to the minute."""
    locale: Any = get_locale()
    return str(format_datetime(value, MOMENTS[locale.language]))


def near(value: datetime) -> str:
    """Write a moment (aware) that is not far: today's (Europe/Paris) by the time alone."""
    locale: Any = get_locale()
    is_today = format_date(value, "yyyyMMdd") == format_date(datetime.now(UTC), "yyyyMMdd")
    return str(format_datetime(value, (TIMES if is_today else NEAR)[locale.language]))


def soonest(until: datetime) -> str:
    """Say when something may be tried again, which it may from a moment (aware) on.

    Said to the minute: one more, so that the button works when that minute has come.
    """
    return near(until + timedelta(minutes=1))


def day(value: datetime) -> str:
    """Write the day of a moment (aware) in Europe/Paris, with the weekday."""
    return str(format_date(value, DAY))


def plain_day(value: date) -> str:
    """Write a day, without the weekday."""
    return str(format_date(value, PLAIN_DAY))


def iso(value: datetime) -> str:
    """Write a moment (aware) for `<time datetime>`."""
    return value.isoformat(timespec="seconds")


def file_size(count: int) -> str:
    """Write how large a file is, from its size in bytes, in the units that people know."""
    locale = get_locale()
    if count >= GIGABYTE:
        return str(_("%(size)s Go", size=format_decimal(round(count / GIGABYTE, 1), locale=locale)))
    if count >= MEGABYTE:
        return str(_("%(size)s Mo", size=format_decimal(round(count / MEGABYTE, 1), locale=locale)))
    if count >= KILOBYTE:
        return str(_("%(size)s Ko", size=format_decimal(round(count / KILOBYTE), locale=locale)))
    return str(_("%(size)s octets", size=format_decimal(count, locale=locale)))
