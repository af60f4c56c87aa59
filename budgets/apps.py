from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "Budgets"

    def ready(self) -> None:
        from budgets.figures import BudgetFigures
        from budgets.quickbooks import register_projectors
        from budgets.rate_changes import listen_for_changes
        from integrations.cost_figures import register_cost_figures
        from ressio.navigation import ProjectTab, for_financials, register_project_tab

        register_projectors()
        listen_for_changes()
        register_cost_figures(BudgetFigures())
        register_project_tab(ProjectTab("budget", "Budget", "project-budget", 20, for_financials))
