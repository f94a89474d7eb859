# syntax=docker/dockerfile:1.7

# Debian of the same release in both stages: the binary needs the C library it was linked with.
FROM rust:1.95-slim-bookworm AS build

# SQLite and ring are built from C.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .

# The caches live in the builder, not in the image; the binary is therefore copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --package passport-app --bin passport \
    && install -D -m 0755 target/release/passport /out/passport \
    && install -d -m 0750 /out/data


# Has the C library, CA certificates, time zones and the user `nonroot` (65532); no shell.
FROM gcr.io/distroless/cc-debian12:nonroot

LABEL org.opencontainers.image.title="passport" \
      org.opencontainers.image.description="Sign-up and sign-in by phone number" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

COPY --from=build /out/passport /usr/local/bin/passport
COPY --from=build /src/LICENSE /src/LICENSE-MIT /src/LICENSE-APACHE /usr/share/doc/passport/
# The working directory: where `passport.toml` is looked for and SQLite would write.
COPY --from=build --chown=65532:65532 /out/data /var/lib/passport

USER 65532:65532
WORKDIR /var/lib/passport

# A loopback address in the container would be reached by nobody.
ENV PASSPORT__HTTP__LISTEN=0.0.0.0:8080
EXPOSE 8080
# Graceful: requests in flight are finished.
STOPSIGNAL SIGTERM

# No HEALTHCHECK: there is no shell or curl here. The orchestrator asks GET /readyz.
ENTRYPOINT ["/usr/local/bin/passport"]
CMD ["serve"]
