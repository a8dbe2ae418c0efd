"""The ten columns of a recipient as Django would keep them."""

from typing import ClassVar

from django.db import models


class Recipient(models.Model):
    """Lengths and the two statuses are ours; the e-mail is checked by Django's own validator."""

    email = models.EmailField()
    last_name = models.CharField(max_length=120)
    first_name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=20,
        choices=(("particulier", "particulier"), ("professionnel", "professionnel")),
    )
    address_1 = models.CharField(max_length=120, blank=True)
    address_2 = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=80, blank=True)

    class Meta:
        app_label = "peers"
        indexes: ClassVar = [models.Index(fields=["email"])]
