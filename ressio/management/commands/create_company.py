"""`manage.py create_company "Ridge Builders" alice@ridge.example`: a company and its first Admin."""

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from ressio.models import User
from ressio.people.companies import create_account, start_company

PASSWORD_VARIABLE = "RESSIO_PASSWORD"  # noqa: S105  the variable's name


class Command(BaseCommand):
    help = f"Creates a company with its first Admin. The password is asked for, or read from {PASSWORD_VARIABLE}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The company's name.")
        parser.add_argument("email", help="The Admin's e-mail. An account with it is used if there is one.")
        parser.add_argument(
            "--person", default="", help="The Admin's name; by default the e-mail's first part."
        )
        parser.add_argument("--currency", default="USD")
        parser.add_argument("--time-zone", default="America/New_York")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = self.find_or_create_user(options["email"].strip().lower(), options["person"])
        member = start_company(
            user=user, name=options["name"], currency=options["currency"], time_zone=options["time_zone"]
        )
        self.stdout.write(
            f"{member.company.name} is at /c/{member.company.slug}/; {user.email} is its Admin."
        )

    def find_or_create_user(self, email: str, person: str) -> User:
        user = User.objects.filter(email=email).first()
        if user is not None:
            return user
        name = person or email.split("@", 1)[0]
        try:
            validate_email(email)
            password = read_password()
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return create_account(email=email, name=name, password=password)


def read_password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    return given if given is not None else getpass.getpass("Password of the Admin: ")
