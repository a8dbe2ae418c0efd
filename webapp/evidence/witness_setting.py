"""Who stamps the daily roots and to whom they are mailed: the environment's, else the page's."""

from dataclasses import replace

from config import Config
from webapp.database import AnySession
from webapp.evidence.witness_models import WitnessSetting


def timestamp_url(session: AnySession, config: Config) -> str:
    """Give the address of the authority that stamps; empty: none."""
    if config.timestamp_url:
        return config.timestamp_url
    kept = session.get(WitnessSetting, 1)
    return kept.timestamp_url if kept else ""


def mails(session: AnySession, config: Config) -> list[str]:
    """Give the addresses to which the roots are mailed, each once."""
    if config.witness_mails:
        return addresses_in(config.witness_mails)
    kept = session.get(WitnessSetting, 1)
    return addresses_in(kept.mails) if kept else []


def addresses_in(text: str) -> list[str]:
    """Read addresses that are parted by commas, semicolons, spaces or line ends."""
    parted = text.replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(address.lower() for address in parted))


def with_witness_settings(session: AnySession, config: Config) -> Config:
    """Give the settings with the authority and the witnesses that are in use."""
    witnesses = ", ".join(mails(session, config))
    return replace(config, timestamp_url=timestamp_url(session, config), witness_mails=witnesses)


def save(session: AnySession, url: str | None, witnesses: list[str] | None) -> None:
    """Keep what the page says; None leaves what the environment sets as it was kept.

    Whoever asked commits.
    """
    kept = session.get(WitnessSetting, 1) or WitnessSetting(id=1)
    if url is not None:
        kept.timestamp_url = url
    if witnesses is not None:
        kept.mails = "\n".join(witnesses)
    session.add(kept)
