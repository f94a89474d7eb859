# syntax=docker/dockerfile:1.7

# Both stages use the same Debian release, because the binary needs the C library it was linked with.
FROM rust:1.95-slim-bookworm AS build

# SQLite and ring contain C code.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .

# The caches are not part of the image, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --package passport-app --bin passport \
    && install -D -m 0755 target/release/passport /out/passport \
    && install -d -m 0750 /out/data


# Contains the C library, CA certificates, time zones and the user `nonroot` (65532); no shell.
FROM gcr.io/distroless/cc-debian12:nonroot

LABEL org.opencontainers.image.title="passport" \
      org.opencontainers.image.description="Sign-up and sign-in by phone number" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

COPY --from=build /out/passport /usr/local/bin/passport
COPY --from=build /src/LICENSE /src/LICENSE-MIT /src/LICENSE-APACHE /usr/share/doc/passport/
# Working directory: place of `passport.toml` and of the SQLite file, if used.
COPY --from=build --chown=65532:65532 /out/data /var/lib/passport

USER 65532:65532
WORKDIR /var/lib/passport

# All interfaces, because a loopback address is not reachable from outside the container.
ENV PASSPORT__HTTP__LISTEN=0.0.0.0:8080
EXPOSE 8080
# The service finishes requests in flight and then exits.
STOPSIGNAL SIGTERM

# No HEALTHCHECK, because the image has no shell and no curl. Let the orchestrator request /readyz.
ENTRYPOINT ["/usr/local/bin/passport"]
CMD ["serve"]
