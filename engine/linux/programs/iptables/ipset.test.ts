import { expect, test } from 'vitest';
import { Simulation } from '../../../sim/index.ts';
import { createFabric, createHost } from '../../index.ts';
import { text } from '../../kernel/test-machine.ts';
import { allPrograms } from '../all-programs.ts';
import { coreTree, packetFilterTree } from '../index.ts';

function machine() {
  const sim = new Simulation({ seed: 'ipset' });
  const host = createHost({
    sim,
    name: 'node',
    fabric: createFabric(sim),
    addresses: [{ interface: 'eth0', address: '10.0.0.1', prefixLength: 24 }],
    cpuMillis: 1000,
    memoryBytes: 2 ** 30,
    root: { ...coreTree(allPrograms), ...packetFilterTree(allPrograms) },
  });
  return (line: string) => {
    let output = '';
    let done = false;
    const sink = host.sink((data) => {
      output += text(data);
    });
    host.spawn({
      run: '/bin/sh',
      argv: ['sh', '-c', line],
      env: { PATH: '/bin:/sbin:/usr/bin:/usr/sbin' },
      files: { 1: sink, 2: sink },
      onExit: () => {
        done = true;
      },
    });
    sim.runUntil(() => done, 60_000);
    return output;
  };
}

test('sets are made, filled, listed, saved and restored', () => {
  const sh = machine();
  sh('ipset create pods hash:ip timeout 0; ipset add pods 10.244.1.2 timeout 0; ipset add pods 10.244.1.3');
  expect(sh('ipset save')).toBe(
    'create pods hash:ip family inet hashsize 1024 maxelem 65536 timeout 0\n' +
      'add pods 10.244.1.2 timeout 0\nadd pods 10.244.1.3 timeout 0\n',
  );
  expect(sh('iptables -A FORWARD -m set --match-set pods dst -j DROP; ipset list pods')).toMatch(
    /^Name: pods\nType: hash:ip\n[\s\S]*References: 1\nNumber of entries: 2\nMembers:\n10\.244\.1\.2 timeout 0\n/,
  );
  expect(sh('ipset destroy pods')).toContain('Set cannot be destroyed: it is in use by a kernel component\n');
  expect(sh('iptables -F; ipset save > /tmp/sets; ipset destroy; ipset restore < /tmp/sets; ipset list -n')).toBe(
    'pods\n',
  );
});

test('of networks the smallest that fits decides, so that exceptions can be made', () => {
  const sh = machine();
  sh(
    'ipset create nets hash:net; ipset add nets 10.0.0.0/8; ipset add nets 10.1.0.0/16 nomatch; ipset add nets 10.1.2.0/24',
  );
  const isIn = (address: string) => sh(`ipset test nets ${address}`).includes('is in set');
  expect(['10.9.9.9', '10.1.9.9', '10.1.2.9', '11.0.0.1'].map(isIn)).toEqual([true, false, true, false]);
});

test('ports have protocols; entries are forgotten when their time is over', () => {
  const sh = machine();
  sh('ipset create services hash:ip,port; ipset add services 10.96.0.1,443; ipset add services 10.96.0.10,udp:53');
  expect(sh('ipset save')).toContain('add services 10.96.0.1,tcp:443\nadd services 10.96.0.10,udp:53\n');
  sh('ipset create short hash:ip timeout 10; ipset add short 10.0.0.9 timeout 10; sleep 4');
  expect(sh('ipset save short')).toMatch(/add short 10\.0\.0\.9 timeout [56]\n/);
  expect(sh('sleep 7; ipset save short')).not.toContain('add');
});

test('what cannot be done is said in the words of ipset', () => {
  const sh = machine();
  sh('ipset create pods hash:ip; ipset add pods 10.244.1.2');
  expect(sh('ipset create pods hash:ip')).toBe(
    'ipset v7.17: Set cannot be created: set with the same name already exists\n',
  );
  expect(sh('ipset -exist create pods hash:ip; ipset -exist add pods 10.244.1.2')).toBe('');
  expect(sh('ipset add pods 10.244.1.2')).toContain("it's already added");
  expect(sh('ipset del pods 10.244.1.9')).toContain("it's not added");
  expect(sh('ipset list nope')).toContain('The set with the given name does not exist');
  expect(sh('ipset create x hash:mac')).toContain('unknown settype hash:mac');
  expect(sh('ipset add pods ten')).toContain('Syntax error');
  expect(sh("printf 'create a hash:ip\\nadd b 10.0.0.1\\n' | ipset restore")).toContain('Error in line 2: ');
});
