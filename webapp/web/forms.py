"""What every form shares."""

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field


def stripped(value: Any) -> Any:
    """Take the spaces around a typed text away; anything else stays as it is."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose texts come without spaces around them, and that lists its own errors."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' place for such settings."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Add the filter to every text field but passwords, whose spaces count."""
            filters = list(unbound_field.kwargs.get("filters", ()))
            if not unbound_field.field_class.__name__.startswith("Password"):
                filters.append(stripped)
            field: Field = unbound_field.bind(form=form, filters=filters, **options)
            return field

    def problems(self) -> Iterator[tuple[str, str]]:
        """Give each error with the id of its field, in the page's order, for the summary."""
        for field in self:
            for error in field.errors:
                yield field.id, str(error)
