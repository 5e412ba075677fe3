# One image for web, workers and scheduler. Mirrors by build argument: IMAGE_PREFIX, PIP_INDEX_URL, NPM_REGISTRY.
# OCR=1 adds what reads photographed certificates (some 500 MB).
ARG IMAGE_PREFIX=
FROM ${IMAGE_PREFIX}python:3.12-slim AS build
ARG PIP_INDEX_URL=
ARG NPM_REGISTRY=
ARG OCR=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 npm_config_registry=${NPM_REGISTRY}
RUN python -m venv /opt/venv && python -m venv /opt/node
WORKDIR /app
COPY requirements.lock requirements-ocr.lock requirements-node.lock ./
RUN /opt/venv/bin/pip install --require-hashes -r requirements.lock \
 && if [ -n "$OCR" ]; then /opt/venv/bin/pip install --require-hashes -r requirements-ocr.lock; fi \
 && /opt/node/bin/pip install --require-hashes -r requirements-node.lock
COPY . .
RUN /opt/node/bin/python tools/frontend.py && rm -rf node_modules \
 && SECRET_KEY=only-to-collect-files DATA_DIR=/tmp/build /opt/venv/bin/python manage.py collectstatic --noinput

FROM ${IMAGE_PREFIX}python:3.12-slim
RUN useradd --uid 10001 --create-home ledger && install -d -o ledger -g ledger /data /tls
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data HOST=0.0.0.0
USER ledger
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
