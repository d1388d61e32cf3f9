"""Whoever keeps devices in memory hears of every change of one, or of its bindings, as it is committed."""

from django.db import migrations

TELL = """
CREATE FUNCTION bodylink_tell_device() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    PERFORM pg_notify('bodylink_devices', to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[0]);
    RETURN NULL;
END
$function$;
CREATE TRIGGER tell AFTER UPDATE OR DELETE ON devices_device
    FOR EACH ROW EXECUTE FUNCTION bodylink_tell_device('id');
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON devices_binding
    FOR EACH ROW EXECUTE FUNCTION bodylink_tell_device('device_id');
"""
HUSH = """
DROP TRIGGER tell ON devices_binding;
DROP TRIGGER tell ON devices_device;
DROP FUNCTION bodylink_tell_device;
"""


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_initial")]

    operations = [migrations.RunSQL(TELL, reverse_sql=HUSH)]
