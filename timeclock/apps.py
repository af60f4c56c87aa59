from django.apps import AppConfig


class TimeclockConfig(AppConfig):
    name = "timeclock"
    verbose_name = "Time Clock"

    def ready(self) -> None:
        """Hang this room into the ones below."""
        from ressio.navigation import NavPage, ProjectTab, register_nav_page, register_project_tab
        from ressio.panels import Action, Column, register_action, register_column
        from timeclock.panels import render_shown

        register_nav_page(NavPage("time", "Time clock", "clock", "time-clock", 40))
        register_project_tab(ProjectTab("time", "Time", "project-time", 50))
        register_column("cost_codes", Column("time_clock", "Show in time clock", render_shown, order=20))
        register_action("cost_codes", Action("Time clock", "cost-codes-time-clock", order=40, icon="clock"))
