import { expect, test } from 'vitest';
import { runScript } from './script.ts';
import { NfTables } from './tables.ts';

// What Debian's nft 1.0.6 on a Linux 6.18 lists after it was given the same script.

const SCRIPT = `add table ip kube-proxy { comment "rules for kube-proxy" ; }
add set ip kube-proxy cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }
add set ip kube-proxy nodeport-ips { type ipv4_addr ; comment "IPs that accept NodePort traffic" ; }
add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; comment "ClusterIP, ExternalIP and LoadBalancer IP traffic" ; }
add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; comment "vmap to drop" ; }
add chain ip kube-proxy cluster-ips-check
add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }
add chain ip kube-proxy filter-forward { type filter hook forward priority 0 ; }
add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
add chain ip kube-proxy reject-chain { comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }
add chain ip kube-proxy mark-for-masquerade
add chain ip kube-proxy masquerading
add chain ip kube-proxy services
add chain ip kube-proxy svc/a
add chain ip kube-proxy endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80
add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
add rule ip kube-proxy cluster-ips-check ip daddr { 172.30.0.0/16 } drop comment "Drop traffic to unallocated ClusterIPs"
add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
add rule ip kube-proxy masquerading mark and 0x4000 == 0 return
add rule ip kube-proxy masquerading mark set mark xor 0x4000
add rule ip kube-proxy masquerading masquerade fully-random
add rule ip kube-proxy reject-chain reject
add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
add rule ip kube-proxy services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap { tcp . 80 : jump masquerading }
add rule ip kube-proxy svc/a ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade
add rule ip kube-proxy svc/a numgen random mod 2 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 , 1 : goto services }
add rule ip kube-proxy endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 meta l4proto tcp dnat to 10.180.0.1:80
add set ip kube-proxy affinity-x { type ipv4_addr ; flags dynamic,timeout ; timeout 10800s ; }
add rule ip kube-proxy svc/a ip saddr @affinity-x goto services
add rule ip kube-proxy svc/a update @affinity-x { ip saddr }
add rule ip kube-proxy svc/a ip saddr != { 203.0.113.0/25 } drop
add rule ip kube-proxy svc/a ip saddr != { 203.0.113.0/25, 10.0.0.0/8, 1.2.3.4 } drop
add rule ip kube-proxy svc/a tcp dport 80 counter accept
add rule ip kube-proxy svc/a tcp dport { 80, 443, 1000-2000 } counter packets 3 bytes 180 accept
add rule ip kube-proxy svc/a fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"
add rule ip kube-proxy svc/a ct state established,related accept
add rule ip kube-proxy svc/a ct state invalid drop
add rule ip kube-proxy svc/a iifname "cni0" oifname != "eth0" accept
add rule ip kube-proxy svc/a iifname "cali*" accept
add rule ip kube-proxy svc/a iif lo accept
add rule ip kube-proxy svc/a meta mark 0x4000 accept
add rule ip kube-proxy svc/a udp sport 53 log prefix "x: " drop
add rule ip kube-proxy svc/a icmp type echo-request accept
add rule ip kube-proxy filter-forward reject with tcp reset
add rule ip kube-proxy filter-forward reject with icmp type host-unreachable
add rule ip kube-proxy filter-forward reject with icmp type port-unreachable
add rule ip kube-proxy filter-forward limit rate 10/second accept
add rule ip kube-proxy nat-postrouting masquerade
add rule ip kube-proxy nat-postrouting ip saddr 10.0.0.0/8 oifname "eth0" snat to 1.2.3.4
add rule ip kube-proxy nat-output tcp dport 80 redirect to :8080
add rule ip kube-proxy nat-output ip protocol tcp dnat to 10.0.0.1
add rule ip kube-proxy nat-output ip daddr 10.0.0.0-10.0.0.9 tcp dport 80-90 dnat to 10.0.0.1:80
add rule ip kube-proxy nat-output tcp dport > 1024 meta l4proto { tcp, udp } accept
add rule ip kube-proxy nat-output dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }
add rule ip kube-proxy nat-output meta mark and 0xff != 0x1 meta mark set 0x10
add rule ip kube-proxy nat-output mark set mark and 0xffff00ff
add element ip kube-proxy cluster-ips { 172.30.0.41 }
add element ip kube-proxy cluster-ips { 172.30.0.9, 172.30.0.40 }
add element ip kube-proxy service-ips { 172.30.0.41 . tcp . 80 : goto svc/a }
add element ip kube-proxy service-ips { 172.30.0.42 . udp . 53 : goto svc/a }
add element ip kube-proxy service-ips { 172.30.0.40 . udp . 53 : goto svc/a }
add element ip kube-proxy no-endpoint-services { 1.2.3.4 . tcp . 80 comment "ns2/svc2:p80" : drop }
add set ip kube-proxy nets { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.1.1-192.168.1.9 } }
add chain ip kube-proxy inp { type filter hook input priority filter; policy drop; }
add chain ip kube-proxy inp2 { type filter hook input priority filter + 5; }
add chain ip kube-proxy inp3 { type nat hook prerouting priority dstnat; }
`;

const LISTED = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set cluster-ips {
		type ipv4_addr
		comment "Active ClusterIPs"
		elements = { 172.30.0.9, 172.30.0.40,
			     172.30.0.41 }
	}

	set nodeport-ips {
		type ipv4_addr
		comment "IPs that accept NodePort traffic"
	}

	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"
		elements = { 172.30.0.40 . udp . 53 : goto svc/a,
			     172.30.0.42 . udp . 53 : goto svc/a,
			     172.30.0.41 . tcp . 80 : goto svc/a }
	}

	map no-endpoint-services {
		type ipv4_addr . inet_proto . inet_service : verdict
		comment "vmap to drop"
		elements = { 1.2.3.4 . tcp . 80 comment "ns2/svc2:p80" : drop }
	}

	set affinity-x {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 3h
	}

	set nets {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8, 192.168.1.1-192.168.1.9 }
	}

	chain cluster-ips-check {
		ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
		ip daddr 172.30.0.0/16 drop comment "Drop traffic to unallocated ClusterIPs"
	}

	chain filter-prerouting-pre-dnat {
		type filter hook prerouting priority dstnat - 10; policy accept;
	}

	chain filter-forward {
		type filter hook forward priority filter; policy accept;
		ct state new jump cluster-ips-check
		reject with tcp reset
		reject with icmp host-unreachable
		reject
		limit rate 10/second accept
	}

	chain nat-output {
		type nat hook output priority -100; policy accept;
		tcp dport 80 redirect to :8080
		ip protocol tcp dnat to 10.0.0.1
		ip daddr 10.0.0.0-10.0.0.9 tcp dport 80-90 dnat to 10.0.0.1:80
		tcp dport > 1024 meta l4proto { tcp, udp } accept
		dnat to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }
		meta mark & 0x000000ff != 0x00000001 meta mark set 0x00000010
		meta mark set meta mark & 0xffff00ff
	}

	chain nat-postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		masquerade
		ip saddr 10.0.0.0/8 oifname "eth0" snat to 1.2.3.4
	}

	chain reject-chain {
		comment "helper for @no-endpoint-services / @no-endpoint-nodeports"
		reject
	}

	chain mark-for-masquerade {
		meta mark set meta mark | 0x00004000
	}

	chain masquerading {
		meta mark & 0x00004000 == 0x00000000 return
		meta mark set meta mark ^ 0x00004000
		masquerade fully-random
	}

	chain services {
		ip daddr . meta l4proto . th dport vmap @service-ips
		fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap { tcp . 80 : jump masquerading }
	}

	chain svc/a {
		ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade
		numgen random mod 2 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80, 1 : goto services }
		ip saddr @affinity-x goto services
		update @affinity-x { ip saddr }
		ip saddr != 203.0.113.0/25 drop
		ip saddr != { 1.2.3.4, 10.0.0.0/8, 203.0.113.0/25 } drop
		tcp dport 80 counter packets 0 bytes 0 accept
		tcp dport { 80, 443, 1000-2000 } counter packets 3 bytes 180 accept
		fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"
		ct state established,related accept
		ct state invalid drop
		iifname "cni0" oifname != "eth0" accept
		iifname "cali*" accept
		iif "lo" accept
		meta mark 0x00004000 accept
		udp sport 53 log prefix "x: " drop
		icmp type echo-request accept
	}

	chain endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 {
		meta l4proto tcp dnat to 10.180.0.1:80
	}

	chain inp {
		type filter hook input priority filter; policy drop;
	}

	chain inp2 {
		type filter hook input priority filter + 5; policy accept;
	}

	chain inp3 {
		type nat hook prerouting priority dstnat; policy accept;
	}
}
`;

function loaded(text: string): NfTables {
  const tables = new NfTables(() => undefined);
  runScript(tables, text, { nowMs: 0 });
  return tables;
}

test('rules and sets are listed in the one way that nft has, however they were written', () => {
  expect(runScript(loaded(SCRIPT), 'list ruleset', { nowMs: 0 })).toBe(LISTED);
});

test('what was listed can be loaded again', () => {
  expect(runScript(loaded(LISTED), 'list ruleset', { nowMs: 0 })).toBe(LISTED);
});

test('sets and maps of several types keep the order and the lines of nft', () => {
  const text = `table ip t {
	set a {
		type inet_service
		elements = { 1, 2, 3, 4, 5,
			     6, 7, 53, 80, 443 }
	}

	map b {
		type inet_proto . inet_service : verdict
		elements = { tcp . 30256 : drop,
			     tcp . 30001 : drop,
			     udp . 53 : accept,
			     tcp . 80 : drop,
			     tcp . 443 : accept }
	}

	set d {
		type ipv4_addr
		flags timeout
		elements = { 10.0.0.1 timeout 1m expires 1m }
	}

	set e {
		type ipv4_addr
		flags interval
		elements = { 1.1.1.1, 10.0.0.0/8,
			     192.168.1.1-192.168.1.9 }
	}

	chain x {
		type filter hook input priority filter; policy accept;
		jump y
		tcp dport @a counter packets 0 bytes 0
		tcp dport vmap { 80 : accept, 443 : jump y }
		ct state vmap { invalid : drop, established : accept, related : accept }
		ct state { established, new } accept
	}

	chain y {
	}
}
`;
  expect(runScript(loaded(text), 'list ruleset', { nowMs: 0 })).toBe(text);
  expect(runScript(loaded(text), 'list chain ip t y', { nowMs: 0 })).toBe('table ip t {\n\tchain y {\n\t}\n}\n');
});
