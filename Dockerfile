# One image for all services; SERVICE chooses at run time. The workspace layout is kept, since Node strips types only
# outside of node_modules: packages are linked, never copied in.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Behind a registry of your own: docker build --secret id=npmrc,src=<file> (and id=ca for its certificate).
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages packages
COPY services services
# What the services and the command stand on, and nothing else: no tools, no embedded Postgres. Optional dependencies are the native
# parts of this platform, without which no page is drawn and no scan is read.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  --mount=type=cache,id=stageline-pnpm,target=/pnpm-store \
  pnpm install --prod --frozen-lockfile --filter '{./services/*}...' --filter '{./packages/cli}...' \
  --store-dir /pnpm-store --package-import-method copy \
  # The workspace's own copy of Node, which pnpm adds however it is filtered: the image has one.
  && rm -rf node_modules/node-* node_modules/.bin node_modules/.pnpm/node-linux-*

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 STAGELINE_BLOB_DIR=/data/blobs
WORKDIR /app
RUN mkdir -p /data/blobs && chown -R 65532:65532 /data
COPY --from=build /app /app
COPY examples/catalog/*.ndjson examples/catalog/
COPY deploy/entrypoint.sh deploy/check-health.mjs deploy/
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["sh", "deploy/entrypoint.sh"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/check-health.mjs"]
