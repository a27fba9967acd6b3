#!/bin/sh
# What sqlc refuses, and where it says so. Each file of test_sqlc/ ends in "-- expect LINE: words of the message", or
# "-- expect 0:" when it is right. Usage: test_sqlc.sh SQLC FOLDER MIGRATION…
set -eu
sqlc=$1 cases=$2
shift 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
echo "1..$(ls "$cases" | wc -l)"
for f in "$cases"/*.sql; do
    n=$((n + 1))
    name=$(basename "$f" .sql)
    want=$(sed -n 's/^-- expect //p' "$f")
    line=${want%%:*} words=${want#*: }
    case $name in
    [0-9]*) status=0; "$sqlc" migrations "$@" "$f" -- "$tmp/out.c" 2>"$tmp/err" || status=$? ;;
    *) status=0; "$sqlc" query "$@" -- "$f" "$tmp/out.h" "$tmp/out.c" 2>"$tmp/err" || status=$? ;;
    esac
    if [ "$line" = 0 ]; then
        [ $status = 0 ] && ok=ok || ok="not ok"
    else
        [ $status = 1 ] && grep -qF "$f:$line: error: " "$tmp/err" && grep -qF -- "$words" "$tmp/err" && ok=ok || ok="not ok"
    fi
    echo "$ok $n - sqlc: $name"
    [ "$ok" = ok ] || sed 's/^/# /' "$tmp/err"
done
