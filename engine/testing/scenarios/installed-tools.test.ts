import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { PROXY_MODES, switchMode } from './proxy-mode.ts';
import { service, start, web } from './services-bed.ts';
import type { Testbed } from './testbed.ts';

// What the simulated tools write is taken by Debian's own, in a network namespace of a user's own. Where these are not
// installed, or namespaces are not allowed, the tests are skipped: `apt-get install iptables ipset nftables`.

const UNSHARE = '/usr/bin/unshare';

/** Runs a script as root of a new network namespace. */
function inNamespace(script: string, input = ''): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(UNSHARE, ['--map-root-user', '--net', 'sh', '-c', script], {
    input,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  });
  return { status, text: `${stdout ?? ''}${stderr ?? ''}` };
}

function works(probe: string): boolean {
  const { status, text } = inNamespace(probe);
  if (status !== 0)
    console.warn(`skipped: ${probe.split(' ')[0]} is not here, or may not run (${text.trim().slice(0, 200)})`);
  return status === 0;
}

const hasIptables = works('iptables-save && ipset list');
const hasNft = works('nft list ruleset');

const SERVICES = [
  service('  type: NodePort\n  sessionAffinity: ClientIP\n'),
  service('  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.0/24, 192.0.2.1/32]\n', 'balanced'),
  service('  type: LoadBalancer\n  externalTrafficPolicy: Local\n', 'near'),
  service('  internalTrafficPolicy: Local\n', 'inner'),
  service('', 'nobody').replace('app: web', 'app: nobody'),
];

function output(bed: Testbed, ...argv: readonly string[]): string {
  const { exitCode, stdout, stderr } = bed.run('node-1', ...argv);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

describe.skipIf(!hasIptables)('with the iptables that is installed', () => {
  test.each(PROXY_MODES)('what iptables-save writes in the mode %s is accepted by iptables-restore --test', (mode) => {
    const bed = start(web(3), ...SERVICES);
    if (mode !== 'iptables') switchMode(bed, mode);
    const rules = output(bed, 'iptables-save', '-c');
    const sets = output(bed, 'ipset', 'save');
    expect(rules).toContain('-A ');
    // Rules that ask sets are taken only where these are.
    const script = `ipset restore <<'SETS'\n${sets}SETS\niptables-restore --counters --test`;
    expect(inNamespace(script, rules)).toEqual({ status: 0, text: '' });
  });
});

describe.skipIf(!hasNft)('with the nft that is installed', () => {
  test('what nft lists is accepted by it, and listed in the same way', () => {
    const bed = start(web(3), ...SERVICES);
    switchMode(bed, 'nftables');
    const rules = output(bed, 'nft', 'list', 'ruleset');
    expect(inNamespace('nft -f - && nft list ruleset', rules)).toEqual({ status: 0, text: rules });
  });
});
