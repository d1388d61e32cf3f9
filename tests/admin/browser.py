"""A person before the admin: opens pages, fills in the form that is there and sends it, its CSRF token included."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.core.tenancy import SIGN_IN, bind
from tests.personas import Hospital


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    data: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def put(self, name: str, value: str) -> None:
        self.data.setdefault(name, []).append(value)


class _Forms(HTMLParser):
    """The forms of a page with what a browser would send of them untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._form = Form(action=has.get("action") or "", method=has.get("method") or "get")
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(self._form, has)
        elif tag == "select":
            self._select = has.get("name") or ""
        elif tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(has.get("value") or "")
            if "selected" in has:
                self._form.put(self._select, has.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _input(self, form: Form, has: dict[str, str | None]) -> None:
        name, kind = has.get("name"), has.get("type")
        if not name:
            return
        if kind == "checkbox":
            form.choices.setdefault(name, []).append(has.get("value") or "on")
        if kind == "submit" or (kind == "checkbox" and "checked" not in has):
            return
        form.put(name, has.get("value") or "")


def forms_of(response: HttpResponse) -> list[Form]:
    parser = _Forms()
    parser.feed(response.content.decode())
    return parser.forms


def address(page: str, *args: Any) -> str:
    """The address of a page of the admin: `devices_device_change`, `index`."""
    return reverse(f"admin:{page}", args=args)


class Browser:
    """Signed in, with CSRF really checked."""

    def __init__(self, user: User, organization_id: UUID | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        with bind(organization_id, user_id=user.pk, door=SIGN_IN):
            self.client.force_login(user)
        self.page: HttpResponse = HttpResponse()
        self.url = ""

    def open(self, url: str) -> HttpResponse:
        self.url = url
        self.page = self.client.get(url)
        return self.page

    def form(self, to: str = "") -> Form:
        """The page's form that is sent by POST: the one to the page itself, or the one to that address."""
        wanted = [form for form in forms_of(self.page) if form.method == "post" and form.action == to]
        assert len(wanted) == 1, [form.action for form in forms_of(self.page)]
        return wanted[0]

    def send(self, to: str = "", **changes: Any) -> HttpResponse:
        """Fill in the form and send it; the page is then the answer, with redirects followed."""
        form = self.form(to)
        data = {**form.data, **{name: value if isinstance(value, list) else [value] for name, value in changes.items()}}
        self.page = self.client.post(form.action or self.url, data, follow=True)
        return self.page

    @property
    def text(self) -> str:
        return self.page.content.decode()


def browser(hospital: Hospital, role: Role) -> Browser:
    return Browser(hospital.people[role], hospital.id)


def an_operator() -> Browser:
    """Somebody who runs the platform."""
    with bind(None, door=SIGN_IN):
        user = User.objects.create_user(email="operator@platform.example", name="Platform operator", is_operator=True)
    return Browser(user, None)
