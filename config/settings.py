"""Settings: ONE file, read from the environment only (and from .env if present).

Every variable read here stands in .env.example with its meaning; a test holds the two together.
Headings below: basics · addresses · security · content security policy · applications · middleware · templates ·
database · cache · accounts · sessions · files · e-mail · language and time · API · background work · logging.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.secrets import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# ---------------------------------------------------------------- basics
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "data").absolute()
DATABASE_URL = env.str("DATABASE_URL", default="")
EMBEDDED = not DATABASE_URL  # one branch on one machine: everything we keep lies in DATA_DIR
if EMBEDDED:  # people's data: nobody else on the machine reads them
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
DEMO = env.bool("DEMO", default=None)  # None: nobody said; only `make run` then loads the demo
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# ---------------------------------------------------------------- addresses
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
# What people type; links in mails and QR codes begin with it.
PUBLIC_URL = (env.str("PUBLIC_URL", default="") or f"http://127.0.0.1:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
if _public.scheme not in ("http", "https") or not _public.hostname or _public.path:
    raise ImproperlyConfigured("PUBLIC_URL must look like https://ledger.example.edu.cn, without a path")
_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"]), _public.hostname]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# ---------------------------------------------------------------- security
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (EMBEDDED or DEBUG):
        raise ImproperlyConfigured(
            "SECRET_KEY is required with DATABASE_URL: any 50 random characters, kept private"
        )
    SECRET_KEY = kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if _HTTPS:  # TLS ends at the proxy in front of us, which sets (and never passes on) this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked for from inside, without TLS
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading binds the whole domain of the school: its owner decides that, not one of its applications.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# ---------------------------------------------------------------- content security policy
# Strict: our own files only, no inline script or style but with the request's nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],  # blob: the preview of a photo before it is sent
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "core",
    "branch",
    "partnerships",
    "activities",
    "outcomes",
    "reports",
    "workbench",
    "exchange",
    "treebeard",
    "core.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "template_partials",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "rest_framework.authtoken",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- middleware
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.kept_private",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page asks for an account unless its view says @login_not_required; the API has its own default below.
    "core.middleware.LogInAndGoOn",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# ---------------------------------------------------------------- templates
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "core.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "core.forms.Renderer"  # {{ form }} and {{ form.name.as_field_group }} look like ours

# ---------------------------------------------------------------- database
# Never ATOMIC_REQUESTS: services open their own transactions, and snapshot() needs autocommit.
DATABASES = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{DATA_DIR / 'ledger.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# ---------------------------------------------------------------- cache
# In the database, so that all processes share the lock-out after wrong passwords.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# ---------------------------------------------------------------- accounts
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["core.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
ACCOUNT_ADAPTER = "core.adapters.AccountAdapter"  # sign-up is closed there
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "core.forms.LoginForm",
    "reauthenticate": "core.forms.ConfirmPasswordForm",
    "change_password": "core.forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True  # as long as SESSION_HOURS says, without asking
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/15m/key,50/15m/ip",
    "login": "60/m/ip",
    "hand_in_unknown": "30/10m/ip",  # addresses for handing in that never were (branch/hand_in_pages.py)
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "core.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "支部台账"
MFA_FORMS = {
    "authenticate": "core.forms.CodeForm",
    "reauthenticate": "core.forms.ConfirmCodeForm",
    "activate_totp": "core.forms.ActivateCodesForm",
}

# ---------------------------------------------------------------- sessions
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---------------------------------------------------------------- files
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or DATA_DIR / "files").absolute()
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20  # the rest of a form, without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.receiving.IncomingFileHandler",
]
# clamd looks at each upload where this says where it listens: a path, or host:port.
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")
# The fonts of PDF files: the school's own, else those that tools/frontend.py fetched.
FONT_DIR = Path(env.str("FONT_DIR", default="") or BASE_DIR / "fonts").absolute()
# Photographed certificates are read where all of these are installed (requirements-ocr.lock).
OCR_LIBRARIES = ("rapidocr", "onnxruntime", "cv2", "zxingcpp")
# nginx in front of us sends files itself: the internal location that maps to MEDIA_ROOT.
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles").absolute()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# ---------------------------------------------------------------- e-mail
# Nothing needs it: invitations and resets are links that can be handed over in any way.
EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(env.email_url_config(EMAIL_URL or ("consolemail://" if DEBUG else "dummymail://")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default=f"ledger@{_public.hostname}")
EMAIL_SUBJECT_PREFIX = ACCOUNT_EMAIL_SUBJECT_PREFIX = "[支部台账] "
EMAIL_TIMEOUT = 20

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "anon": "60/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "支部台账",
    "DESCRIPTION": "Branch Ledger: the records of Party branches and the figures made of them.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# ---------------------------------------------------------------- background work
# The truth is in the database: a message is only a hint, the broker may be emptied at any time.
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "directory://localhost/"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
# Fifty certificates keep no compile waiting: they have a queue and a process of their own.
CELERY_TASK_ROUTES = {"branch.tasks.read_certificates": {"queue": "ocr"}}
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What is under way goes on without its broker: nobody else can take it, the row says whose it is.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": CELERY_TASK_TIME_LIMIT + 300,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        # A page that cannot reach the broker goes on without its hint instead of waiting.
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(BROKER_DIR), "polling_interval": 0.2}
# What runs without being asked. One line a job; the job itself is idempotent.
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat" / "schedule")
CELERY_BEAT_SCHEDULE = {
    "worker is alive": {"task": "core.tasks.note_worker_alive", "schedule": 20, "options": {"expires": 20}},
    "seal the history": {"task": "core.tasks.seal_history", "schedule": 60, "options": {"expires": 60}},
    "compilations": {"task": "reports.tasks.sweep", "schedule": 10, "options": {"expires": 10}},
    "certificates": {"task": "branch.tasks.sweep_readings", "schedule": 10, "options": {"expires": 10}},
    # By the clock, so that a day's restarts do not put it off.
    "certificates that end": {"task": "branch.tasks.remind_of_expiry", "schedule": crontab(hour=7, minute=0)},
    "uploads nobody confirmed": {"task": "exchange.tasks.remove_old_uploads", "schedule": 1800},
    "files half written": {"task": "core.tasks.remove_half_written_files", "schedule": 1800},
    "files nobody speaks of": {"task": "core.tasks.remove_unclaimed_files", "schedule": 24 * 3600},
    "certificates nobody sent": {"task": "branch.tasks.remove_unsent_certificates", "schedule": 24 * 3600},
    "drafts nobody came back to": {"task": "core.tasks.remove_old_drafts", "schedule": 24 * 3600},
    "expired sessions": {"task": "core.tasks.clear_expired_sessions", "schedule": 24 * 3600},
}

# ---------------------------------------------------------------- logging
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "celery": {"level": LOG_LEVEL if DEBUG else "WARNING"},
        "pikepdf": {"level": "WARNING"},  # it announces itself
    },
}
