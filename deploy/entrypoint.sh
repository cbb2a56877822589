#!/bin/sh
# Starts the service that SERVICE names, as process 1, so that it gets the signals itself.
set -eu
case "${SERVICE:?SERVICE must name a folder in services/, or be migrate}" in
  migrate) exec node packages/store/src/migrate.ts ;;
  *[!a-z-]*) echo "SERVICE=$SERVICE is not a service name" >&2; exit 2 ;;
esac
test -f "services/$SERVICE/src/main.ts" || { echo "There is no service \"$SERVICE\" in this image" >&2; exit 2; }
exec node "services/$SERVICE/src/main.ts"
