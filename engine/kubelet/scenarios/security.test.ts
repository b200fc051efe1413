import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

type SecurityContext = NonNullable<Pod['spec']['containers'][number]['securityContext']>;

/** What a command prints in a container with these settings. */
function output(command: string[], securityContext: SecurityContext, spec: Partial<Pod['spec']> = {}): string {
  const node = new NodeFixture();
  node.run('p', {
    restartPolicy: 'Never',
    ...spec,
    containers: [{ name: 'main', image: IMAGE, command, securityContext }],
  });
  node.until(() => node.pod('p').status?.containerStatuses?.[0]?.state?.terminated !== undefined, 10_000);
  return node.logs('p', 'main');
}

const STATUS = ['cat', '/proc/self/status'];

test.each<[string, SecurityContext, string]>([
  ['what asks for nothing', {}, 'CapEff:\t00000000a80425fb'],
  ['privileged', { privileged: true }, 'CapEff:\t000001ffffffffff'],
  [
    'all dropped, one added',
    { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    'CapEff:\t0000000000000400',
  ],
  ['another user', { runAsUser: 1000 }, 'CapEff:\t0000000000000000'],
  ['no escalation', { allowPrivilegeEscalation: false }, 'NoNewPrivs:\t1'],
  ['a profile', { seccompProfile: { type: 'RuntimeDefault' } }, 'Seccomp:\t2'],
])('%s', (_, securityContext, line) => {
  expect(output(STATUS, securityContext)).toContain(`${line}\n`);
});

test('groups of the image are merged unless the policy is Strict', () => {
  const securityContext = { supplementalGroups: [4000], fsGroup: 5000 };
  const merged = output(['whoami'], { runAsUser: 101 }, { securityContext });
  expect(merged).toMatch(/^101:102 102,4000,50,5000 /);
  const strict = output(
    ['whoami'],
    { runAsUser: 101 },
    { securityContext: { ...securityContext, supplementalGroupsPolicy: 'Strict' } },
  );
  expect(strict).toMatch(/^101:102 102,4000,5000 /);
});

test('a capability that the kernel does not know', () => {
  const node = new NodeFixture();
  node.run('p', { containers: [{ name: 'main', image: IMAGE, securityContext: { capabilities: { add: ['FLY'] } } }] });
  node.until(() => node.events('p').some((event) => event.startsWith('Failed')), 5000);
  expect(node.pod('p').status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'CreateContainerError',
    message: 'failed to generate container spec: unknown capability "CAP_FLY"',
  });
});

test('root in a Pod with its own user namespace is nobody on the node', () => {
  const node = new NodeFixture();
  node.run('p', { hostUsers: false, containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('p');
  expect(node.execute('p', 'main', ['cat', '/proc/self/uid_map'])).toMatch(/^\s*0\s+65536\s+65536\n$/);
});

test('safe sysctls are set, others are refused', () => {
  const name = 'net.ipv4.ip_unprivileged_port_start';
  const sysctls = [{ name, value: '0' }];
  expect(output(['cat', '/proc/sys/net/ipv4/ip_unprivileged_port_start'], {}, { securityContext: { sysctls } })).toBe(
    '0\n',
  );
  const node = new NodeFixture();
  node.run('p', {
    securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
    containers: [{ name: 'main', image: IMAGE }],
  });
  expect(node.untilPhase('p', 'Failed').status).toMatchObject({
    reason: 'SysctlForbidden',
    message: 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
  });
});

test('a profile that is not on the node keeps a container from being created', () => {
  const node = new NodeFixture();
  const seccompProfile = { type: 'Localhost' as const, localhostProfile: 'profiles/audit.json' };
  node.run('p', { securityContext: { seccompProfile }, containers: [{ name: 'main', image: IMAGE }] });
  const waiting = () => node.pod('p').status?.containerStatuses?.[0]?.state?.waiting;
  node.until(() => waiting()?.reason === 'CreateContainerError', 10_000);
  const path = '/var/lib/kubelet/seccomp/profiles/audit.json';
  expect(waiting()?.message).toBe(
    `failed to create containerd container: cannot load seccomp profile "${path}": open ${path}: no such file or directory`,
  );
});

test('a Pod has a name, a domain and a resolv.conf', () => {
  const files = ['/etc/hosts', '/etc/resolv.conf', '/proc/sys/kernel/hostname'];
  const text = output(
    ['cat', ...files],
    {},
    {
      hostname: 'db-0',
      subdomain: 'db',
      setHostnameAsFQDN: true,
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['foo', 'bar'] }],
      dnsConfig: {
        nameservers: ['1.1.1.1'],
        searches: ['example.com'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      },
    },
  );
  expect(text).toContain(
    '10.244.1.2\tdb-0.db.default.svc.cluster.local\tdb-0\n\n# Entries added by HostAliases.\n10.1.2.3\tfoo\tbar\n',
  );
  expect(text).toContain(
    'search default.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
  );
  expect(text.endsWith('db-0.db.default.svc.cluster.local\n')).toBe(true);
});

test('too many name servers', () => {
  const node = new NodeFixture();
  node.run('p', {
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3'] },
    containers: [{ name: 'main', image: IMAGE, command: ['cat', '/etc/resolv.conf'] }],
    restartPolicy: 'Never',
  });
  node.untilPhase('p', 'Succeeded');
  expect(node.logs('p', 'main')).toBe('nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\n');
});

test('a domain name that is too long for the kernel keeps the Pod from starting', () => {
  const node = new NodeFixture();
  node.run('p', {
    hostname: 'a'.repeat(40),
    subdomain: 'db',
    setHostnameAsFQDN: true,
    containers: [{ name: 'main', image: IMAGE }],
  });
  node.sim.runFor(1000);
  expect(node.events('p')[0]).toMatch(
    /^FailedCreatePodSandBox: Failed to create pod sandbox: failed to construct FQDN .* is too long \(64 characters is the max, 69 characters requested\)$/,
  );
});
