from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = "Budgets"

    def ready(self) -> None:
        from budgets.quickbooks import register_projectors
        from budgets.rate_changes import listen_for_changes

        register_projectors()
        listen_for_changes()
