#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real programs, real servers, and drivers between them: docs/live.md.
#
#   sudo docs/live.sh [DRYDOCK [FOLDER_OF_DRIVERS]]
#
# Makes two network namespaces that go when it ends. Exits 77 where it cannot run: not root, no TUN, a program missing.
set -euo pipefail

drydock=${1:-build/release/drydock}
drivers=${2:-build/release/drivers/clang}
app=drydock-app-$$  # where the programs are
out=drydock-out-$$  # everybody else
host4=192.0.2.10 host6=2001:db8::10
server4=192.0.2.20 server6=2001:db8::20 forbidden=192.0.2.66

cannot() { echo "live.sh: $1" >&2; exit 77; }
failed() { echo "live.sh: $1" >&2; cat "$scratch"/verdict.* >&2 || true; exit 1; }

[[ $(id -u) == 0 ]] || cannot "must be root"
[[ -w /dev/net/tun ]] || cannot "no /dev/net/tun"
for program in ip curl python3; do command -v "$program" > /dev/null || cannot "$program is missing"; done
ip netns add "$app" 2> /dev/null || cannot "network namespaces cannot be made here"
scratch=$(mktemp -d)
clean_up() {
  local children
  children=$(jobs -p)
  # shellcheck disable=SC2086  # several words
  kill $children 2> /dev/null || true
  ip netns del "$app" 2> /dev/null || true
  ip netns del "$out" 2> /dev/null || true
  rm -rf "$scratch"
}
trap clean_up EXIT
ip netns add "$out"

in_app() { ip netns exec "$app" "$@"; }
in_out() { ip netns exec "$out" "$@"; }

# --- Two ends of a wire that Drydock will be.
wire_end() {
  ip -n "$1" link set lo up
  ip -n "$1" tuntap add "$2" mode tun
  ip -n "$1" addr add "$3/24" dev "$2"
  ip -n "$1" addr add "$4/64" dev "$2" nodad
  ip -n "$1" link set "$2" up
}
wire_end "$app" wire0 "$host4" "$host6"
wire_end "$out" wire1 "$server4" "$server6"
ip -n "$out" addr add "$forbidden/24" dev wire1

# --- Real servers: files over HTTP, and one that says what it hears, and a little more.
mkdir "$scratch/files"
head -c 12000000 /dev/urandom > "$scratch/files/big"
echo "a page" > "$scratch/files/page"
sum=$(sha256sum < "$scratch/files/big")
(cd "$scratch/files" && exec ip netns exec "$out" python3 -c '
import http.server, socket
class Server(http.server.ThreadingHTTPServer): address_family = socket.AF_INET6
Server(("::", 80), http.server.SimpleHTTPRequestHandler).serve_forever()' > /dev/null 2>&1) &
(exec ip netns exec "$out" python3 -c '
import socket
server = socket.create_server(("0.0.0.0", 7000))
while True:
    peer, _ = server.accept()
    heard = b""
    while data := peer.recv(65536): heard += data
    peer.sendall(heard + b", no foo")
    peer.close()' > /dev/null 2>&1) &

# --- The machine's own policy: one host that nobody may connect to.
cat > "$scratch/policy.json" << END
{"kind": "drydock policy", "schema": 1, "filters": [
  {"name": "the forbidden host", "layer": "ALE_AUTH_CONNECT_V4", "action": "BLOCK",
   "conditions": [{"field": "IP_REMOTE_ADDRESS", "value": "$forbidden"}]}]}
END
printf '[policy]\nfiles = ["policy.json"]\n' > "$scratch/scenario.toml"

# run NAME DRIVER OPTION...: in the background, until the wire is up.
run() {
  local name=$1 driver=$2
  shift 2
  "$drydock" run "$drivers/$driver" "$scratch/scenario.toml" --tun "$app/wire0,$out/wire1" "$@" \
    > "$scratch/verdict.$name" 2>&1 &
  worker=$!
  for ((i = 0; i < 100; ++i)); do
    [[ $(in_app cat /sys/class/net/wire0/carrier 2> /dev/null) == 1 ]] && break
    sleep 0.1
  done
  sleep 0.5
}
# over NAME: waits for its end.
over() {
  wait "$worker" || failed "drydock ended with code $?"
  grep -q '^CLEAN' "$scratch/verdict.$1" || failed "the verdict is not clean"
  cat "$scratch/verdict.$1"
}

echo "== The reference driver: permitted, refused, and unloaded under load"
run reference reference_wdm.sys --unload-after 4 --seconds 12 --stats --out "$scratch/seen.pcapng"
[[ $(in_app curl -sm 5 "http://$server4/page") == "a page" ]] || failed "no page over IPv4"
[[ $(in_app curl -sm 5 "http://[$server6]/page") == "a page" ]] || failed "no page over IPv6"
in_app curl -sm 5 "http://$forbidden/page" && failed "the forbidden host answered"
in_app curl -sm 5 "http://$forbidden/page" || [[ $? == 7 ]] || failed "the forbidden host was not refused at once"
downloads=()
for i in 1 2 3; do
  # 12 MB at 2 MB/s: the driver goes in the middle of it.
  in_app curl -sm 30 --limit-rate 2M -o "$scratch/copy.$i" "http://$server4/big" &
  downloads+=($!)
done
for download in "${downloads[@]}"; do wait "$download" || failed "a download ended with code $?"; done
for i in 1 2 3; do [[ $(sha256sum < "$scratch/copy.$i") == "$sum" ]] || failed "a download came out changed"; done
over reference

echo "== A driver that edits streams"
run edit stream_edit.sys --unload-after 3 --seconds 4 --stats
said=$(in_app python3 -c "
import socket
peer = socket.create_connection(('$server4', 7000), 5)
for part in (b'a fo', b'o and ', b'foo'): peer.sendall(part)
peer.shutdown(socket.SHUT_WR)
heard = b''
while data := peer.recv(65536): heard += data
print(heard.decode())")
[[ $said == "a barbar and barbar, no barbar" ]] || failed "the program heard: $said"
over edit
echo "== Somebody who has had enough: the driver is unloaded at once, and the verdict told"
run interrupted reference_wdm.sys --unload-after 60
[[ $(in_app curl -sm 5 "http://$server4/page") == "a page" ]] || failed "no page over IPv4"
SECONDS=0
kill -INT "$worker"
over interrupted
((SECONDS < 20)) || failed "it took $SECONDS s to end"
echo "live.sh: all as it should be"
