import { expect, test } from 'vitest';
import { roomAddresses } from './room-addresses.ts';

function card(address: string, internal = false) {
  const family = address.includes(':') ? ('IPv6' as const) : ('IPv4' as const);
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return family === 'IPv6' ? { ...common, family, scopeid: 0 } : { ...common, family };
}

test.each([
  ['Linux with Docker, libvirt and a VPN', ['docker0', 'br-4f1c', 'veth12', 'virbr0', 'tun0', 'wg0'], 'wlp3s0'],
  ['macOS with virtual machines and a VPN', ['bridge100', 'vmnet8', 'utun4'], 'en0'],
  ['Windows with WSL, VirtualBox and VPNs', ['vEthernet (WSL)', 'VirtualBox Host-Only Network', 'OpenVPN TAP'], 'WLAN'],
  ['Tailscale', ['tailscale0'], 'eth0'],
])('%s: what leads into the room comes first', (_, virtual, real) => {
  const interfaces = Object.fromEntries([
    ['lo', [card('127.0.0.1', true)]],
    ...virtual.map((name, index) => [name, [card(`172.17.${index}.1`)]] as const),
    [real, [card('fe80::1'), card('192.168.1.23')]],
  ]);
  const [first, ...others] = roomAddresses(interfaces);
  expect(first).toBe('192.168.1.23');
  expect(others).toHaveLength(virtual.length);
});

test('of two cards the first is taken; one that found no router comes last; what is within comes before what leads away', () => {
  expect(
    roomAddresses({
      utun3: [card('10.8.0.2')],
      en5: [card('169.254.7.7')],
      docker0: [card('172.17.0.1')],
      en0: [card('192.168.1.23')],
      en1: [card('10.0.0.4')],
    }),
  ).toEqual(['192.168.1.23', '10.0.0.4', '172.17.0.1', '10.8.0.2', '169.254.7.7']);
});

test('a machine without a network has no address', () => {
  expect(roomAddresses({ lo: [card('127.0.0.1', true)], en0: undefined })).toEqual([]);
});
