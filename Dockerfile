# One image for all services; SERVICE chooses at run time. The workspace layout is kept, since Node strips types only
# outside node_modules: packages are linked, never copied in.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
RUN npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages packages
COPY services services
# The services and the packages that they stand on; no tools, no tests, no embedded Postgres.
RUN pnpm install --prod --frozen-lockfile --no-optional --filter "./services/*..." \
  && find packages services -name '*.test.ts' -delete

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 STAGELINE_BLOB_DIR=/data/blobs
WORKDIR /app
COPY --from=build /app /app
COPY examples/catalog examples/catalog
COPY deploy/entrypoint.sh /usr/local/bin/stageline-entrypoint
RUN mkdir -p /data/blobs && chown -R 65532:65532 /data && chmod 755 /usr/local/bin/stageline-entrypoint
USER 65532:65532
VOLUME /data/blobs
EXPOSE 8080
ENTRYPOINT ["stageline-entrypoint"]
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
