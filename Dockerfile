# The TAMS server as an image: built in one stage, run from another that holds Node, the compiled server and its
# production dependencies. The embedded PostgreSQL and the Node binary of the npm packages stay out: the image has its
# own Node, and needs DATABASE_URL.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# The compiler has native parts for this platform among the optional dependencies.
RUN npm ci
COPY nest-cli.json tsconfig.json ./
COPY apps apps
COPY libs libs
RUN npm run build

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data LOG_FORMAT=json
WORKDIR /app
RUN install --directory --owner=node --group=node /data
COPY --from=dependencies /dependencies/node_modules node_modules
COPY --from=build /build/dist dist
# Served at /docs/runbooks: alerts link there.
COPY docs/runbooks docs/runbooks
COPY scripts/database-client.mjs scripts/options.mjs scripts/sql.mjs scripts/status.mjs scripts/
COPY package.json LICENSE* apps/tams-api/serve.sh ./
# By number, so that Kubernetes can tell that it is not root: the user `node` of the image.
USER 1000:1000
VOLUME /data
EXPOSE 8000
# The process only: a database that is away must not get the server restarted.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# It gives its place to the server, so that SIGTERM reaches that.
CMD ["sh", "serve.sh"]
