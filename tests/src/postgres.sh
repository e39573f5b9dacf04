#!/bin/sh
# Keeps one private PostgreSQL for as long as somebody holds this script's standard input open, and
# takes it away with all its data when that end closes: also when the holder was killed.
# postgres.sh BINDIR PORT; prints "ready" when it takes connections.
set -eu
bindir=$1 port=$2
umask 077
home=$(mktemp -d /tmp/roost-postgres.XXXXXX)
template=/tmp/roost-postgres-template-$(id -u)-$("$bindir/postgres" --version | tr -dc 0-9.)

server=
end() {
    [ -z "$server" ] || { kill -QUIT "$server" 2>/dev/null && wait "$server"; } || true
    rm -rf "$home"
}
trap end EXIT
trap '' INT TERM HUP

# One initdb per machine; rename is atomic, so whoever comes second just takes the first one's.
if [ ! -d "$template" ]; then
    "$bindir/initdb" -D "$home/new" -U roost -A trust -E UTF8 --no-locale --no-sync >/dev/null
    mv -T "$home/new" "$template" 2>/dev/null || true
fi
cp -a "$template" "$home/data"
# No fsync: the machine may lose power, the tests may not. The commit itself stays synchronous, as
# in life, so that an acknowledgement means what it says when the server process is killed.
"$bindir/postgres" -D "$home/data" -p "$port" -c fsync=off -c synchronous_commit=on \
    -c full_page_writes=off -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c shared_buffers=64MB -c max_connections=200 </dev/null >"$home/log" 2>&1 &
server=$!
until "$bindir/pg_isready" -q -h 127.0.0.1 -p "$port"; do
    kill -0 "$server" 2>/dev/null || { tail -n 5 "$home/log" >&2; exit 1; }
    sleep 0.02
done
echo ready
read -r _ || true
