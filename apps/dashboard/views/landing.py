"""Where people arrive after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.actor import Actor
from apps.accounts.middleware import actor_of
from apps.accounts.policy import Reach
from apps.accounts.selectors import OwnMembership, current_organization, units
from apps.patients.selectors import visible_patients

# What the admin calls a model, as its users would.
_WORDS = {
    "devices.device": ("Devices", "Provision, bind, rotate, revoke; battery and last frame"),
    "ingest.quarantined": ("Quarantine", "What devices sent that could not be taken"),
    "accounts.membership": ("People", "Invite, roles, units"),
    "accounts.unit": ("Units", "Wards and teams"),
    "alerts.rule": ("Alarm limits", "What raises an alarm, after which delay"),
    "audit.auditevent": ("Audit trail", "Who read or wrote which patient's data"),
    "patients.breakglass": ("Broken glass", "Records opened outside one's units, to be reviewed"),
}


@require_GET
@login_required
def landing(request: HttpRequest) -> HttpResponse:
    """Everybody to where their work is."""
    actor = actor_of(request)
    if actor is None:
        return _without_organization(request)
    if actor.grant.clinical is Reach.UNITS and units(actor).exists():
        return redirect("dashboard:wards")
    if actor.grant.clinical in (Reach.OWN, Reach.SHARED) and visible_patients(actor).exists():
        return redirect("dashboard:me")
    context = {
        "organization": current_organization(actor),
        "role_label": actor.role.label,
        "links": _links(actor),
        "message": _message(actor),
    }
    return render(request, "dashboard/landing.html", context)


def _without_organization(request: HttpRequest) -> HttpResponse:
    if request.user.is_operator:  # type: ignore[union-attr]
        return redirect("admin:index")
    if _memberships(request):
        return redirect("dashboard:organizations")
    return render(request, "dashboard/no_organization.html")


def _links(actor: Actor) -> list[dict[str, str]]:
    return [
        {"href": reverse(f"admin:{model.replace('.', '_')}_changelist"), "title": title, "text": text}
        for model, (title, text) in _WORDS.items()
        if model in actor.grant.admin
    ]


def _message(actor: Actor) -> str:
    """Why there is nothing here for those who would see patients."""
    if actor.grant.clinical is Reach.UNITS:
        return "You have no unit yet. Ask a manager of your organization to give you one."
    if actor.grant.clinical is Reach.SHARED:
        return "Nobody shares anything with you now."
    if actor.grant.clinical is Reach.OWN:
        return "Your account is not yet connected to your record. Ask your care team."
    return ""


@require_http_methods(["GET", "POST"])
@login_required
def organizations(request: HttpRequest) -> HttpResponse:
    """Choose where to work, for people with a role in more than one organization."""
    memberships = _memberships(request)
    wanted_next = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(wanted_next, allowed_hosts=None):
        wanted_next = ""
    if request.method == "POST":
        if request.POST.get("organization") not in {membership.slug for membership in memberships}:
            raise Http404
        request.session["organization"] = request.POST["organization"]
        return redirect(wanted_next or "dashboard:landing")
    return render(request, "dashboard/choose_organization.html", {"memberships": memberships, "next": wanted_next})


def _memberships(request: HttpRequest) -> list[OwnMembership]:
    memberships: list[OwnMembership] = request.memberships  # type: ignore[attr-defined]
    return memberships
