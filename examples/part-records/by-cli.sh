#!/bin/sh
# Batches of part records from the command line; README.md says what has to run.
set -eu
cd "$(dirname "$0")"

say() { printf '\n== %s\n' "$1"; }
member() { node -pe "JSON.parse(require('node:fs').readFileSync(0, 'utf8')).$1"; }
job_of() { stageline jobs list --batch "$batch" --business-key "$1" --json | member 'items[0].id'; }

say 'Where the records come from, and where the first of them would go'
stageline sources save @parts.source.json
stageline sources preview parts

say 'What a batch of high priority would come to: nothing is submitted'
stageline run --source parts --all --priority-threshold 0.7 --dry-run

say 'Two of them to people, whatever the policy says'
stageline run --source parts --all --limit 2 --force-manual --wait

say 'The batch of the day: at most 100, with a priority of at least 0.2'
batch=$(stageline run --source parts --all --limit 100 --priority-threshold 0.2 --wait --json | member id)
stageline status "$batch"

say 'Who got an item, and by which rule: a complete one, half of one, one that automation could not do'
stageline decisions check "$(job_of NXR-1001)"
stageline decisions check "$(job_of NXR-1003)"
stageline decisions check "$(job_of NXR-1010)"
stageline jobs history "$(job_of NXR-1010)"

say 'What waits for people'
stageline pending --priority high
