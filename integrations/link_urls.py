"""Pages of links, switches and guides. Hung below `/c/<company>/`."""

from django.urls import URLPattern, path

from integrations.linking.desks import DESKS, Desk
from integrations.views import financials, guides, imports, links, payroll, project_numbers, projects


def _desk_urls(desk: Desk) -> list[URLPattern]:
    base, kind, known = f"settings/{desk.place}/", desk.key, {"kind": desk.key}
    one = f"{base}<int:{desk.id_name}>/quickbooks/"
    return [
        path(f"{base}quickbooks/", links.show_links, known, name=f"link-{kind}"),
        path(f"{base}quickbooks/accept/", links.accept_links, known, name=f"link-{kind}-accept"),
        path(f"{base}quickbooks/import/", imports.import_list, known, name=f"import-{kind}"),
        path(f"{base}quickbooks/rows/<slug:row_ref>/", links.choose_thing, known, name=f"link-{kind}-row"),
        path(one, links.choose_row, known, name=f"link-{kind}-one"),
        path(f"{one}unlink/", links.unlink, known, name=f"unlink-{kind}"),
    ]


FINANCIALS = "projects/<int:project_id>/financials/"
NUMBERS = "settings/integrations/quickbooks/project-numbers/"

urlpatterns = [
    *(url for desk in DESKS.values() for url in _desk_urls(desk)),
    path("settings/team/<int:member_id>/payroll/", payroll.set_on_payroll, name="member-on-payroll"),
    path("projects/from-quickbooks/", projects.new_from_customer, name="project-from-quickbooks"),
    path(FINANCIALS, financials.show_financials, name="project-financials"),
    path(f"{FINANCIALS}connect/", financials.connect_project, name="project-connect"),
    path(f"{FINANCIALS}disconnect/", financials.disconnect_project, name="project-disconnect"),
    path(f"{FINANCIALS}sub-customers/", financials.include_sub_customers, name="project-sub-customers"),
    path(f"{FINANCIALS}switches/", financials.save_switches, name="project-switches"),
    path(f"{FINANCIALS}restart-time/", financials.restart_time, name="project-restart-time"),
    path(NUMBERS, project_numbers.list_numbers, name="quickbooks-project-numbers"),
    path(
        f"{NUMBERS}<int:mapping_id>/forget/",
        project_numbers.forget_number,
        name="quickbooks-project-number-forget",
    ),
    path("guides/<slug:guide>/", guides.show_guide, name="guide"),
]
