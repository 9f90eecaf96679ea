#!/usr/bin/env bash
# Runs Django, the sample application and a proxy before them until Ctrl+C. Needs python3 with Django, and
# `npm ci && npm run build && npm run build:sample`.
set -euo pipefail
cd "$(dirname "$0")"

export PYTHON=${PYTHON:-python3}
export PORT=${PORT:-3000} DJANGO_PORT=${DJANGO_PORT:-3001} NEST_PORT=${NEST_PORT:-3002}
data=$(realpath ../../sample-app)/data
mkdir -p "$data"
export DATABASE_PATH=$data/sessions.sqlite
# Any secret will do as long as it is the same on both sides.
export SECRET_KEY=${SECRET_KEY:-$("$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(48))')}

"$PYTHON" manage.py migrate --verbosity 0
trap 'kill $(jobs -p) 2>/dev/null' EXIT
"$PYTHON" manage.py runserver --noreload "$DJANGO_PORT" &
PORT=$NEST_PORT SESSION_ENGINE=db DJANGO_VERSION=$("$PYTHON" -m django --version) node ../../sample-app/dist/main.js &
node proxy.mjs
