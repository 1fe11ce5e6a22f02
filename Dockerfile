# The image of every Meantime process: web, worker, beat and `meantime` itself. Nothing that builds is left in it.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /src
# The tools and the packages change rarely: they come first, so that they stay in the cache.
COPY requirements-setup.lock requirements.lock ./
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-setup.lock \
 && python -m venv --without-pip /opt/meantime \
 && /tools/bin/uv pip install --no-cache --compile-bytecode --python /opt/meantime/bin/python --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY course course
COPY emails emails
COPY worker worker
COPY web web
RUN /tools/bin/uv build --no-cache --wheel --no-build-isolation --python /tools/bin/python --out-dir /dist . \
 && /tools/bin/uv pip install --no-cache --compile-bytecode --no-deps --python /opt/meantime/bin/python /dist/*.whl

FROM python:${PYTHON}-slim
# The empty PYTHONTZPATH makes the pinned tzdata the only zone data, as in the tests.
ENV PATH=/opt/meantime/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONTZPATH= \
    MEANTIME_STATE_DIR=/var/lib/meantime
RUN useradd --system --uid 10001 --home-dir /var/lib/meantime --create-home --shell /usr/sbin/nologin meantime
COPY --from=build /opt/meantime /opt/meantime
USER meantime
WORKDIR /var/lib/meantime
VOLUME /var/lib/meantime
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
# No access log: the paths of readers carry their tokens.
CMD ["gunicorn", "web.wsgi:app", "--bind=0.0.0.0:8000", "--worker-class=web.server.Worker", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
