# syntax=docker/dockerfile:1.7

FROM rust:1.95-slim-bookworm AS build

# SQLite and ring contain C code.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .

# The C library is linked in, so the image needs none: the binary is all of it. `--target` keeps the flag
# away from build scripts and procedural macros. Names of functions, which take ten megabytes, are in
# backtraces only. The caches are not part of the image, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    target="$(rustc -vV | sed -n 's/^host: //p')" \
    && RUSTFLAGS='-C target-feature=+crt-static' CARGO_PROFILE_RELEASE_STRIP=symbols \
       cargo build --release --locked --package passport-app --bin passport --target "$target" \
    && install -D -m 0755 "target/$target/release/passport" /out/usr/local/bin/passport \
    && install -D -m 0644 -t /out/usr/share/doc/passport LICENSE LICENSE-MIT LICENSE-APACHE \
    && install -d -m 0750 /data


# Empty: no shell, no package, no C library. Root certificates are in the binary.
FROM scratch

LABEL org.opencontainers.image.title="passport" \
      org.opencontainers.image.description="Sign-up and sign-in by phone number" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

COPY --from=build /out/ /
# Working directory: place of `passport.toml` and of the SQLite file, if used.
COPY --from=build --chown=65532:65532 /data /var/lib/passport

USER 65532:65532
WORKDIR /var/lib/passport

# All interfaces, because a loopback address is not reachable from outside the container.
ENV PASSPORT__HTTP__LISTEN=0.0.0.0:8080
EXPOSE 8080
# The service finishes requests in flight and then exits.
STOPSIGNAL SIGTERM

# Asks /readyz as a load balancer does. Orchestrators that have probes of their own ignore it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["/usr/local/bin/passport", "health"]

ENTRYPOINT ["/usr/local/bin/passport"]
CMD ["serve"]
