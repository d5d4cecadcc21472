# knowbot in a container: docker build -t knowbot . (docs/operations.md tells the rest; compose.yaml does it for you)
#
# PyTorch comes in two builds. Without TORCH_INDEX pip takes the usual one, which brings several gigabytes for graphics
# cards. For the small one give the address of PyTorch's CPU index, which its "Get started" page shows for Linux, pip
# and CPU: docker build --build-arg TORCH_INDEX=... Both are the version that constraints.txt pins.

FROM python:3.12-slim AS build
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/knowbot
ENV PATH=/opt/knowbot/bin:$PATH
WORKDIR /src
COPY constraints.txt ./
RUN grep '^torch==' constraints.txt > torch.txt \
    && if [ -n "$TORCH_INDEX" ]; then pip install --no-deps --index-url "$TORCH_INDEX" -r torch.txt; fi
COPY pyproject.toml README.md LICENSE ./
COPY storage storage
COPY retrieval retrieval
COPY tui tui
COPY bot bot
RUN pip install -c constraints.txt '.[offline,fast]'

FROM python:3.12-slim
RUN groupadd --system --gid 10001 knowbot && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /tmp knowbot \
    && install -d -o knowbot -g knowbot /data && install -d /etc/knowbot
COPY --from=build /opt/knowbot /opt/knowbot
# /data holds the database, the index and backups; a model that was chosen from a hub is kept there as well.
ENV PATH=/opt/knowbot/bin:$PATH KNOWBOT_DATA_DIR=/data HF_HOME=/data/hub PYTHONUNBUFFERED=1
VOLUME /data
# knowbot.toml is read from here, if it is there.
WORKDIR /etc/knowbot
USER 10001:10001
STOPSIGNAL SIGTERM
# Opens the database and reads one row. It says nothing of Discord: the log does.
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m CMD ["knowbot", "jobs", "--limit", "1"]
CMD ["knowbot", "run"]
