"""The pages of the web shell."""

from django.urls import URLPattern, URLResolver, include, path

from ressio.views import (
    account,
    cost_codes,
    front,
    invitations,
    project_files,
    projects,
    rates,
    settings,
    sign_in,
    team,
    vendors,
)

people = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("reset-password/", sign_in.ask_reset, name="ask-reset"),
    path("reset-password/choose/", sign_in.choose_password, name="choose-password"),
    path("reset-password/<uidb64>/<token>/", sign_in.open_reset_link, name="reset-password-link"),
    path("start-company/", front.start, name="start-company"),
    path("invitations/accept/", invitations.accept, name="accept-invitation"),
    path("invitations/sign-out/", invitations.sign_out_to_accept, name="sign-out-to-accept"),
    path("invitations/<str:token>/", invitations.open_link, name="invitation-link"),
]

account_pages = [
    path("", account.show_profile, name="account"),
    path("password/", account.change_password, name="account-password"),
    path("api-tokens/", account.list_tokens, name="api-tokens"),
    path("api-tokens/<int:token_id>/revoke/", account.revoke_token, name="api-token-revoke"),
]

project_pages = [
    path("", projects.list_projects, name="projects"),
    path("new/", projects.new_project, name="project-new"),
    path("<int:project_id>/", projects.show_overview, name="project-overview"),
    path("<int:project_id>/edit/", projects.edit_project, name="project-edit"),
    path("<int:project_id>/team/", projects.edit_team, name="project-team"),
    path("<int:project_id>/archive/", projects.archive_project, name="project-archive"),
    path("<int:project_id>/restore/", projects.restore_project, name="project-restore"),
    path("<int:project_id>/files/", project_files.show_files, name="project-files"),
    path(
        "<int:project_id>/files/<int:file_id>/download/", project_files.download, name="project-file-download"
    ),
    path("<int:project_id>/files/<int:file_id>/remove/", project_files.remove, name="project-file-remove"),
    path(
        "<int:project_id>/files/<int:file_id>/visibility/",
        project_files.set_visibility,
        name="project-file-visibility",
    ),
]

cost_code_pages = [
    path("", cost_codes.list_codes, name="settings-cost-codes"),
    path("new/", cost_codes.add_code, name="cost-code-new"),
    path("add-many/", cost_codes.add_many, name="cost-codes-add-many"),
    path("starter-set/", cost_codes.add_starter_set, name="cost-codes-starter-set"),
    path("export/", cost_codes.export_codes, name="cost-codes-export"),
    path("<int:cost_code_id>/", cost_codes.edit_code, name="cost-code-edit"),
    path("<int:cost_code_id>/deactivate/", cost_codes.deactivate_code, name="cost-code-deactivate"),
    path("<int:cost_code_id>/reactivate/", cost_codes.reactivate_code, name="cost-code-reactivate"),
]

team_pages = [
    path("", team.list_members, name="settings-team"),
    path("invite/", team.invite, name="member-invite"),
    path("<int:member_id>/", team.show_member, name="settings-member"),
    path("<int:member_id>/new-link/", team.send_new_link, name="member-new-link"),
    path("<int:member_id>/withdraw-link/", team.withdraw_link, name="member-withdraw-link"),
    path("<int:member_id>/deactivate/", team.deactivate, name="member-deactivate"),
    path("<int:member_id>/reactivate/", team.reactivate, name="member-reactivate"),
    path("<int:member_id>/rates/", rates.add, name="rate-add"),
    path("<int:member_id>/rates/<int:rate_id>/", rates.edit, name="rate-edit"),
    path("<int:member_id>/rates/<int:rate_id>/remove/", rates.remove, name="rate-remove"),
]

vendor_pages = [
    path("", vendors.list_vendors, name="settings-vendors"),
    path("new/", vendors.add_vendor, name="vendor-new"),
    path("<int:vendor_id>/", vendors.edit_vendor, name="vendor-edit"),
    path("<int:vendor_id>/deactivate/", vendors.deactivate_vendor, name="vendor-deactivate"),
    path("<int:vendor_id>/reactivate/", vendors.reactivate_vendor, name="vendor-reactivate"),
]

settings_pages: list[URLPattern | URLResolver] = [
    path("", settings.show_settings, name="settings"),
    path("general/", settings.edit_general, name="settings-general"),
    path("activity/", settings.list_activity, name="settings-activity"),
    path("cost-codes/", include(cost_code_pages)),
    path("team/", include(team_pages)),
    path("vendors/", include(vendor_pages)),
]

company_pages: list[URLPattern | URLResolver] = [
    path("", front.show_company, name="company-home"),
    path("me/", include(account_pages)),
    path("projects/", include(project_pages)),
    path("settings/", include(settings_pages)),
]

urlpatterns = [
    path("", front.show_front, name="front"),
    path("", include(people)),
    path("c/<slug:company>/", include(company_pages)),
]
