#!/bin/sh
# Starts what SERVICE names as process 1, so that it gets the signals itself.
set -eu
case "${SERVICE:?SERVICE must name a folder in services/, or be migrate, api-key or catalog}" in
  migrate) exec node packages/store/src/migrate.ts ;;
  api-key) exec node packages/store/src/create-api-key.ts "$@" ;;
  catalog) exec node packages/store/src/load-catalog.ts "$@" ;;
  *[!a-z-]*) echo "SERVICE=$SERVICE is not the name of a service" >&2; exit 2 ;;
esac
test -f "services/$SERVICE/src/main.ts" || { echo "There is no service \"$SERVICE\" in this image" >&2; exit 2; }
exec node "services/$SERVICE/src/main.ts"
