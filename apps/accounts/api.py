"""`units/` and `organizations/current/`: where the caller is, and in which role."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.endpoint import Endpoint, ListEndpoint
from apps.accounts.models import Organization, Unit
from apps.accounts.roles import Role
from apps.accounts.selectors import current_organization, units

UNIT_EXAMPLE = {"id": "5f0c3a3e-8d62-4c6b-9a2e-1d5a4b7c9e10", "name": "Ward 1"}
ORGANIZATION_EXAMPLE = {
    "id": "0d5a8a0e-1f4b-4f5e-8f0a-6b1f7c2d3e4f",
    "slug": "northgate",
    "name": "Northgate Hospital",
    "timezone": "Europe/Berlin",
    "role": "clinician",
}


@extend_schema_serializer(examples=[OpenApiExample("A unit", value=UNIT_EXAMPLE)])
class UnitForm(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "name"]


@extend_schema_serializer(examples=[OpenApiExample("An organization", value=ORGANIZATION_EXAMPLE)])
class OrganizationForm(serializers.ModelSerializer[Organization]):
    role = serializers.ChoiceField(Role.choices, read_only=True, help_text="The caller's role in it.")

    class Meta:
        model = Organization
        fields = ["id", "slug", "name", "timezone", "role"]


class Units(ListEndpoint):
    ordering = ("name",)

    @extend_schema(
        operation_id="units_list",
        summary="The units you may choose among",
        description="Wards, teams, halls. A clinician's own; all of the organization's for managers and technicians.",
        tags=["organization"],
        responses=UnitForm(many=True),
    )
    def get(self, request: Request) -> Response:
        self.query()
        return self.page(units(self.actor), UnitForm)


class CurrentOrganization(Endpoint):
    @extend_schema(
        operation_id="organizations_current",
        summary="The organization you act for, and your role in it",
        tags=["organization"],
        responses=OrganizationForm,
    )
    def get(self, request: Request) -> Response:
        self.query()
        organization = current_organization(self.actor)
        organization.role = self.actor.role  # type: ignore[attr-defined]
        return Response(OrganizationForm(organization).data)
