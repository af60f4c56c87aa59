from django.db import migrations, models

KINDS = [
    ("lists", "Lists"),
    ("expenses", "Expenses"),
    ("bills", "Bills"),
    ("invoices", "Invoices and payments"),
    ("time", "Time"),
    ("all", "Everything"),
]


class Migration(migrations.Migration):

    dependencies = [("integrations", "0008_invoices_run")]

    operations = [
        migrations.AlterField(
            model_name="syncrun", name="kind", field=models.CharField(choices=KINDS, max_length=10)
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="then_full",
            field=models.CharField(
                blank=True,
                choices=KINDS,
                help_text="A full sync of this kind was asked for meanwhile: it starts when this run has ended.",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="then_kind",
            field=models.CharField(
                blank=True,
                choices=KINDS,
                help_text="A sync of this kind was asked for while this one reads invoices and payments only: it follows.",
                max_length=10,
            ),
        ),
    ]
