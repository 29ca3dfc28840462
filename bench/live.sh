#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast a download is between two network namespaces: over a pair of virtual cables, and with Drydock and a driver as
# the cable. `./dev bench live` runs it as root; docs/performance.md has the figures.
set -euo pipefail

drydock=${1:-build/release/drydock}
drivers=${2:-build/release/drivers/clang}
megabytes=${3:-256}
app=drydock-app-$$ out=drydock-out-$$
host=192.0.2.10 server=192.0.2.20

[[ $(id -u) == 0 && -w /dev/net/tun ]] || { echo "live.sh: needs root and /dev/net/tun" >&2; exit 77; }
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
ip netns add "$app"
ip netns add "$out"

ip link add cable0 netns "$app" type veth peer name cable1 netns "$out"
ip -n "$app" tuntap add wire0 mode tun
ip -n "$out" tuntap add wire1 mode tun
for end in "$app lo" "$out lo" "$app cable0" "$out cable1" "$app wire0" "$out wire1"; do
  # shellcheck disable=SC2086  # namespace and device
  set -- $end
  ip -n "$1" link set "$2" up
done

# A server that sends so many megabytes to whoever comes, and a program that counts what it gets.
(exec ip netns exec "$out" python3 -c "
import socket
server = socket.create_server(('0.0.0.0', 7000))
part = bytes(1 << 20)
while True:
    peer, _ = server.accept()
    for _ in range($megabytes): peer.sendall(part)
    peer.close()" > /dev/null 2>&1) &
download() {
  ip netns exec "$app" python3 -c "
import socket, time
peer = socket.create_connection(('$server', 7000), 5)
room, got, began = bytearray(1 << 20), 0, time.monotonic()
while size := peer.recv_into(room): got += size
assert got == $megabytes << 20, got
print(f'{got / (time.monotonic() - began) / 1e6:.0f}')"
}
# measure NAME: three downloads over the devices that have the addresses.
measure() {
  local rates=()
  for _ in 1 2 3; do rates+=("$(download)"); done
  echo "$1: ${rates[*]} MB/s"
}
addresses() {  # VERB APP_DEVICE OUT_DEVICE
  ip -n "$app" addr "$1" "$host/24" dev "$2"
  ip -n "$out" addr "$1" "$server/24" dev "$3"
}

addresses add cable0 cable1
sleep 0.5
measure "a virtual cable"
for device in cable0 cable1; do
  ns=$app
  [[ $device == cable1 ]] && ns=$out
  ip netns exec "$ns" ethtool -K $device tso off gso off gro off > /dev/null 2>&1 || true
  ip -n "$ns" link set $device gso_max_segs 1 2> /dev/null || true
done
measure "a virtual cable, one packet at a time as a TUN device has them"
addresses del cable0 cable1

carrier() { [[ $(ip netns exec "$app" cat /sys/class/net/wire0/carrier 2> /dev/null) == 1 ]]; }
addresses add wire0 wire1
for driver in onlooker.sys reference_wdm.sys; do
  "$drydock" run "$drivers/$driver" --tun "$app/wire0,$out/wire1" --unload-after 500 --seconds 501 > "$scratch/verdict" 2>&1 &
  worker=$!
  until carrier; do sleep 0.1; done
  sleep 0.5
  measure "Drydock with $driver"
  kill "$worker"
  wait "$worker" 2> /dev/null || true
  while carrier; do sleep 0.1; done
done
