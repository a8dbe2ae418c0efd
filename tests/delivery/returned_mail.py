"""Messages as mail servers send them back: written here after the shapes that each is known for.

Each sample takes the address to which it comes (`path`) and the notice's own Message-ID.
"""

from tests.delivery.mail_shapes import Sample, delivery_report, plain

POSTFIX = delivery_report(
    "MAILER-DAEMON@mx.absente.example (Mail Delivery System)",
    "Undelivered Mail Returned to Sender",
    """\
    This is the mail system at host mx.absente.example.

    <louise@absente.example>: host mx.absente.example[192.0.2.9] said: 550 5.1.1
        <louise@absente.example>: Recipient address rejected: User unknown in
        virtual mailbox table (in reply to RCPT TO command)
    """,
    """\
    Reporting-MTA: dns; mx.courrier.example
    X-Postfix-Queue-ID: 4Wm1

    Final-Recipient: rfc822; louise@absente.example
    Original-Recipient: rfc822;louise@absente.example
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx.absente.example
    Diagnostic-Code: smtp; 550 5.1.1 <louise@absente.example>: Recipient address
        rejected: User unknown in virtual mailbox table
    """,
)
POSTFIX_LATE = delivery_report(
    "MAILER-DAEMON@mx.courrier.example (Mail Delivery System)",
    "Delayed Mail (still being retried)",
    "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
    """\
    Reporting-MTA: dns; mx.courrier.example

    Final-Recipient: rfc822; louise@absente.example
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: X-Postfix; connect to mx.absente.example: Connection timed out
    Will-Retry-Until: Mon, 7 Dec 2026 10:00:00 +0100 (CET)
    """,
)
POSTFIX_DELIVERED = delivery_report(
    "MAILER-DAEMON@mx.absente.example (Mail Delivery System)",
    "Successful Mail Delivery Report",
    "Your message was successfully delivered to the destination(s) listed below.",
    """\
    Reporting-MTA: dns; mx.absente.example

    Final-Recipient: rfc822; louise@absente.example
    Action: delivered
    Status: 2.0.0
    Diagnostic-Code: smtp; 250 2.0.0 OK
    """,
    returned="text/rfc822-headers",
)
SENDMAIL_GAVE_UP = delivery_report(
    "Mail Delivery Subsystem <MAILER-DAEMON@mx.mairie.example>",
    "Returned mail: see transcript for details",
    "The following addresses had permanent fatal errors",
    """\
    Reporting-MTA: dns; mx.mairie.example

    Final-Recipient: RFC822; louise@absente.example
    Action: failed
    Status: 4.4.7
    Diagnostic-Code: SMTP; 451 4.4.7 delivery time expired
    """,
)
GMAIL = delivery_report(
    "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    "Delivery Status Notification (Failure)",
    "** Address not found **\n\nYour message wasn't delivered to louise@gmail.com",
    """\
    Reporting-MTA: dns; googlemail.com
    Arrival-Date: Fri, 27 Nov 2026 01:00:00 -0800 (PST)

    Final-Recipient: rfc822; louise@gmail.com
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.26, the server for the domain gmail.com.)
    Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
     550 5.1.1  https://support.google.com/mail/?p=NoSuchUser - gsmtp
    """,
)
GMAIL_FULL = delivery_report(
    "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    "=?UTF-8?Q?Notification_d'=C3=A9tat_de_la_distribution_=28=C3=A9chec=29?=",
    "** Boîte de réception pleine **\n\nLa boîte de louise@gmail.com est pleine.",
    """\
    Reporting-MTA: dns; googlemail.com

    Final-Recipient: rfc822; louise@gmail.com
    Action: failed
    Status: 5.2.2
    Diagnostic-Code: smtp; 552-5.2.2 The email account that you tried to reach is over quota.
    """,
)
EXCHANGE = delivery_report(
    "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mairie.example",
    "Non remis : Un courrier recommandé électronique vous attend",
    "Votre message à louise@mairie.example n’a pas pu être remis. louise est introuvable.",
    """\
    Reporting-MTA: dns;PR0P264MB1234.FRAP264.PROD.OUTLOOK.COM

    Final-Recipient: rfc822;louise@mairie.example
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by
     SMTP address lookup
    X-Display-Name: louise@mairie.example
    """,
)
OUTLOOK_COM = delivery_report(
    "postmaster@outlook.com",
    "Undeliverable: Un courrier recommande",
    "Your message wasn't delivered because the recipient's email provider rejected it.",
    """\
    Reporting-MTA: dns;VI1EUR04FT013.mail.protection.outlook.com
    Received-From-MTA: dns;mx.courrier.example

    Final-Recipient: rfc822;louise@hotmail.fr
    Action: failed
    Status: 5.5.0
    Diagnostic-Code: smtp;550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).
    """,
)
OUTLOOK_SPAM = delivery_report(
    "postmaster@outlook.com",
    "Non remis : Un courrier",
    "Votre message a été refusé.",
    """\
    Reporting-MTA: dns; mx.courrier.example

    Final-Recipient: rfc822; louise@outlook.fr
    Action: failed
    Status: 5.0.0
    Diagnostic-Code: smtp; 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent.
    """,
)
ORANGE = delivery_report(
    "Mail Delivery System <MAILER-DAEMON@orange.fr>",
    "Undelivered Mail Returned to Sender",
    "Votre message n'a pas pu etre remis a <louise@orange.fr>.",
    """\
    Reporting-MTA: dns; opmta1mto22nd1

    Final-Recipient: rfc822; louise@orange.fr
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; smtp-in.orange.fr
    Diagnostic-Code: smtp; 550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient.
     OFR204_418 [418]
    """,
    returned="text/rfc822-headers",
)
FREE = delivery_report(
    "MAILER-DAEMON@free.fr (Mail Delivery System)",
    "Undelivered Mail Returned to Sender",
    "<louise@free.fr>: host mx1.free.fr said: 552 5.2.2 Mailbox full",
    """\
    Reporting-MTA: dns; smtp4-g21.free.fr

    Final-Recipient: rfc822; louise@free.fr
    Action: failed
    Status: 5.2.2
    Diagnostic-Code: smtp; 552 5.2.2 <louise@free.fr>: Boite pleine, reessayez plus tard
    """,
)
NO_DOMAIN = delivery_report(
    "MAILER-DAEMON@mx.courrier.example",
    "Undelivered Mail Returned to Sender",
    "<louise@gmial.example>: Host or domain name not found. Name service error",
    """\
    Reporting-MTA: dns; mx.courrier.example

    Final-Recipient: rfc822; louise@gmial.example
    Action: failed
    Status: 5.4.4
    Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error for
        name=gmial.example type=A: Host not found
    """,
)
PASSED_ON_TO_TWO = delivery_report(
    "MAILER-DAEMON@liste.example",
    "Delivery report",
    "Delivered to one, not to the other.",
    """\
    Reporting-MTA: dns; liste.example

    Final-Recipient: rfc822; un@liste.example
    Action: relayed
    Status: 2.1.9

    Final-Recipient: rfc822; deux@liste.example
    Action: failed
    Status: 5.1.1
    """,
)
EXIM = plain(
    """
    Return-path: <>
    X-Failed-Recipients: louise@absente.example
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@mx.exemple.example>
    Subject: Mail delivery failed: returning message to sender
    """,
    """\
    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

      louise@absente.example
        host mx.absente.example [192.0.2.9]
        SMTP error from remote mail server after RCPT TO:<louise@absente.example>:
        550 5.1.1 No such user here

    ------ This is a copy of the message, including all the headers. ------

    Message-ID: {id}
    From: avis@courrier.example
    """,
)
EXIM_LATE = plain(
    """
    Return-path: <>
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@mx.exemple.example>
    Subject: Warning: message 1aBcDe-0001-Xy delayed 24 hours
    """,
    """\
    This message was created automatically by mail delivery software.
    A message that you sent has not yet been delivered to one or more of its
    recipients after more than 24 hours on the queue on mx.exemple.example.

    The message identifier is:     1aBcDe-0001-Xy
    The address to which the message has not yet been delivered is:

      louise@absente.example
        Delay reason: 451 4.3.0 try again

    No action is required on your part. Delivery attempts will continue.
    """,
)
QMAIL = plain(
    """
    Return-Path: <>
    From: MAILER-DAEMON@qmail.example
    Subject: failure notice
    """,
    """\
    Hi. This is the qmail-send program at qmail.example.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <louise@absente.example>:
    Sorry, no mailbox here by that name. (#5.1.1)

    --- Below this line is a copy of the message.

    Return-Path: <avis@courrier.example>
    Message-ID: {id}
    """,
)
OLD_EXCHANGE = plain(
    """
    From: System Administrator <postmaster@bureau.example>
    Subject: Non remis : Un courrier
    In-Reply-To: {id}
    """,
    """\
    Votre message n'est pas parvenu à certains ou à tous les destinataires voulus.

        louise@bureau.example le 27/11/2026 10:00
              Impossible de joindre le destinataire. <srv.bureau.example #5.1.1>
    """,
)
VACATION = plain(
    """
    Return-Path: <>
    From: Louise Blanc <louise@absente.example>
    Subject: Absente jusqu'au 7 : Un courrier recommande electronique vous attend
    In-Reply-To: {id}
    References: {id}
    Auto-Submitted: auto-replied
    """,
    "Je suis en congé jusqu’au 7 décembre. En cas d’urgence : 5.1.1 rue du Port, 550 12 34.",
)
EXCHANGE_ABSENCE = plain(
    """
    From: Louise Blanc <louise@mairie.example>
    Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Un_courrier?=
    In-Reply-To: {id}
    X-Auto-Response-Suppress: DR, OOF, AutoReply
    """,
    "Je suis absente du bureau.",
)
OLD_VACATION = plain(
    """
    From: louise@absente.example
    Subject: Re: Un courrier
    Precedence: bulk
    X-Autoreply: yes
    References: {id}
    """,
    "I am on holiday.",
)
GMAIL_VACATION = plain(
    """
    From: louise@gmail.com
    Subject: Je suis en vacances Re: Un courrier
    Precedence: bulk
    X-Autoreply: yes
    Auto-Submitted: auto-replied
    In-Reply-To: {id}
    """,
    "De retour lundi.",
)
READ_RECEIPT = plain(
    """
    From: louise@absente.example
    Subject: Lu : Un courrier
    In-Reply-To: {id}
    Content-Type: multipart/report; report-type=disposition-notification; boundary="b"
    """,
    "--b\nContent-Type: text/plain\n\nLu.\n--b--\n",
)
A_PERSON = plain(
    """
    From: louise@absente.example
    Subject: Re: Un courrier recommande
    In-Reply-To: {id}
    """,
    "Bonjour, qui m’écrit ?\n\n> Message d’erreur 550 5.1.1 ?",
)

SAMPLES = (
    Sample("postfix", POSTFIX, "failed", "5.1.1", "User unknown"),
    Sample("postfix, late", POSTFIX_LATE, "delayed", "4.4.1", "Connection timed out"),
    Sample("postfix, delivered", POSTFIX_DELIVERED, "delivered", "2.0.0"),
    Sample("sendmail gave up", SENDMAIL_GAVE_UP, "failed", "4.4.7", "delivery time expired"),
    Sample("gmail", GMAIL, "failed", "5.1.1", "does not exist"),
    Sample("gmail, full", GMAIL_FULL, "failed", "5.2.2", "over quota"),
    Sample("exchange", EXCHANGE, "failed", "5.1.10", "Recipient not found"),
    Sample("outlook.com", OUTLOOK_COM, "failed", "5.5.0", "mailbox unavailable"),
    Sample("outlook.com, spam", OUTLOOK_SPAM, "failed", "5.7.1", "weren't sent"),
    Sample("orange", ORANGE, "failed", "5.1.1", "destinataire invalide"),
    Sample("free", FREE, "failed", "5.2.2", "Boite pleine"),
    Sample("no domain", NO_DOMAIN, "failed", "5.4.4", "Host not found"),
    Sample("passed on to two", PASSED_ON_TO_TWO, "failed", "5.1.1"),
    Sample("exim", EXIM, "failed", "5.1.1", "No such user here"),
    Sample("exim, late", EXIM_LATE, "delayed", "4.3.0", "try again"),
    Sample("qmail", QMAIL, "failed", "5.1.1", "no mailbox here"),
    Sample("old exchange", OLD_EXCHANGE, "failed", "5.1.1", "Impossible de joindre"),
    Sample("vacation", VACATION, "automatic"),
    Sample("exchange, absent", EXCHANGE_ABSENCE, "automatic"),
    Sample("old vacation", OLD_VACATION, "automatic"),
    Sample("gmail, vacation", GMAIL_VACATION, "automatic"),
    Sample("read receipt", READ_RECEIPT, "automatic"),
    Sample("a person", A_PERSON, "other"),
)
