"""A dry run of django-import-export on a workbook, in the lightest of its sensible settings.

    .venv-bench/bin/python benchmarks/peers/dry_run.py WORKBOOK

Every row is taken for a new one, so that none is looked for in the database, no difference is
written out, and each instance is held against its model. It looks for no duplicate.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402

from benchmarks.peers.models import Recipient  # noqa: E402


class Recipients(ModelResource):
    """The template's ten headings."""

    email = Field("email", "E-mail")
    last_name = Field("last_name", "Nom")
    first_name = Field("first_name", "Prénom")
    company = Field("company", "Raison sociale")
    status = Field("status", "Statut")
    address_1 = Field("address_1", "Adresse")
    address_2 = Field("address_2", "Complément")
    postal_code = Field("postal_code", "Code postal")
    city = Field("city", "Ville")
    country = Field("country", "Pays")

    class Meta:
        model = Recipient
        import_id_fields = ("email",)
        fields = tuple(field.name for field in Recipient._meta.fields if field.name != "id")
        clean_model_instances = True
        force_init_instance = True
        skip_diff = True


def main(path: Path) -> None:
    """Read, check, and count what was found wrong."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    rows = XLSX().create_dataset(path.read_bytes())
    result = Recipients().import_data(rows, dry_run=True)
    print(f"{result.total_rows} rows, {len(result.invalid_rows)} wrong")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
