#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records the captures of this folder between two network namespaces joined by a veth pair: real programs, real Linux
# network stacks, no contact with any other network. Needs root. Takes about two minutes.
# Usage: data/record.sh [OUTPUT_FOLDER]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
host=drydock-host peer=drydock-peer
host4=192.0.2.10 peer4=192.0.2.20 host6=2001:db8::10 peer6=2001:db8::20

for tool in ip ethtool tcpdump curl nginx dnsmasq dig ping python3 editcap; do
  command -v "$tool" > /dev/null || { echo "record.sh: $tool is missing (apt: iproute2 ethtool tcpdump curl nginx dnsmasq dnsutils iputils-ping python3 wireshark-common)" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "record.sh: needs root to make network namespaces" >&2; exit 2; }
for name in $host $peer; do
  if ip netns list | grep -qw "$name"; then
    echo "record.sh: network namespace $name exists already" >&2
    exit 2
  fi
done

work=$(mktemp -d)
started=()
cleanup() {
  for pid in "${started[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  ip netns del $host 2> /dev/null || true
  ip netns del $peer 2> /dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

at_host() { ip netns exec $host "$@"; }
at_peer() { ip netns exec $peer "$@"; }
talk() { python3 "$here/talk.py" "$@"; }
background() { "$@" > /dev/null 2>&1 & started+=($!); }

make_link() { # offloads off: every packet as long as the wire and with its true checksum
  ip netns add $host
  ip netns add $peer
  ip link add wire0 netns $host address 02:00:00:00:00:10 type veth peer name wire0 netns $peer address 02:00:00:00:00:20
  for name in $host $peer; do
    ip netns exec "$name" sysctl -qw net.ipv6.conf.wire0.router_solicitations=0 net.ipv6.conf.wire0.addr_gen_mode=1 \
      net.ipv4.icmp_ratelimit=0
    ip netns exec "$name" ethtool -K wire0 rx off tx off sg off tso off gso off gro off > /dev/null
    ip -n "$name" link set lo up
    ip -n "$name" link set wire0 up
  done
  ip -n $host address add $host4/24 dev wire0
  ip -n $peer address add $peer4/24 dev wire0
  ip -n $host address add $host6/64 dev wire0 nodad
  ip -n $peer address add $peer6/64 dev wire0 nodad
  sleep 2 # multicast joins are over
}

start_servers() {
  mkdir "$work/www"
  head -c 2000 /dev/zero | tr '\0' 'p' > "$work/www/page"
  python3 -c 'import random; random.seed(1); print("".join(random.choice("abcdefgh") for _ in range(250000)), end="")' > "$work/www/bulk"
  chmod -R a+rX "$work"
  cat > "$work/nginx.conf" << END
error_log stderr; pid $work/nginx.pid; daemon off; user www-data;
events {}
http { access_log off; client_body_temp_path $work/body; server { listen $peer4:80; listen [$peer6]:80; root $work/www;
  location = /upload { client_max_body_size 1m; return 204; } } }
END
  background ip netns exec $peer nginx -c "$work/nginx.conf"
  background ip netns exec $peer dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces \
    --listen-address=$peer4,$peer6 --pid-file= --host-record=server.example,192.0.2.20,2001:db8::20 \
    --txt-record=notes.example,"recorded between two namespaces"
  for pair in "$peer $peer4" "$peer $peer6" "$host $host4" "$host $host6"; do
    read -r space address <<< "$pair"
    background ip netns exec "$space" python3 "$here/talk.py" serve_http "$address" 8080
    background ip netns exec "$space" python3 "$here/talk.py" serve_reset "$address" 8081
    background ip netns exec "$space" python3 "$here/talk.py" serve_hold "$address" 8082
    background ip netns exec "$space" python3 "$here/talk.py" serve_echo "$address" 7007
  done
  sleep 2
}

record() { # NAME COMMAND...: what passes the host's end of the wire while COMMAND runs
  local name=$1
  shift
  ip netns exec $host tcpdump -Z root -i wire0 --immediate-mode -U -s 0 -w "$work/$name" 2> /dev/null &
  local tcpdump=$!
  sleep 1
  "$@"
  sleep 0.5
  kill $tcpdump # not SIGINT: a background child of a script ignores it
  wait $tcpdump || true
  echo "$name: $(tcpdump -r "$work/$name" 2> /dev/null | wc -l) packets, $(stat -c %s "$work/$name") bytes"
}

fetch_in() { ip netns exec "$1" curl --silent --output /dev/null --noproxy '*' --max-time 20 "${@:2}"; }
at_host_fetch() { fetch_in $host "$@"; }
at_peer_fetch() { fetch_in $peer "$@"; }
in_host() { at_host python3 "$here/talk.py" "$@"; }
in_peer() { at_peer python3 "$here/talk.py" "$@"; }

http_v4() { at_host_fetch "http://$peer4/page"; }
http_v6() { at_host_fetch "http://[$peer6]/page"; }
inbound_http() { at_peer_fetch "http://$host4:8080/in"; at_peer_fetch "http://[$host6]:8080/in"; }
dns() {
  for server in $peer4 $peer6; do
    at_host dig +tries=1 "@$server" server.example A > /dev/null
    at_host dig +tries=1 "@$server" server.example AAAA > /dev/null
    at_host dig +tries=1 "@$server" notes.example TXT > /dev/null
    at_host dig +tries=1 "@$server" absent.example A > /dev/null
  done
}
ping_v4() { at_host ping -q -c 3 -i 0.2 $peer4 > /dev/null; at_peer ping -q -c 2 -i 0.2 $host4 > /dev/null; }
ping_v6() { at_host ping -q -c 3 -i 0.2 $peer6 > /dev/null; at_peer ping -q -c 2 -i 0.2 $host6 > /dev/null; }
fragments() {
  for address in $peer4 $peer6; do at_host ping -q -c 1 -s 4000 "$address" > /dev/null; done
  at_peer ping -q -c 1 -s 4000 $host4 > /dev/null
  in_host datagram $peer6 7007 5000
  in_peer datagram $host4 7007 3000
}
refused() {
  at_host_fetch "http://$peer4:81/" || true
  at_host_fetch "http://[$peer6]:81/" || true
  at_peer_fetch "http://$host4:81/" || true
  at_peer_fetch "http://[$host6]:81/" || true
}
reset_by_either() {
  in_host get $peer4 8081
  in_host get $peer6 8081
  in_host get_then_reset $peer4 80
  in_peer get $host4 8081
  in_peer get_then_reset $host6 8080
}
unreachable() {
  in_host datagram $peer4 9 20
  in_host datagram $peer6 9 20
  in_peer datagram $host4 9 20
  in_peer datagram $host6 9 20
}
bulk() {
  at_host_fetch "http://$peer4/bulk"
  at_host_fetch --data-binary "@$work/www/bulk" -H 'Expect:' "http://[$peer6]/upload"
}
alive_at_once() {
  in_host several $peer4 8080 4 &
  local first=$!
  in_host several $peer6 8080 3 &
  local second=$!
  in_peer several $host4 8080 3
  wait $first $second
}
left_open() {
  background ip netns exec $host python3 "$here/talk.py" hold $peer4 8082 300
  background ip netns exec $host python3 "$here/talk.py" hold $peer6 8082 300
  background ip netns exec $peer python3 "$here/talk.py" hold $host4 8082 300
  background ip netns exec $peer python3 "$here/talk.py" hold $host6 8082 300
  in_host datagram $peer4 7007 64
  in_peer datagram $host6 7007 64
}
standard() { # the idle flows are silent for longer than 60 s while everything else happens
  in_host idle $peer4 7007 $host4 5001 62 &
  local idle4=$!
  in_host idle $peer6 7007 $host6 5002 62 &
  local idle6=$!
  dns; http_v4; http_v6; inbound_http; ping_v4; ping_v6; fragments; refused; reset_by_either; unreachable
  alive_at_once; bulk
  wait $idle4 $idle6
  alive_at_once; left_open; sleep 1
}

make_link
start_servers
record http-v4.pcap http_v4
record http-v6.pcap http_v6
record inbound-http.pcap inbound_http
record dns.pcap dns
record ping4.pcap ping_v4
record ping6.pcap ping_v6
record fragments.pcap fragments
record refused.pcap refused
record reset.pcap reset_by_either
record unreachable.pcap unreachable
record alive-at-once.pcap alive_at_once
record standard.pcap standard
editcap -F pcapng "$work/standard.pcap" "$work/standard.pcapng"
rm "$work/standard.pcap"
for file in "$work"/*.pcap "$work"/*.pcapng; do install -m 644 "$file" "$out/"; done
