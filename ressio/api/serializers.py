"""How the things of `ressio` look to programs."""

from typing import Any

from rest_framework import serializers

from ressio.models import Company, CostCode, Project, Role, TeamMember, User, Vendor


class MyCompanySerializer(serializers.ModelSerializer[TeamMember]):
    """A company of mine, and what I am there."""

    slug = serializers.CharField(source="company.slug")
    name = serializers.CharField(source="company.name")
    currency = serializers.CharField(source="company.currency")
    time_zone = serializers.CharField(source="company.time_zone")

    class Meta:
        model = TeamMember
        fields = ["slug", "name", "currency", "time_zone", "role"]


class MeSerializer(serializers.ModelSerializer[User]):
    companies = MyCompanySerializer(many=True)

    class Meta:
        model = User
        fields = ["email", "name", "companies"]


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=1024, style={"input_type": "password"})
    company = serializers.SlugField(help_text="The company's short name in its address.")
    token_name = serializers.CharField(max_length=100, default="API sign-in")


class SignedInSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Send it as `Authorization: Bearer …`. It is shown only now.")
    company = serializers.SlugField()


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = ["slug", "name", "currency", "time_zone"]


class ProjectSerializer(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = [
            "id",
            "name",
            "number",
            "client_name",
            "address",
            "cost_structure",
            "is_archived",
            "created_at",
        ]
        read_only_fields = ["created_at"]


class CostCodeSerializer(serializers.ModelSerializer[CostCode]):
    class Meta:
        model = CostCode
        fields = ["id", "name", "category", "description", "sku", "is_active", "created_at"]
        read_only_fields = ["created_at"]


class VendorSerializer(serializers.ModelSerializer[Vendor]):
    class Meta:
        model = Vendor
        fields = ["id", "name", "email", "phone", "is_active", "created_at"]
        read_only_fields = ["created_at"]


class TeamMemberSerializer(serializers.ModelSerializer[TeamMember]):
    role = serializers.ChoiceField(choices=Role.choices)
    can_sign_in = serializers.SerializerMethodField()

    class Meta:
        model = TeamMember
        fields = [
            "id",
            "name",
            "email",
            "role",
            "can_create_bills",
            "can_edit_own_time",
            "is_active",
            "on_payroll",
            "can_sign_in",
            "created_at",
        ]
        read_only_fields = ["email", "is_active", "on_payroll", "created_at"]

    def get_can_sign_in(self, member: TeamMember) -> bool:
        return member.is_active and member.user_id is not None
