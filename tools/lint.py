"""`make lint`: all checks that need no test; every one runs, any failure fails."""

import os
import subprocess
import sys
import tempfile

PYTHON = sys.executable
# As docker-compose.yml sets it.
DEPLOYED = {
    "DEBUG": "0",
    "SECRET_KEY": "k7Rz" + "abcdefghijklmnopqrstuvwxyz0123456789-_AQ" * 2,
    "PUBLIC_URL": "https://ledger.example",
    "DATABASE_URL": "postgres://ledger@127.0.0.1/ledger",
    "REDIS_URL": "redis://127.0.0.1/0",
    "TRUSTED_PROXY_COUNT": "1",
}
CHECKS = [
    ([PYTHON, "-m", "ruff", "check", "."], {}),
    ([PYTHON, "-m", "ruff", "format", "--check", "."], {}),
    ([PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {"DATABASE_URL": "", "SECRET_KEY": ""}),
    ([PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
]

failed = False
with tempfile.TemporaryDirectory() as directory:
    for command, environment in CHECKS:
        print("·", *command[1:], flush=True)
        environment = os.environ | {"DATA_DIR": directory} | environment
        failed |= subprocess.run(command, env=environment, check=False).returncode != 0
sys.exit(failed)
