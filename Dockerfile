# 明账 Mingzhang in a container: one process, no root, nothing written but the ledger's volume.
#   docker build -t mingzhang .
#   docker compose up        (docker-compose.yml beside this file; docs/operations.md says the rest)

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /opt/bootstrap \
 && /opt/bootstrap/bin/pip install --no-cache-dir --disable-pip-version-check \
      --require-hashes --only-binary :all: -r requirements/bootstrap.txt
RUN python -m venv --without-pip /opt/mingzhang \
 && /opt/bootstrap/bin/uv pip sync --no-cache --compile-bytecode --python /opt/mingzhang/bin/python \
      --require-hashes --no-build requirements/runtime.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY domain/ domain/
COPY vault/ vault/
COPY audit/ audit/
COPY intake/ intake/
COPY projections/ projections/
COPY api/ api/
COPY samples/township/ samples/township/
RUN /opt/bootstrap/bin/python -m hatchling build --target wheel --directory /dist \
 && /opt/bootstrap/bin/uv pip install --no-cache --compile-bytecode --python /opt/mingzhang/bin/python \
      --no-index --no-deps /dist/*.whl

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Mingzhang 明账" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /ledger --shell /usr/sbin/nologin mingzhang \
 && install --directory --owner=mingzhang --group=mingzhang --mode=0700 /ledger
COPY --from=build /opt/mingzhang /opt/mingzhang
# Inside the container it must listen on every address; what the host lets in is the host's decision (compose: loopback).
ENV PATH=/opt/mingzhang/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MINGZHANG_LEDGER=/ledger \
    MINGZHANG_HOST=0.0.0.0
VOLUME /ledger
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["mingzhang"]
CMD ["serve"]
