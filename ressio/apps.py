from django.apps import AppConfig


class RessioConfig(AppConfig):
    name = "ressio"
    verbose_name = "Ressio"
