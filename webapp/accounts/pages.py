"""The pages of this room, for the application to register."""

from webapp.accounts.account_views import blueprint as account
from webapp.accounts.languages import blueprint as languages
from webapp.accounts.link_views import blueprint as links
from webapp.accounts.second_factor_views import blueprint as second_factor
from webapp.accounts.security_views import blueprint as organisation_security
from webapp.accounts.sign_in_views import blueprint as entrance
from webapp.accounts.team_views import blueprint as team

BLUEPRINTS = (entrance, account, second_factor, organisation_security, languages, team, links)
