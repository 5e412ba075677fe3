"""The web server, embedded and in a container: `gunicorn --config python:config.gunicorn config.wsgi`."""

import environ

env = environ.Env()

bind = f"{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
worker_class = "gthread"
workers = env.int("WEB_WORKERS", default=2)
threads = env.int("WEB_THREADS", default=4)
timeout = 120
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"
reload = env.bool("DEBUG", default=False)
control_socket_disable = True
