import { describe, expect, test } from 'vitest';
import type { Service } from '../../api/kinds.ts';
import { PROXY_MODES, switchMode, type TestedMode } from './proxy-mode.ts';
import { answers, ask, clusterIp, names, service, start, web } from './services-bed.ts';
import type { Testbed } from './testbed.ts';

// The same Services in every mode of kube-proxy: https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes
// Each test begins in the mode iptables, as the cluster does, and switches while the Services are there.

const NODES = { 'control-plane': '10.0.0.10', 'node-1': '10.0.0.11', 'node-2': '10.0.0.12' } as const;

/** curl from the workstation. */
function curl(bed: Testbed, where: string): { readonly exitCode: number; readonly text: string } {
  const { exitCode, stdout } = bed.sh(`curl -s -m 3 ${where}`);
  return { exitCode, text: stdout.trim() };
}

function bedIn(mode: TestedMode, ...manifests: readonly string[]): Testbed {
  const bed = start(...manifests);
  if (mode !== 'iptables') switchMode(bed, mode);
  return bed;
}

const REFUSED = 7;
const TIMED_OUT = 28;

/** What comes of having no endpoint on the node: ipvs knows of no difference to having none at all. */
const NOBODY_HERE: Readonly<Record<TestedMode, number>> = {
  iptables: TIMED_OUT,
  nftables: TIMED_OUT,
  ipvs: REFUSED,
  userspace: 0,
};

/** What a client is told where there is no endpoint: a proxy has taken the connection already, and hangs up. */
const NOBODY: Readonly<Partial<Record<TestedMode, string>>> = { userspace: 'error getting response' };

describe.each(PROXY_MODES)('in the mode %s', (mode) => {
  const historic = mode === 'userspace';

  test('every address of a Service leads to its endpoints, from everywhere', () => {
    const bed = bedIn(
      mode,
      web(3),
      service('  type: NodePort\n'),
      service('  type: LoadBalancer\n', 'balanced'),
      service('  type: LoadBalancer\n  loadBalancerSourceRanges: [192.0.2.0/24]\n', 'closed'),
      service('  type: LoadBalancer\n  loadBalancerSourceRanges: [10.0.0.2/32]\n', 'open'),
      service('', 'several').replace('ports: [{', 'ports: [{name: second, port: 8080, targetPort: 80}, {name: first, '),
      service('', 'nobody').replace('app: web', 'app: nobody'),
    );
    expect(names(bed)).toContain(ask(bed, `http://${clusterIp(bed)}`));
    const port = bed.get<Service>('service', 'web').spec.ports![0]!.nodePort!;
    for (const [node, address] of Object.entries(NODES)) {
      expect(names(bed)).toContain(bed.run(node, 'curl', '-s', '-m', '3', clusterIp(bed)).stdout.trim());
      expect(names(bed)).toContain(curl(bed, `${address}:${port}`).text);
    }
    for (const at of ['', ':8080']) expect(names(bed)).toContain(ask(bed, `http://${clusterIp(bed, 'several')}${at}`));
    const balanced = (name: string) => bed.get<Service>('service', name).status!.loadBalancer!.ingress![0]!.ip!;
    expect(names(bed)).toContain(curl(bed, balanced('balanced')).text);
    expect(names(bed)).toContain(ask(bed, `http://${balanced('balanced')}`));
    expect(names(bed)).toContain(curl(bed, balanced('open')).text);
    expect(curl(bed, balanced('closed')).exitCode).toBe(historic ? 0 : TIMED_OUT);
    expect(ask(bed, `http://${clusterIp(bed, 'nobody')}`)).toContain(NOBODY[mode] ?? 'Connection refused');
    expect(ask(bed, 'http://web.default.svc.cluster.local')).toMatch(/^web-/);
  });

  test('an endpoint reaches itself, and connections spread over all endpoints', () => {
    const bed = bedIn(mode, web(3), service(''));
    const [own = ''] = names(bed);
    const loop = `for i in $(seq 12); do curl -s -m 3 ${clusterIp(bed)}; done`;
    expect(bed.kubectlAnyway('exec', own, '--', 'sh', '-c', loop).stdout).toContain(own);
    const found = answers(bed, `http://${clusterIp(bed)}`, 60);
    expect([...found.keys()].sort()).toEqual(names(bed));
  });

  test('a client with affinity always meets the same endpoint, until it has been away', () => {
    const affinity = '  sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}\n';
    const bed = bedIn(mode, web(3), service(affinity));
    const url = `http://${clusterIp(bed)}`;
    expect(answers(bed, url, 30).size).toBe(1);
    const later = new Set<string>();
    for (let round = 0; round < 12; round++) {
      bed.pass(190);
      later.add(ask(bed, url));
    }
    expect(later.size).toBeGreaterThan(1);
  });

  test('the policy Local keeps to endpoints of the node, and the client keeps its address', () => {
    const bed = bedIn(
      mode,
      web(1),
      service('  type: NodePort\n  externalTrafficPolicy: Local\n'),
      service('  internalTrafficPolicy: Local\n', 'inner'),
    );
    const [pod = ''] = names(bed);
    const here = bed.nodeOf(pod) === 'node-1' ? 'node-1' : 'node-2';
    const elsewhere = here === 'node-1' ? 'node-2' : 'node-1';
    const port = bed.get<Service>('service', 'web').spec.ports![0]!.nodePort!;
    expect(curl(bed, `${NODES[here]}:${port}`).text).toBe(pod);
    // Whoever makes the connection anew is the client that the server sees.
    expect(/^10\.0\.0\.2 /m.test(bed.kubectl('logs', pod))).toBe(!historic);
    expect(curl(bed, `${NODES[elsewhere]}:${port}`).exitCode).toBe(NOBODY_HERE[mode]);
    const inner = clusterIp(bed, 'inner');
    expect(bed.run(here, 'curl', '-s', '-m', '3', inner).stdout.trim()).toBe(pod);
    expect(bed.run(elsewhere, 'curl', '-s', '-m', '3', inner).exitCode).toBe(NOBODY_HERE[mode]);
  });

  test('an endpoint that is about to end serves while there is no other, and then nobody does', () => {
    const wait = '        lifecycle: {preStop: {exec: {command: [sleep, "20"]}}}\n';
    const bed = bedIn(
      mode,
      web(1, wait).replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 40'),
      service(''),
    );
    const [pod = ''] = names(bed);
    const url = `http://${clusterIp(bed)}`;
    bed.kubectl('scale', 'deployment/web', '--replicas=0');
    bed.pass(5);
    expect(ask(bed, url)).toBe(pod);
    bed.until('the Pod has gone', () => names(bed).length === 0);
    bed.pass(3);
    expect(ask(bed, url)).toContain(NOBODY[mode] ?? 'Connection refused');
  });

  test('ten thousand connections are shared as the rules say', () => {
    const bed = bedIn(mode, web(4), service(''));
    const ip = clusterIp(bed);
    const counts = new Map<string, number>();
    for (let round = 0; round < 4; round++) {
      bed.run('node-1', 'bash', '-c', `conntrack -F; for i in $(seq 2500); do nc -z ${ip} 80; done`);
      const { stdout } = bed.run('node-1', 'conntrack', '-L', '-p', 'tcp');
      for (const [, endpoint = ''] of stdout.matchAll(/ src=(10\.244\.\d+\.\d+) dst=\S+ sport=80 /g)) {
        counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1);
      }
    }
    const found = [...counts.values()];
    expect(found).toHaveLength(4);
    expect(found.reduce((sum, count) => sum + count)).toBeGreaterThan(9_900);
    // 2500 each; by lot the standard deviation is 43, of which five are allowed; in turn none is off by more than a few.
    for (const count of found) expect(Math.abs(count - 2500)).toBeLessThan(5 * 43);
  });
});
