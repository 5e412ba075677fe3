import django.utils.timezone
from django.db import migrations, models
from django.db.models import F


def as_entered(apps, schema_editor):
    """What is there already has waited since it was entered."""
    apps.get_model("branch", "Certification").objects.update(submitted_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("branch", "0002_files_and_certificates")]

    operations = [
        migrations.AddField(
            model_name="certification",
            name="submitted_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="交审时间"),
        ),
        migrations.RunPython(as_entered, migrations.RunPython.noop),
    ]
