"""How the rows of QuickBooks' lists look to programs. Their ids are strings, as in QuickBooks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.linking.eligibility import EXPLANATIONS, explain, is_eligible, item_state
from integrations.linking.picker import Choice
from integrations.models import QuickBooksItem
from ressio.api.fields import ExactField

CUSTOMER_KINDS = {"Customer": "customer", "Sub-customer": "sub_customer", "Project": "project"}
CUSTOMER_KIND_CHOICES = [(key, words) for words, key in CUSTOMER_KINDS.items()]
ITEM_STATES = [(str(state), words.label) for state, words in EXPLANATIONS.items()]


class RowSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="quickbooks_id", help_text="QuickBooks' id.")
    name = serializers.CharField()
    is_active = serializers.BooleanField()
    is_deleted = serializers.BooleanField(help_text="It no longer exists in QuickBooks.")


class EligibilitySerializer(serializers.Serializer[QuickBooksItem]):
    """Whether an item can stand for a cost code: it must be sold and purchased in QuickBooks."""

    is_eligible = serializers.BooleanField()
    state = serializers.ChoiceField(ITEM_STATES)
    sentence = serializers.CharField()
    way_out = serializers.CharField(help_text="What to do in QuickBooks; empty when nothing is needed.")


class ItemSerializer(RowSerializer):
    full_name = serializers.CharField(help_text="Path of names, separated by colons.")
    type = serializers.CharField(
        source="item_type", help_text="Service, NonInventory, Inventory, Category, Group."
    )
    description = serializers.CharField()
    sku = serializers.CharField()
    parent_id = serializers.CharField(source="parent_ref", help_text="Empty at the top.")
    income_account_id = serializers.CharField(source="income_account_ref", help_text="Empty: it is not sold.")
    income_account_name = serializers.CharField(source="income_account", allow_null=True)
    expense_account_id = serializers.CharField(
        source="expense_account_ref", help_text="Empty: it is not purchased."
    )
    expense_account_name = serializers.CharField(source="expense_account", allow_null=True)
    eligibility = serializers.SerializerMethodField()
    cost_code_id = serializers.IntegerField(
        source="linked_id", allow_null=True, help_text="The linked cost code."
    )

    @extend_schema_field(EligibilitySerializer)
    def get_eligibility(self, item: QuickBooksItem) -> dict[str, Any]:
        words = explain(item)
        return {
            "is_eligible": is_eligible(item),
            "state": str(item_state(item)),
            "sentence": words.sentence,
            "way_out": words.way_out,
        }


class QuickBooksVendorSerializer(RowSerializer):
    email = serializers.CharField()
    phone = serializers.CharField()
    is_1099 = serializers.BooleanField()
    vendor_id = serializers.IntegerField(source="linked_id", allow_null=True, help_text="The linked vendor.")


class EmployeeSerializer(RowSerializer):
    email = serializers.CharField()
    cost_rate = ExactField(allow_null=True, help_text="Dollars an hour.")
    bill_rate = ExactField(allow_null=True, help_text="Dollars an hour.")
    team_member_id = serializers.IntegerField(
        source="linked_id", allow_null=True, help_text="The linked team member."
    )


class AccountSerializer(RowSerializer):
    full_name = serializers.CharField()
    number = serializers.CharField()
    type = serializers.CharField(source="account_type")
    classification = serializers.CharField()


class CustomerQuery(serializers.Serializer[Any]):
    search = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Words found anywhere in the path of names."
    )


class CustomerSerializer(serializers.Serializer[Any]):
    """One row of the tree. Context: `projects`, the id of the linked project by QuickBooks id."""

    id = serializers.CharField(source="customer.quickbooks_id", help_text="QuickBooks' id.")
    name = serializers.CharField(source="customer.name")
    full_name = serializers.CharField(
        source="customer.full_name", help_text="Path of names, separated by colons."
    )
    kind = serializers.SerializerMethodField()
    parent_id = serializers.CharField(source="customer.parent_ref", help_text="Empty at the top.")
    depth = serializers.IntegerField(help_text="0 at the top.")
    is_active = serializers.BooleanField(source="customer.is_active")
    can_be_linked = serializers.BooleanField(source="can_be_chosen")
    project_id = serializers.SerializerMethodField(help_text="The linked project.")

    @extend_schema_field(serializers.ChoiceField(CUSTOMER_KIND_CHOICES))
    def get_kind(self, choice: Choice) -> str:
        return CUSTOMER_KINDS[choice.kind]

    def get_project_id(self, choice: Choice) -> int | None:
        found: int | None = self.context["projects"].get(choice.customer.quickbooks_id)
        return found
