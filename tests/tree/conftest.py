import pytest
from sqlalchemy.orm import Session, scoped_session

from config import Config
from tests.tree.everything import Ids, one_of_everything
from webapp.accounts.models import User


@pytest.fixture
def ids(session: scoped_session[Session], administrator: User, config: Config) -> Ids:
    """One of everything that an address can name."""
    return one_of_everything(session, administrator, config)
