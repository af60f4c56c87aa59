"""What `ressio` itself shows in the left bar, on a project and in Settings."""

from ressio.navigation import (
    NavPage,
    ProjectTab,
    SettingsPage,
    for_admins,
    register_nav_page,
    register_project_tab,
    register_settings_page,
)


def register_shell() -> None:
    register_nav_page(NavPage("projects", "Projects", "home-modern", "projects", order=10))
    register_nav_page(
        NavPage("settings", "Settings", "cog-6-tooth", "settings", order=90, visible=for_admins)
    )
    register_project_tab(ProjectTab("overview", "Overview", "project-overview", order=10))
    register_project_tab(ProjectTab("files", "Files", "project-files", order=60))
    register_settings_page(SettingsPage("general", "General", "settings-general", order=10))
    register_settings_page(SettingsPage("cost_codes", "Cost codes", "settings-cost-codes", order=20))
    register_settings_page(SettingsPage("team_members", "Team members", "settings-team", order=30))
    register_settings_page(SettingsPage("vendors", "Vendors", "settings-vendors", order=40))
    register_settings_page(SettingsPage("activity", "Activity", "settings-activity", order=90))
