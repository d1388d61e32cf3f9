"""The small pages of one device: put it on a patient, take it off, its credentials, the end of its service.

Each is a form or a question of its own, so that nothing happens by a link.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from apps.accounts.policy_admin import PolicyAdmin, must_be_actor
from apps.core.clock import SYSTEM_CLOCK
from apps.core.errors import DomainError
from apps.devices import broker, services
from apps.devices.admin.credentials import access_for
from apps.devices.admin.forms import BindForm, QuestionForm, UnbindForm, place_of
from apps.devices.models import Binding, Credential, Device


def binding_now(device: Device) -> Binding | None:
    """On whom it is."""
    bindings = device.bindings.select_related("patient__unit")
    return bindings.filter(period__contains=SYSTEM_CLOCK.now()).first()


class DevicePages(PolicyAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = {
            "bind": self.bind_view,
            "unbind": self.unbind_view,
            "rotate": self.rotate_view,
            "revoke-all": self.revoke_all_view,
            "retire": self.retire_view,
            "accepted": self.accepted_view,
        }
        wrap = self.admin_site.admin_view
        own = [
            path(f"<uuid:object_id>/{name}/", wrap(view), name=f"devices_device_{name}") for name, view in pages.items()
        ]
        revoke = path(
            "<uuid:object_id>/revoke/<uuid:credential_id>/", wrap(self.revoke_view), name="devices_device_revoke"
        )
        return [*own, revoke, *super().get_urls()]

    def in_service(self, request: HttpRequest, object_id: UUID) -> Device:
        """The device of a page that changes it. Raises Http404."""
        device: Device = self.own(request, object_id)
        if not self.has_change_permission(request, device) or device.retired_at is not None:
            raise Http404
        return device

    def bind_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        present = binding_now(device)
        form = BindForm(request.POST if request.method == "POST" else None, present=present)

        def put() -> None:
            services.bind_device(
                device=device,
                patient=form.cleaned_data["patient"],
                since=form.cleaned_data["moment"],
                user_id=must_be_actor(request).user_id,
            )

        text = "Frames that are stored already stay with whom they were stored for."
        if present:
            text = f"It is on {place_of(present.patient)} now, and leaves them at that moment. {text}"
        return self._done(request, form, put, device, "Put on the patient.") or self.form_page(
            request, form, title="Put on a patient", submit="Put on", obj=device, text=text
        )

    def unbind_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        present = binding_now(device)
        if present is None:
            raise Http404
        form = UnbindForm(request.POST if request.method == "POST" else None, present=present)

        def take_off() -> None:
            moment = form.cleaned_data["moment"]
            services.unbind(device=device, at=moment, user_id=must_be_actor(request).user_id)

        text = f"It is on {place_of(present.patient)}. Later frames are kept without a patient."
        return self._done(request, form, take_off, device, "Taken off.") or self.form_page(
            request, form, title="Take off the patient", submit="Take off", obj=device, text=text
        )

    def rotate_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        if request.method == "POST":
            secret = services.rotate(device=device, user_id=must_be_actor(request).user_id)
            return self.secret_page(request, device, secret)
        text = (
            "The device gets one more secret, shown once. Those it has stay good, so that it is not lost before it has "
            "taken the new one: revoke them afterwards."
        )
        if broker.holds_one_secret():
            text += " This broker holds one secret of a device: the new one counts as soon as those are revoked."
        return self.form_page(request, QuestionForm(), title="New secret", submit="Make it", obj=device, text=text)

    def revoke_view(self, request: HttpRequest, object_id: UUID, credential_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        credential = get_object_or_404(Credential, pk=credential_id, device=device, revoked_at=None)
        text = f"“{credential}” opens the broker no more, and a connection made with it is closed."
        return self._revoke(request, device, [credential], "Revoke a credential", text)

    def revoke_all_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        text = "Nothing that the device holds opens the broker any more. It needs a new secret to come back."
        return self._revoke(request, device, list(device.credentials.filter(revoked_at=None)), "Revoke all", text)

    def retire_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        device = self.in_service(request, object_id)
        form = QuestionForm(request.POST if request.method == "POST" else None)

        def retire() -> None:
            services.retire(device=device, user_id=must_be_actor(request).user_id)

        text = "It leaves its patient, its credentials end, and it does not come back: another life needs another uid."
        return self._done(request, form, retire, device, "Retired.") or self.form_page(
            request, form, title="Retire", submit="Retire it", obj=device, text=text, dangerous=True
        )

    def accepted_view(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Whether the broker lets the device in with the secret that the page still shows, tried by signing in.

        A credential counts from the commit of the request that made it; that is why its page asks afterwards.
        """
        device = self.in_service(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        secret = request.POST.get("secret", "")
        get_object_or_404(Credential, device=device, verifier=services.verifier_of(secret), revoked_at=None)
        return JsonResponse({"accepted": broker.accepts(device.uid, secret)})

    def secret_page(self, request: HttpRequest, device: Device, secret: str) -> HttpResponse:
        """Shows a new secret, this once; like every page of the admin the answer is not to be stored."""
        context = self.page_context(request, title="Credentials", obj=device) | {
            "access": access_for(device, secret),
            "counts_later": broker.holds_one_secret() and services.good_credentials(device).count() > 1,
            "accepted_url": self.address("accepted", device.pk),
            "back": self.address("change", device.pk),
        }
        return TemplateResponse(request, "admin/devices/device/secret.html", context)

    def _revoke(
        self, request: HttpRequest, device: Device, credentials: list[Credential], title: str, text: str
    ) -> HttpResponse:
        form = QuestionForm(request.POST if request.method == "POST" else None)

        def revoke() -> None:
            services.revoke(credentials=credentials, user_id=must_be_actor(request).user_id)

        return self._done(request, form, revoke, device, "Revoked.") or self.form_page(
            request, form, title=title, submit="Revoke", obj=device, text=text, dangerous=True
        )

    def _done(
        self,
        request: HttpRequest,
        form: Form,
        act: Callable[[], None],
        device: Device,
        message: str,
    ) -> HttpResponse | None:
        """Do what a valid form asks and go back to the device; None where the form has to be shown."""
        if not form.is_valid():
            return None
        try:
            with transaction.atomic():
                act()
        except DomainError as error:
            form.add_error(None, error.detail)
            return None
        self.message_user(request, message, messages.SUCCESS)
        return redirect(self.address("change", device.pk))
