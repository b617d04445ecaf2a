"""Changes both tables of the ledger, which SQLite does by building them anew."""

from django.db import migrations, models

from tests.faults.next_release import LAST


class Migration(migrations.Migration):
    dependencies = [("inventory", LAST)]
    operations = [
        migrations.AlterField("movement", "note", models.CharField(max_length=600, blank=True)),
        migrations.AddField("movement", "weather", models.CharField(max_length=20, null=True)),
        migrations.AlterField("flow", "units", models.PositiveBigIntegerField(default=0)),
    ]
