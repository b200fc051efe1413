import { alignTabs } from '../../kubectl/output/tabwriter.ts';
import { formatDate } from '../../linux/date-format.ts';
import { hexOf } from '../../linux/hash.ts';
import { print } from '../../linux/stdio.ts';
import { randomBytes } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { AUTHORITIES, certificateIn, MANAGED, type Managed, renew } from './certificates.ts';
import { readClusterConfiguration } from './cluster-configuration.ts';
import type { Asked, Command } from './command.ts';
import { shortDuration } from './short-duration.ts';
import { KUBEADM_TABLE } from './table.ts';

const KEY_LENGTH = 32;

const CHECK_EXPIRATION: Command = {
  name: 'check-expiration',
  short: 'Check certificates expiration for a Kubernetes cluster',
  long: 'Checks expiration for the certificates in the local PKI managed by kubeadm.\n',
  *run(asked) {
    const { process } = asked;
    yield* readClusterConfiguration(asked, 'check-expiration');
    yield* print(process, '\n');
    const rows = MANAGED.map(({ name, path, authority }) => row(asked, name, path, [authority]));
    const roots = AUTHORITIES.map(([name, path]) => row(asked, name, path, []));
    const lines = [
      ['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED'],
      ...rows,
      [],
      ['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED'],
      ...roots,
    ];
    yield* print(process, alignTabs(lines.map((line) => `${line.join('\t')}\n`).join(''), KUBEADM_TABLE));
  },
};

function row({ process }: Asked, name: string, path: string, more: readonly string[]): readonly string[] {
  const certificate = certificateIn(process, path);
  if (certificate === undefined) return [`!MISSING! ${name}`, '', '', ...more.map(() => ''), ''];
  const { notAfterMs } = certificate;
  const left = shortDuration(notAfterMs - process.now());
  return [name, formatDate('%b %d, %Y %H:%M UTC', notAfterMs), left, ...more, 'no      '];
}

function* renewOne({ process, surroundings }: Asked, managed: Managed): Task<void> {
  const { longName, path, authority } = managed;
  const old = certificateIn(process, path);
  if (old === undefined) yield* print(process, `MISSING! ${longName}\n`);
  else if (yield* renew(process, surroundings.authority, managed, old)) yield* print(process, `${longName} renewed\n`);
  else yield* print(process, `Detected external ${authority}, ${longName} can't be renewed\n`);
}

const RENEW: Command = {
  name: 'renew',
  short: 'Renew certificates for a Kubernetes cluster',
  long: `Renews certificates, whether they are about to expire or not, with the CA's key on this machine. What they say stays.

The components of the control plane have to be restarted afterwards: they go on with what they have read.
`,
  commands: [
    ...MANAGED.map(
      (managed): Command => ({
        name: managed.name,
        short: `Renew the ${managed.longName}`,
        *run(asked) {
          yield* readClusterConfiguration(asked, 'renew');
          yield* print(asked.process, '\n');
          yield* renewOne(asked, managed);
        },
      }),
    ),
    {
      name: 'all',
      short: 'Renew all available certificates',
      *run(asked) {
        yield* readClusterConfiguration(asked, 'renew');
        yield* print(asked.process, '\n');
        for (const managed of MANAGED) yield* renewOne(asked, managed);
        yield* print(
          asked.process,
          '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n',
        );
      },
    },
  ],
};

export const CERTS: Command = {
  name: 'certs',
  short: 'Commands related to handling Kubernetes certificates',
  commands: [
    {
      name: 'certificate-key',
      short: 'Generate certificate keys',
      *run({ process }) {
        yield* print(process, `${hexOf(yield* randomBytes(process, KEY_LENGTH))}\n`);
      },
    },
    CHECK_EXPIRATION,
    {
      name: 'generate-csr',
      short: 'Generate keys and certificate signing requests',
      missing: 'an external certificate authority',
    },
    RENEW,
  ],
};
