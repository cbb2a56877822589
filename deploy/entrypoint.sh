#!/bin/sh
# Runs what SERVICE names, and hands it the signals. Commands become process 1 themselves; a service must not: the kernel
# lets process 1 not kill itself, and a service whose event loop stands still does just that.
set -eu
case "${SERVICE:?SERVICE must name a folder in services/, or be migrate, api-key, catalog or stageline}" in
  migrate) exec node packages/store/src/migrate.ts ;;
  api-key) exec node packages/store/src/create-api-key.ts "$@" ;;
  catalog) exec node packages/runtime/src/load-catalog.ts "$@" ;;
  stageline) exec node packages/cli/src/stageline.ts "$@" ;;
  *[!a-z-]*) echo "SERVICE=$SERVICE is not the name of a service" >&2; exit 2 ;;
esac
test -f "services/$SERVICE/src/main.ts" || { echo "There is no service \"$SERVICE\" in this image" >&2; exit 2; }
service=
trap 'kill -TERM $service 2>/dev/null || true' TERM INT
node "services/$SERVICE/src/main.ts" &
service=$!
# A signal ends the waiting, not the service.
while
  code=0
  wait "$service" || code=$?
  kill -0 "$service" 2>/dev/null
do :; done
exit "$code"
