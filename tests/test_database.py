"""What a JSON column is written as, by whatever way it gets there."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.database import written

TEXTS = st.lists(st.text())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS | VALUES)
def test_a_json_column_reads_as_json_writes_it(value: object) -> None:
    assert written(value) == json.dumps(value)
