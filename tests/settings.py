"""Settings of the tests: the product's own, in a directory of their own, with a fast password hasher.

The environment chooses the database and the broker (DATABASE_URL, REDIS_URL), as it does for the product; nothing is
taken from a developer's .env, because what is set here wins over it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="ledger-test-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)

os.environ["DATA_DIR"] = str(_data)
for _name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "MEDIA_ROOT", "FONT_DIR", "EMAIL_URL", "DEMO"):
    os.environ.setdefault(_name, "")
os.environ |= {"DEBUG": "0", "SECRET_KEY": "only-for-tests-" + "x" * 40}
del os.environ["DEMO"]  # unset and empty differ there

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"  # a hint nobody takes; tests that need a worker start a real one
CELERY_BROKER_TRANSPORT_OPTIONS = {}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

_database = DATABASES["default"]
_database["CONN_MAX_AGE"] = 0
if _database["ENGINE"].endswith("sqlite3"):
    # A file, as in use: another process or thread cannot see a database in memory.
    _database["TEST"] = {"NAME": str(_data / "test.sqlite3")}
    _database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
