# Byline in a container: README, "In a container".

FROM python:3.13-slim AS packages
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir --root-user-action=ignore uv
WORKDIR /byline
COPY .python-version pyproject.toml ./
RUN python -m uv sync --no-cache --no-dev --all-extras

FROM python:3.13-slim
# pg_dump, for `manage.py backup` of a PostgreSQL.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin byline \
    && install --directory --owner=byline --mode=700 /data
WORKDIR /byline
COPY --from=packages /byline/.venv .venv
COPY . .
# Now: who runs it may not write here.
RUN .venv/bin/python -m compileall -q accounts blog
ENV PATH=/byline/.venv/bin:$PATH DATA_DIR=/data PYTHONUNBUFFERED=1
USER byline
# Database, pictures, secret, theme, rendered pages: all there is to keep.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --start-period=2m \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
# Quickstart is process 1 and passes SIGTERM on; it migrates, so that an update is a new image and a start.
CMD ["python", "manage.py", "quickstart", "--no-demo", "--host=0.0.0.0", "--port=8000"]
