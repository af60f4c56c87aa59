"""Settings of Ressio. What an operator may set is read from the environment; `.env.example` lists it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from config import logs, stores
from config.env import (
    ENVIRONMENT,
    FILES_DIR,
    VAR_DIR,
    Environment,
    env,
    make_encryption_key,
    make_secret_key,
    read_choice,
    read_number,
    read_secret,
)
from config.intuit import INTUIT_ENDPOINTS, list_consent_origins, read_quickbooks_environment

# Lets `models.Field[...]` and the like be written in annotations: Django's own classes cannot be subscripted.
django_stubs_ext.monkeypatch()

PRODUCTION = ENVIRONMENT is Environment.PRODUCTION
RESSIO_ENV = ENVIRONMENT.value

# Core -----------------------------------------------------------------------------------------------------

SECRET_KEY = read_secret("SECRET_KEY", make_secret_key)
# Off unless asked for, in development too: a debug page shows settings and local variables, and a Celery
# worker with DEBUG keeps every query it ever made.
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config",
    "ressio",
    "integrations",
    "integrations.sandbox",
    "budgets",
    "invoicing",
    "timeclock",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "heroicons",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RequestLogMiddleware",
    "config.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.SessionLimitMiddleware",
    "config.middleware.RequestSizeMiddleware",
    "config.middleware.RefuseNulMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ressio.middleware.CompanyMiddleware",
]

TEMPLATE_LOADERS = ["django.template.loaders.app_directories.Loader"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            # Read anew at each request with DEBUG, for people who write templates.
            "loaders": TEMPLATE_LOADERS
            if DEBUG
            else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ressio.context.shell",
            ],
        },
    }
]

# Dates without a time zone stay dates; moments are stored in UTC and shown in the company's zone.
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# Data and queues ------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "")
DATABASES = {"default": stores.read_database(VAR_DIR)}
USES_SQLITE = DATABASES["default"]["ENGINE"] == stores.SQLITE
CACHES = {"default": stores.choose_cache(REDIS_URL)}

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = stores.choose_broker(REDIS_URL, VAR_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True  # a run's outcome is its row
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A full first pull of a large company is the longest task there is; both stay below the visibility timeout,
# so that a message is never handed out twice while its task still runs.
CELERY_TASK_SOFT_TIME_LIMIT = 30 * 60
CELERY_TASK_TIME_LIMIT = 35 * 60
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# People ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "ressio.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=2).total_seconds())

CSRF_FAILURE_VIEW = "ressio.views.errors.show_csrf_failure"
SESSION_IDLE_LIMIT = timedelta(hours=2)
SESSION_ABSOLUTE_LIMIT = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_LIMIT.total_seconds())
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # htmx sends the token from the page, not from the cookie
# Lax, never Strict: with Strict the browser comes back from Intuit's consent page without a session.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION

# QuickBooks Online ----------------------------------------------------------------------------------------

QBO_ENVIRONMENT = read_quickbooks_environment()
QBO_CLIENT_ID = env.str("QBO_CLIENT_ID", "" if PRODUCTION else "ressio-development")
QBO_CLIENT_SECRET = env.str("QBO_CLIENT_SECRET", "" if PRODUCTION else "ressio-development-secret")
QBO_REDIRECT_URI = env.str(
    "QBO_REDIRECT_URI", "" if PRODUCTION else "http://localhost:8000/quickbooks/callback/"
)
# One line per Intuit URL: each can be pointed elsewhere, and `config.checks` refuses that in production.
QBO_API_BASE_URL = env.str("QBO_API_BASE_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].api_base)
QBO_AUTHORIZE_URL = env.str("QBO_AUTHORIZE_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].authorize)
QBO_TOKEN_URL = env.str("QBO_TOKEN_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].token)
QBO_REVOKE_URL = env.str("QBO_REVOKE_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].revoke)
QBO_WEB_URL = env.str("QBO_WEB_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].web)
QBO_DISCOVERY_URL = env.str("QBO_DISCOVERY_URL", INTUIT_ENDPOINTS[QBO_ENVIRONMENT].discovery)
# Intuit's discovery document decides over the others, except over those that the operator has set.
QBO_URLS_SET_BY_HAND = frozenset(
    name for name in ("QBO_AUTHORIZE_URL", "QBO_TOKEN_URL", "QBO_REVOKE_URL") if env.str(name, "")
)
# Where files of QuickBooks may be fetched from: these hosts and all below them.
QBO_DOWNLOAD_HOSTS = env.list("QBO_DOWNLOAD_HOSTS", default=["amazonaws.com", "intuit.com"])
# Fernet keys: the first encrypts, all decrypt, so a key is rotated by putting a new one in front.
TOKEN_ENCRYPTION_KEYS = [
    key.strip() for key in read_secret("TOKEN_ENCRYPTION_KEYS", make_encryption_key).split(",") if key.strip()
]

# Transport and headers ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside the network, where there is no TLS
SECURE_HSTS_SECONDS = int(
    read_number("HSTS_SECONDS", timedelta(days=365).total_seconds() if PRODUCTION else 0)
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF, *list_consent_origins(QBO_AUTHORIZE_URL)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Static files and uploads ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
# Outside production files are served straight from the source folders, so nothing has to be collected.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
# Bytes of a whole request. Files go to views that take them, as much at once as QuickBooks takes of one file.
LARGEST_REQUEST = 10 * 1024 * 1024
LARGEST_UPLOAD = 100 * 1024 * 1024
# Uploads on their way lie beside where they end up: keeping one is then a rename, not a copy.
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "incoming"
stores.make_private_folder(FILE_UPLOAD_TEMP_DIR)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": stores.LOCAL_FILES},
    # Never below an address of the web server: files are handed out by a view that asks who wants them.
    "files": stores.choose_files(FILES_DIR, VAR_DIR),
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

# Mail -----------------------------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", "support@ressio.example")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", SUPPORT_EMAIL)

# How hard Intuit may be asked; what each means and its default: integrations/gateway/options.py.
QBO_TUNED = {
    name: read_number(name, 0)
    for name in (
        "QBO_LIMIT_PER_SECOND",
        "QBO_LIMIT_PER_MINUTE",
        "QBO_LIMIT_BATCHES_PER_MINUTE",
        "QBO_LIMIT_IN_FLIGHT",
        "QBO_LIMIT_RESERVE",
        "QBO_LIMIT_PATIENCE",
        "QBO_THROTTLE_PAUSE",
        "QBO_CONNECT_TIMEOUT",
        "QBO_READ_TIMEOUT",
        "QBO_READ_ATTEMPTS",
        "QBO_RETRY_WAIT",
    )
    if env.str(name, "")
}
vars().update(QBO_TUNED)

# API ------------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ressio.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ressio.api.parsers.SoundJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # No answer to OPTIONS: what a route takes and gives is said in one place, the schema.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": "ressio.api.pagination.Pieces",
    "EXCEPTION_HANDLER": "ressio.api.errors.handle_error",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    # Whose request it is: without this a caller could write an address of their choice into a header.
    "NUM_PROXIES": 1 if BEHIND_TLS_PROXY else 0,
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min"},
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Ressio API",
    "DESCRIPTION": "Projects, budgets and what QuickBooks Online holds for them.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # So that programs made from the schema get types with names that say what they are.
    "ENUM_NAME_OVERRIDES": {
        "AutomaticSync": "integrations.models.AutomaticSync",
        "BillableStatus": "budgets.models.BillableStatus",
        "BillState": "budgets.models.BillState",
        "ConnectionState": "integrations.api.connection.STATES",
        "ConflictChoice": "invoicing.api.step_serializers.CONFLICT_CHOICES",
        "CostKind": "budgets.models.Kind",
        "CostStructure": "ressio.models.CostStructure",
        "FileOrigin": "ressio.models.FileOrigin",
        "CustomerKind": "integrations.api.list_serializers.CUSTOMER_KIND_CHOICES",
        "InvoiceGroup": "invoicing.invoices.listing.Group",
        "InvoiceState": "invoicing.models.InvoiceState",
        "IssueLevel": "integrations.models.IssueLevel",
        "ItemState": "integrations.api.list_serializers.ITEM_STATES",
        "LaborBasis": "integrations.models.LaborBasis",
        "ExclusionReason": "budgets.api.reasons.REASONS",
        "Origin": "budgets.models.BillOrigin",  # of shifts too
        "PaymentKind": "invoicing.models.PaymentKind",
        "ProfitShown": "invoicing.models.ProfitShown",
        "PushFilter": "integrations.api.push_serializers.STATES_ASKED",
        "PushOperation": "integrations.models.PushOperation",
        "PushState": "integrations.models.PushState",
        "Role": "ressio.models.Role",
        "RunKind": "integrations.models.RunKind",
        "RunStatus": "integrations.models.RunStatus",
        "RunTrigger": "integrations.models.RunTrigger",
        "SectionKind": "invoicing.models.SectionKind",
        "ShiftState": "timeclock.models.ShiftState",
        "TaxMode": "invoicing.models.TaxMode",
        "TaxSide": "invoicing.api.tax_codes.SIDES",
        "Verdict": "budgets.api.reasons.VERDICTS",
        "WhichOfTwo": "timeclock.api.serializers.WHICH",
    },
}

# Logs -----------------------------------------------------------------------------------------------------

LOG_LEVEL = read_choice("LOG_LEVEL", logs.LEVELS, default="INFO")
LOG_FORMAT = read_choice("LOG_FORMAT", logs.FORMATS, default="json" if PRODUCTION else "console")
LOGGING = logs.build_logging(LOG_FORMAT, level=LOG_LEVEL)
logs.configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_COMMAND_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
