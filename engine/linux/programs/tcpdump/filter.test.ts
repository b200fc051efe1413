import { expect, test } from 'vitest';
import { Random } from '../../../sim/index.ts';
import type { Frame } from '../../net/capture/frame.ts';
import {
  arpMessage,
  checksum,
  type IpHeader,
  icmpMessage,
  ipPacket,
  tcpSegment,
  udpDatagram,
} from '../../net/capture/wire-format.ts';
import { compileFilter } from './filter.ts';
import { FilterError } from './filter-tokens.ts';

// Expression → the frames that it lets pass. https://www.tcpdump.org/manpages/pcap-filter.7.html

const MACS = { sourceMac: '0a:58:0a:f4:01:02', destinationMac: '0a:58:0a:f4:01:01' };

function frame(payload: Uint8Array, etherType = 0x0800, destinationMac = MACS.destinationMac): Frame {
  return {
    wallMs: 0,
    interfaceName: 'eth0',
    interfaceIndex: 2,
    direction: 'In',
    ...MACS,
    destinationMac,
    etherType,
    payload,
  };
}

function header(protocol: IpHeader['protocol']): IpHeader {
  return { source: '10.244.1.2', destination: '10.96.0.10', protocol, ttl: 64, id: 1, dontFragment: true };
}

function tcp(flags: number, text = ''): Frame {
  const numbers = {
    sourcePort: 40_000,
    destinationPort: 80,
    sequence: 1,
    acknowledgement: 0,
    window: 512,
    options: [],
  };
  const data = new TextEncoder().encode(text);
  return frame(ipPacket(header('tcp'), tcpSegment(header('tcp'), { ...numbers, flags }, data)));
}

const FRAMES: Readonly<Record<string, Frame>> = {
  syn: tcp(2),
  data: tcp(24, 'GET / HTTP/1.1\r\n'),
  dns: frame(ipPacket(header('udp'), udpDatagram(header('udp'), 40_001, 53, Uint8Array.of(1, 2)))),
  ping: frame(ipPacket(header('icmp'), icmpMessage(8, 0, 1, Uint8Array.of(1)))),
  arp: frame(
    arpMessage(
      'request',
      { mac: MACS.sourceMac, address: '10.0.0.11' },
      { mac: '00:00:00:00:00:00', address: '10.0.0.12' },
    ),
    0x0806,
    'ff:ff:ff:ff:ff:ff',
  ),
};

const lookUp = (name: string) => (name === 'dns' ? ['10.96.0.10'] : undefined);

function passing(expression: string): string {
  const test = compileFilter(expression, lookUp);
  return Object.keys(FRAMES)
    .filter((name) => test(FRAMES[name]!))
    .join(' ');
}

test.each([
  ['', 'syn data dns ping arp'],
  ['tcp', 'syn data'],
  ['not tcp', 'dns ping arp'],
  ['! ip', 'arp'],
  ['icmp or arp', 'ping arp'],
  ['host 10.96.0.10', 'syn data dns ping'],
  ['10.96.0.10', 'syn data dns ping'],
  ['host dns and udp', 'dns'],
  ['src host 10.96.0.10', ''],
  ['dst 10.96.0.10 and not port 80', 'dns ping'],
  ['src net 10.244.0.0/16', 'syn data dns ping'],
  ['net 10.0', 'arp'],
  ['net 10.0.0.0 mask 255.255.255.0', 'arp'],
  ['arp host 10.0.0.12', 'arp'],
  ['port 80', 'syn data'],
  ['port http', 'syn data'],
  ['udp port 80', ''],
  ['dst port 80 or 53', 'syn data dns'],
  ['src port 80 or src port 40001', 'dns'],
  ['src or dst port 53', 'dns'],
  ['src and dst port 53', ''],
  ['portrange 50-60', 'dns'],
  ['tcp portrange 79-81 and not (less 60)', 'data'],
  ['port (53 or 80) and not tcp', 'dns'],
  // `and` and `or` bind alike, from the left.
  ['icmp or tcp and port 80', 'syn data'],
  ['icmp or (tcp and port 80)', 'syn data ping'],
  ['icmp || tcp && ! port 80', 'ping'],
  ['tcp[tcpflags] & (tcp-syn|tcp-fin) != 0', 'syn'],
  ['tcp[13] = 2', 'syn'],
  ['(tcp[tcpflags] & tcp-push) != 0 and dst port 80', 'data'],
  ['(tcp[tcpflags] & tcp-push != 0)', 'data'],
  ['tcp[2:2] == 80 and ip[8] == 64', 'syn data'],
  ['icmp[icmptype] == icmp-echo', 'ping'],
  ['len > 60', 'data'],
  ['ip proto \\tcp', 'syn data'],
  ['ip proto 17', 'dns'],
  ['ether proto 0x0806', 'arp'],
  ['ether host 0a:58:0a:f4:01:02 and arp', 'arp'],
  ['broadcast', 'arp'],
  ['ether broadcast or udp', 'dns arp'],
  ['outbound', ''],
  ['vlan', ''],
])('%s', (expression, expected) => {
  expect(passing(expression)).toBe(expected);
});

test.each([
  ['and', 'syntax error'],
  ['port', 'syntax error'],
  ['tcp port 80 port 81', 'syntax error'],
  ['(tcp', 'syntax error'],
  ['tcp)', 'syntax error'],
  ['tcp and', 'syntax error'],
  ['tcp[13', 'syntax error'],
  ['tcp[13:3] = 1', 'data size must be 1, 2, or 4'],
  ['port nonsense', "unknown port 'nonsense'"],
  ['port 70000', 'illegal port number 70000 > 65535'],
  ['icmp port 80', "illegal qualifier of 'port'"],
  ['host nobody', "unknown host 'nobody'"],
  ['tcp host 10.0.0.1', "'tcp' modifier applied to host"],
  ['host 10.0.0.0/8', 'mask syntax for networks only'],
  ['net 10.0.0.1/24', 'non-network bits set in "10.0.0.1/24"'],
  ['net 10.0.0.0/33', 'mask length must be <= 32'],
  ['host 0a:58:0a:f4:01:02', 'ethernet address used in non-ether expression'],
])('%s is refused: %s', (expression, message) => {
  expect(() => compileFilter(expression, lookUp)).toThrow(new FilterError(message));
});

test('whatever is written, it is compiled or refused', () => {
  const random = new Random('filters');
  const words =
    'tcp udp port host net src dst and or not ( ) [ ] & | = != 80 10.0.0.1 10.0.0.0/8 len less 13 : - \\ __proto__ constructor'.split(
      ' ',
    );
  for (let run = 0; run < 3000; run++) {
    const length = 1 + Math.floor(random.float() * 8);
    const expression = Array.from({ length }, () => words[Math.floor(random.float() * words.length)]).join(' ');
    try {
      const test = compileFilter(expression, lookUp);
      for (const each of Object.values(FRAMES)) expect(typeof test(each)).toBe('boolean');
    } catch (error) {
      expect(error).toBeInstanceOf(FilterError);
    }
  }
});

test('checksums come out even', () => {
  const { payload } = FRAMES['data']!;
  expect(checksum(payload.subarray(0, 20))).toBe(0);
  const pseudo = 0x0af4 + 0x0102 + 0x0a60 + 0x000a + 6 + (payload.length - 20);
  expect(checksum(payload.subarray(20), pseudo)).toBe(0);
});
