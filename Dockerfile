# Two images of the same static binary:
#
#   docker build -t relsync .                     for CI jobs: Alpine, with the shell that runners need, and git
#   docker build -t relsync --target minimal .    for `docker run`: the binary and certificates, no shell
#
# A runner starts a shell in a job's image, so the minimal one can't be a job's `image:`; and the one for jobs has no
# ENTRYPOINT, which would get in that shell's way.

FROM rust:1.95-alpine3.22 AS build
WORKDIR /src
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
COPY . .
# On Alpine, Rust links statically by itself.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin relsync && cp target/release/relsync /relsync

FROM alpine:3.22 AS base
# Not pinned: Alpine drops old versions from a release's repository, and what is there is what was mended.
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates git \
    # The checkout belongs to the runner's user, and git would not look at it.
    && git config --system --add safe.directory '*' \
    && adduser -D -u 65532 relsync

FROM scratch AS minimal
LABEL org.opencontainers.image.title="relsync" \
      org.opencontainers.image.description="Declarative release-sync for GitLab" \
      org.opencontainers.image.licenses="MIT"
COPY --from=base /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /relsync /relsync
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/relsync"]

FROM base AS ci
LABEL org.opencontainers.image.title="relsync" \
      org.opencontainers.image.description="Declarative release-sync for GitLab, for CI jobs" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /relsync /usr/local/bin/relsync
USER 65532:65532
WORKDIR /work
CMD ["relsync", "--help"]
