from pathlib import Path

import pytest

from benchmarks.installation import opened
from tools.crash import Plan, crash
from webapp.extensions import db

pytestmark = pytest.mark.slow


def test_ten_kills_at_random_moments_lose_nobody_and_leave_every_chain_whole(
    tmp_path: Path,
) -> None:
    app = opened(tmp_path / "var")
    plan = Plan(kills=10, addressees=60, seed=6, lease=3, pause=0.05)
    findings = crash(app, tmp_path, plan)
    with app.app_context():
        db.engine.dispose()
    app.extensions["plirec-queue"].storage.close()
    assert findings.is_good, str(findings)
