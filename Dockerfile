# The service in a container: built from the hashed lock, run by an account without rights.
FROM python:3.11-slim AS build
WORKDIR /srv/guiju
RUN python -m venv /opt/guiju
COPY requirements.lock ./
RUN /opt/guiju/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
# Editable, so that the rulebooks and migrations are the files that lie here.
RUN /opt/guiju/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index -e .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/guiju --create-home guiju
COPY --from=build /opt/guiju /opt/guiju
COPY --from=build /srv/guiju /srv/guiju
WORKDIR /srv/guiju
USER guiju
ENV GUIJU_HOST=0.0.0.0 GUIJU_VAR=/var/lib/guiju/var PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/opt/guiju/bin/python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 8000)}/livez', timeout=4)"]
ENTRYPOINT ["/opt/guiju/bin/guiju"]
CMD ["serve"]
