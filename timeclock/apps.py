from django.apps import AppConfig


class TimeclockConfig(AppConfig):
    name = "timeclock"
    verbose_name = "Time Clock"

    def ready(self) -> None:
        """Hang this room into the ones below."""
        from django.db.models.signals import post_delete, post_save

        from budgets.knowledge import register_own_entries
        from budgets.models import OWN_SHIFT
        from budgets.own_costs import OwnCosts, register_own_costs
        from integrations.models import EmployeeLink
        from integrations.registry import register_after_sync, register_links_changed, register_projector
        from ressio.navigation import NavPage, ProjectTab, register_nav_page, register_project_tab
        from ressio.panels import Action, Column, register_action, register_column
        from ressio.people.rates import register_rates_changed
        from timeclock.builder import register_shift_builder
        from timeclock.own_time import (
            made_here,
            own_time_of,
            reprice_employees,
            reprice_linked,
            sent_entries,
            shift_url,
        )
        from timeclock.panels import render_shown
        from timeclock.tasks import (
            follow_rates,
            release_after_sync,
            ring_after_links_changed,
            settle_after_sync,
        )
        from timeclock.twins import register_time_projector

        register_own_costs(OWN_SHIFT, OwnCosts(own_time_of, shift_url, made_here))
        register_own_entries(sent_entries)
        register_time_projector()
        register_projector("Employee", reprice_employees)
        register_shift_builder()
        register_rates_changed(follow_rates)
        for signal in (post_save, post_delete):
            signal.connect(reprice_linked, sender=EmployeeLink, dispatch_uid="timeclock.reprice_linked")
        register_after_sync(settle_after_sync)
        register_after_sync(release_after_sync)
        register_links_changed(ring_after_links_changed)
        register_nav_page(NavPage("time", "Time clock", "clock", "time-clock", 40, is_quick=True))
        register_project_tab(ProjectTab("time", "Time", "project-time", 50))
        register_column("cost_codes", Column("time_clock", "Show in time clock", render_shown, order=20))
        register_action("cost_codes", Action("Time clock", "cost-codes-time-clock", order=40, icon="clock"))
