"""Forms about projects."""

from typing import Any

from django import forms

from ressio.models import CostStructure, TeamMember


class ProjectForm(forms.Form):
    name = forms.CharField(label="Project name", max_length=200)
    number = forms.CharField(label="Number", max_length=40, required=False)
    client_name = forms.CharField(label="Client", max_length=200, required=False)
    address = forms.CharField(
        label="Address", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    cost_structure = forms.ChoiceField(
        label="Cost structure",
        choices=CostStructure,
        initial=CostStructure.FIXED_PRICE,
        help_text="Fixed price: the client pays an agreed sum. Cost plus: the client pays the costs and a fee.",
    )


class TeamForm(forms.Form):
    """Ticks of the active people who are not Admins: those see every project anyway (R1)."""

    members: "forms.ModelMultipleChoiceField[TeamMember]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, widget=forms.CheckboxSelectMultiple, label="Assigned team members"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = TeamMember.objects.filter(is_active=True).exclude(role="admin").order_by("name")
        field: Any = self.fields["members"]
        field.queryset = choices
        field.label_from_instance = lambda member: f"{member.name} · {member.get_role_display()}"
