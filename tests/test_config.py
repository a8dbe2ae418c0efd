from dataclasses import fields
from pathlib import Path

import pytest

from config import Config, ConfigurationError

ENVIRONMENT = {
    "PLIREC_DATA": "/srv/plirec",
    "PLIREC_PORT": " 8080 ",
    "PUBLIC_URL": "https://courrier.example",
    "SMTP_HOST": "mail.example",
    "SMTP_PORT": "465",
    "SMTP_SECURITY": "tls",
    "SMTP_PASSWORD": "un mot de passe",
    "MAIL_FROM": "avis@courrier.example",
    "HOME": "/root",
}


def test_settings_are_read_from_the_environment_each_as_its_type() -> None:
    config = Config.from_environment(ENVIRONMENT)
    assert config.data_directory == Path("/srv/plirec")
    assert (config.port, config.smtp_port) == (8080, 465)
    assert config.smtp_security == "tls"
    assert config.keys_directory == Path("/srv/plirec/keys")
    assert config.files_directory == Path("/srv/plirec/files")


def test_an_empty_environment_gives_an_installation_for_trials_on_this_machine_alone() -> None:
    config = Config.from_environment({"SMTP_HOST": "", "PLIREC_PORT": "  "})
    assert config == Config()
    assert (config.host, config.port) == ("127.0.0.1", 8000)
    assert config.smtp_host == ""
    assert config.database == f"sqlite:///{Path('var').resolve() / 'plirec.sqlite'}"


def test_another_file_is_the_database_where_its_address_is_given() -> None:
    config = Config.from_environment({"DATABASE_URL": "sqlite:////srv/autre.sqlite"})
    assert config.database == "sqlite:////srv/autre.sqlite"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_server_is_the_database_where_its_address_is_given(scheme: str) -> None:
    address = "plirec:un%20secret@base.example:5433/plirec?sslmode=verify-full"
    config = Config.from_environment({"DATABASE_URL": f"{scheme}://{address}"})
    assert config.is_on_postgresql
    assert config.database == f"postgresql+psycopg://{address}"
    assert config.postgresql_address == f"postgresql://{address}"
    assert "un%20secret" not in repr(config)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PLIREC_PORT": "huit mille"}, ["PLIREC_PORT", "huit mille"]),
        ({"SMTP_TIMEOUT": "1.5"}, ["SMTP_TIMEOUT", "1.5"]),
        ({"SMTP_SECURITY": "ssl"}, ["SMTP_SECURITY", "starttls, tls, none"]),
        ({"MAIL_FROM": ""}, ["MAIL_FROM"]),
        ({"PLIREC_TIMESTAMP_URL": "tsa.example"}, ["PLIREC_TIMESTAMP_URL", "https://"]),
        ({"DATABASE_URL": "mysql://plirec"}, ["DATABASE_URL", "sqlite:///", "postgresql://"]),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_is_accepted(
    changes: dict[str, str], named: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as problem:
        Config.from_environment({**ENVIRONMENT, **changes})
    assert [words for words in named if words not in str(problem.value)] == []
    assert ENVIRONMENT["SMTP_PASSWORD"] not in str(problem.value)


def test_each_setting_has_a_name_of_its_own_and_says_what_it_means() -> None:
    names = [entry.metadata["name"] for entry in fields(Config)]
    assert len(set(names)) == len(names)
    assert all(entry.metadata["meaning"] for entry in fields(Config))


def test_settings_that_are_shown_do_not_give_the_mail_accounts_password_away() -> None:
    config = Config.from_environment(ENVIRONMENT)
    assert config.smtp_password == "un mot de passe"
    assert "un mot de passe" not in repr(config)
