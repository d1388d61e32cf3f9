"""Nothing is changed by a request that another site makes a browser send, and no page needs what our policy for
content forbids."""

from html.parser import HTMLParser

import pytest

from apps.accounts.roles import Role
from apps.core.tenancy import bind
from apps.devices.models import Device
from tests.admin.browser import address, an_operator, browser
from tests.admin.conftest import Things, a_last_frame
from tests.admin.test_the_neighbours_things_are_not_there import pages_asked
from tests.personas import World

ROLES = [Role.MANAGER, Role.TECHNICIAN, Role.PRIVACY_OFFICER]


class Forbidden(HTMLParser):
    """What `script-src 'self'; style-src 'self'` would block."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        data = has.get("type") == "application/json"
        if tag == "style" or "style" in has or (tag == "script" and "src" not in has and not data):
            self.found.append(self.get_starttag_text() or tag)
        self.found += [name for name in has if name.startswith("on")]
        self.found += [str(has[name]) for name in ("src", "href") if (has.get(name) or "").startswith(("//", "http"))]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_needs_inline_code_or_style_or_another_site(world: World, north: Things, role: Role) -> None:
    a_last_frame(north)
    client, seen = world.north.client(role), 0
    lists = [address("index"), *(page.rsplit("/", 2)[0] + "/" for page in pages_asked(north) if "/change/" not in page)]
    for page in {*lists, *pages_asked(north), address("devices_device_add"), address("accounts_membership_add")}:
        answer = client.get(page)
        if answer.status_code != 200:
            continue
        parser = Forbidden()
        parser.feed(answer.content.decode())
        assert parser.found == [], page
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        seen += 1
    assert seen >= 5


def test_every_page_says_that_it_is_no_medical_device_and_leads_back(world: World, north: Things) -> None:
    technician = browser(world.north, Role.TECHNICIAN)
    for page in (address("index"), address("devices_device_changelist"), address("devices_device_add")):
        text = technician.open(page).content.decode()
        assert "BodyLink is not a certified medical device." in text
        assert 'href="/"' in text
        assert 'action="/accounts/logout/"' in text


def test_a_form_without_its_token_changes_nothing(world: World, north: Things) -> None:
    technician, manager = browser(world.north, Role.TECHNICIAN), browser(world.north, Role.MANAGER)
    for visitor, page, data in (
        (technician, address("devices_device_add"), {"model": "forged"}),
        (technician, address("devices_device_change", north.device.pk), {"label": "forged"}),
        (technician, address("devices_device_bind", north.device.pk), {"patient": str(world.north.bob.pk)}),
        (technician, address("devices_device_unbind", north.device.pk), {}),
        (technician, address("devices_device_rotate", north.device.pk), {}),
        (technician, address("devices_device_revoke-all", north.device.pk), {}),
        (technician, address("devices_device_revoke", north.device.pk, north.credential.pk), {}),
        (technician, address("devices_device_retire", north.device.pk), {}),
        (technician, address("devices_device_accepted", north.device.pk), {"secret": "x"}),
        (manager, address("accounts_membership_add"), {"email": "x@y.example", "name": "x", "role": "manager"}),
        (manager, address("accounts_membership_delete", north.membership.pk), {"post": "yes"}),
        (manager, address("accounts_membership_invite", north.membership.pk), {}),
        (manager, address("accounts_unit_add"), {"name": "forged"}),
        (an_operator(), address("accounts_organization_add"), {"slug": "forged"}),
    ):
        assert visitor.client.post(page, data).status_code == 403, page
    with bind(world.north.id):
        device = Device.objects.get()
        assert (device.label, device.retired_at) == ("northgate label", None)
        assert list(device.credentials.values_list("revoked_at", flat=True)) == [None]
        assert device.bindings.get().period.upper is None
