"""The instances of Flask's extensions; `create_app` gives them their application."""

from flask_babel import Babel
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from htmx_flask import Htmx

from webapp.database import Base

db = SQLAlchemy(metadata=Base.metadata)
babel = Babel()
csrf = CSRFProtect()
htmx = Htmx()
security = Security()
