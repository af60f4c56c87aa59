# One image for web, worker, beat and the migration; docker-compose.yml says which is which.
FROM python:3.11-slim AS packages
COPY requirements-production.txt .
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-production.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    RESSIO_ENV=production \
    RESSIO_VAR_DIR=/srv/var \
    STATIC_ROOT=/srv/static
# What WeasyPrint makes PDFs with, and a typeface for them.
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin ressio \
 && install -d -o ressio -g ressio /srv/app /srv/var /srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/app
COPY --chown=ressio:ressio . .
USER ressio
# Collecting reads no secret and no database: production settings accept their absence until something starts.
RUN python manage.py collectstatic --noinput
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-m", "config.probe"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--no-control-socket"]
