"""A second verifier of each secret, for Mosquitto's password file; whoever keeps that file hears of every change."""

from django.db import migrations, models

TELL = """
CREATE FUNCTION bodylink_tell_credentials() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    PERFORM pg_notify('bodylink_credentials', '');
    RETURN NULL;
END
$function$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON devices_credential
    FOR EACH STATEMENT EXECUTE FUNCTION bodylink_tell_credentials();
"""
HUSH = """
DROP TRIGGER tell ON devices_credential;
DROP FUNCTION bodylink_tell_credentials;
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0002_changes_are_told")]

    operations = [
        migrations.AddField(
            "credential",
            "mosquitto_entry",
            models.CharField(blank=True, default="", editable=False, max_length=140),
        ),
        migrations.RunSQL(TELL, reverse_sql=HUSH),
    ]
