"""An invented message by which a notice of the demonstration comes back (RFC 3464)."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime

from config import Config
from webapp.delivery import return_path
from webapp.delivery.returns import take_in
from webapp.extensions import db
from webapp.letters.models import Addressee

_REPORT = """\
From: MAILER-DAEMON@courriel.example
To: {return_path}
Date: {date}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="demonstration"

--demonstration
Content-Type: text/plain; charset=us-ascii

The mail system could not deliver your message.

--demonstration
Content-Type: message/delivery-status

Reporting-MTA: dns; courriel.example

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full, quota exceeded

--demonstration
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--demonstration--
"""


def let_come_back(addressee: Addressee, at: datetime) -> None:
    """Take in what a mail server sends back whose user's mailbox is full; the caller commits.

    :param addressee: whose notice has left.
    :param at: an aware moment.
    """
    config = replace(Config.from_environment(), mail_from="avis@lavoir.example")
    content = _REPORT.format(
        return_path=return_path.of(config, addressee),
        date=format_datetime(at),
        email=addressee.email,
        message_id=addressee.message_id,
    )
    take_in(db.session, config, content.encode(), "", at)
