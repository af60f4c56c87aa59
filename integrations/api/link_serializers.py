"""How links look, and how one is chosen. The ids of QuickBooks are strings."""

from typing import Any

from rest_framework import serializers


class LinkSerializer(serializers.Serializer[Any]):
    quickbooks_name = serializers.CharField(source="row_name", allow_null=True)
    is_active_in_quickbooks = serializers.BooleanField(source="row_is_active", allow_null=True)
    is_deleted_in_quickbooks = serializers.BooleanField(source="row_is_deleted", allow_null=True)
    linked_at = serializers.DateTimeField()
    linked_by = serializers.CharField(source="linked_by.name", allow_null=True)


class CostCodeLinkSerializer(LinkSerializer):
    cost_code_id = serializers.IntegerField()
    cost_code_name = serializers.CharField(source="cost_code.name")
    item_id = serializers.CharField(source="item_ref")


class VendorLinkSerializer(LinkSerializer):
    vendor_id = serializers.IntegerField()
    vendor_name = serializers.CharField(source="vendor.name")
    quickbooks_vendor_id = serializers.CharField(source="vendor_ref")


class EmployeeLinkSerializer(LinkSerializer):
    team_member_id = serializers.IntegerField()
    team_member_name = serializers.CharField(source="team_member.name")
    employee_id = serializers.CharField(source="employee_ref")


class ProjectLinkSerializer(LinkSerializer):
    project_id = serializers.IntegerField()
    project_name = serializers.CharField(source="project.name")
    customer_id = serializers.CharField(source="customer_ref")
    include_sub_customers = serializers.BooleanField()


class ChooseItem(serializers.Serializer[Any]):
    item_id = serializers.CharField(max_length=40)


class ChooseVendor(serializers.Serializer[Any]):
    quickbooks_vendor_id = serializers.CharField(max_length=40)


class ChooseEmployee(serializers.Serializer[Any]):
    employee_id = serializers.CharField(max_length=40)


class ChooseCustomer(serializers.Serializer[Any]):
    customer_id = serializers.CharField(max_length=40)
    include_sub_customers = serializers.BooleanField(
        default=False, help_text="Whether the sub-customers of the customer count too."
    )


class IncludeSubCustomers(serializers.Serializer[Any]):
    include_sub_customers = serializers.BooleanField()
