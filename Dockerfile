# syntax=docker/dockerfile:1
# sagebrush as a small image: one binary, no shell, nobody's rights.
#
#   docker build -t sagebrush .
#   docker run --rm -p 127.0.0.1:7243:7243 -e SAGEBRUSH_CONTROL_TOKEN=a-secret sagebrush

FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
# The dependencies are a layer of their own: they are compiled again only when the lock file changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --release --locked --bin sagebrush \
    && rm -r src
COPY askama.toml ./
COPY models models
COPY migrations migrations
COPY src src
# Cargo goes by the times of files, and those of the checkout are older than the empty crate above.
RUN touch src/main.rs src/lib.rs \
    && cargo build --release --locked --bin sagebrush

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/sagebrush /usr/local/bin/sagebrush
# The image's user nonroot, by number, so that a check for root need not look it up.
USER 65532:65532
EXPOSE 7243
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 \
    CMD ["/usr/local/bin/sagebrush", "health"]
ENTRYPOINT ["/usr/local/bin/sagebrush"]
CMD ["serve", "--listen", "0.0.0.0:7243", "--trust-network"]
