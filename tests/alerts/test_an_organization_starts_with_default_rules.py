"""What guards a patient before anybody has set a limit."""

from apps.accounts.roles import Role
from apps.alerts.models import Rule
from apps.alerts.services import seed_default_rules
from apps.core.tenancy import bind
from apps.readings.quantities import REGISTER
from tests.personas import World


def test_the_rules_are_of_the_register_and_in_order(world: World) -> None:
    with bind(world.north.id):
        rules = {(rule.quantity, rule.priority): rule for rule in Rule.objects.all()}
    assert {quantity for quantity, _ in rules} <= set(REGISTER)
    for (quantity, priority), rule in rules.items():
        worse = rules.get((quantity, "high"))
        if priority == "medium" and worse and rule.low and worse.low:
            assert worse.low < rule.low
        if priority == "medium" and worse and rule.high and worse.high:
            assert worse.high > rule.high


def test_seeding_again_keeps_what_a_manager_has_changed(world: World) -> None:
    with bind(world.north.id):
        Rule.objects.filter(quantity="spo2", priority="medium").update(low=88)
        assert seed_default_rules(world.north.organization) == []
        assert Rule.objects.get(quantity="spo2", priority="medium").low == 88


def test_every_new_organization_has_them(world: World) -> None:
    for hospital in (world.north, world.south):
        with bind(hospital.id):
            assert Rule.objects.filter(quantity="spo2", priority="high").count() == 1


def test_a_manager_changes_a_rule_in_the_admin(world: World) -> None:
    client = world.north.client(Role.MANAGER)
    with bind(world.north.id):
        rule = Rule.objects.get(quantity="spo2", priority="medium")
    form = {"quantity": "spo2", "priority": "medium", "low": "88", "hysteresis": "1", "delay_s": "15", "enabled": "on"}
    page = f"/admin/alerts/rule/{rule.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {**form, "low": ""}).status_code == 200  # shown again: a rule needs a limit
    assert client.post(page, form).status_code == 302
    with bind(world.north.id):
        assert Rule.objects.get(pk=rule.pk).low == 88


def test_a_manager_adds_a_rule_for_one_patient(world: World) -> None:
    north = world.north
    form = {"quantity": "glucose", "priority": "low", "high": "12", "hysteresis": "0", "delay_s": "0", "enabled": "on"}
    answer = north.client(Role.MANAGER).post("/admin/alerts/rule/add/", {**form, "patient": str(north.bob.pk)})
    assert answer.status_code == 302
    with bind(north.id):
        assert Rule.objects.get(patient=north.bob).high == 12


def test_the_admin_shows_rules_to_managers_of_that_organization_only(world: World) -> None:
    with bind(world.north.id):
        rule = Rule.objects.first()
    assert rule is not None
    page = f"/admin/alerts/rule/{rule.pk}/change/"
    assert world.south.client(Role.MANAGER).get(page).status_code == 302  # not there: back to the index
    assert world.north.client(Role.CLINICIAN).get(page).status_code in (302, 403)
