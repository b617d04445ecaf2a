"""Rebuilds the flows, then dies."""

from django.db import migrations, models


def die(_apps, _editor):
    raise RuntimeError("half-way")


class Migration(migrations.Migration):
    dependencies = [("inventory", "rebuild")]
    operations = [
        migrations.AlterField(
            "flow", "weight_g", models.DecimalField(max_digits=18, decimal_places=0)
        ),
        migrations.AddField("flow", "colour", models.CharField(max_length=20, null=True)),
        migrations.RunPython(die),
    ]
