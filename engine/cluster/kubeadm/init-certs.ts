import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { CLIENTS } from '../bootstrap/bearers.ts';
import { commaSeparated } from '../component/component-program.ts';
import { serverNames } from '../pki/cluster-pki.ts';
import { AUTHORITIES, type CertificateTerms, issue, MANAGED, type Managed, writePair } from './certificates.ts';
import { type Asked, type Command, phaseError } from './command.ts';
import { CONFIG_FLAG, loadConfiguration } from './config-flag.ts';
import { textsAt } from './configuration.ts';
import { addressOf } from './machine-address.ts';

const PKI = '/etc/kubernetes/pki';
const ADDRESS = /^[\d.]+$|:/;

interface Names {
  readonly host: string;
  readonly address: string;
  /** Further names and addresses of the API server. */
  readonly more: readonly string[];
}

/** What a certificate says that kubeadm makes for a file. https://kubernetes.io/docs/setup/best-practices/certificates/ */
function termsOf(file: string, names: Names): CertificateTerms {
  if (file === 'apiserver') return apiServer(names);
  const client = CLIENTS.find(([each]) => each === file);
  if (client === undefined) return etcdServer(names);
  const [, user, ...groups] = client;
  return { subject: [...groups.map((group) => ['O', group] as const), ['CN', user]], usages: ['clientAuth'] };
}

function apiServer({ host, address, more }: Names): CertificateTerms {
  const { dnsNames, addresses } = serverNames(host, address);
  return {
    subject: [['CN', 'kube-apiserver']],
    dnsNames: [...dnsNames, ...more.filter((name) => !ADDRESS.test(name))],
    addresses: [...addresses, ...more.filter((name) => ADDRESS.test(name))],
    usages: ['serverAuth'],
  };
}

function etcdServer({ host, address }: Names): CertificateTerms {
  return {
    subject: [['CN', host]],
    dnsNames: [host, 'localhost'],
    addresses: [address, '127.0.0.1', '::1'],
    usages: ['serverAuth', 'clientAuth'],
  };
}

/** Makes a certificate, unless there is one with its key. */
function* ensure(asked: Asked, managed: Managed): Task<void> {
  const { process, surroundings, flags } = asked;
  const { path, authority } = managed;
  // Its files have the folder where its name has a dash.
  const base = path.slice(PKI.length + 1, -'.crt'.length);
  if (isThere(process, path, path.replace(/crt$/, 'key'))) {
    yield* print(process, `[certs] Using existing ${base} certificate and key on disk\n`);
    return;
  }
  const configuration = yield* loadConfiguration(asked);
  const given = flags.has('apiserver-cert-extra-sans') ? commaSeparated(flags.string('apiserver-cert-extra-sans')) : [];
  const endpoint = asked.endpoint === undefined ? [] : [asked.endpoint.replace(/:\d+$/, '')];
  const more = [...endpoint, ...textsAt(configuration?.of('ClusterConfiguration'), 'apiServer.certSANs'), ...given];
  const terms = termsOf(base, { host: process.hostname, address: addressOf(process), more });
  const issued = yield* issue(process, surroundings.authority, authority, terms);
  if (issued === undefined) {
    const [, ca = ''] = AUTHORITIES.find(([each]) => each === authority) ?? [];
    throw phaseError(
      `certs/${base.replace('/', '-')}`,
      `failed to load CA certificate ${ca.slice(PKI.length + 1, -'.crt'.length)}: couldn't load key file ${ca.replace(/crt$/, 'key')}: open ${ca.replace(/crt$/, 'key')}: no such file or directory`,
    );
  }
  writePair(process, path, issued);
  yield* print(process, `[certs] Generating ${JSON.stringify(base)} certificate and key\n`);
  const { dnsNames, addresses = [] } = terms;
  if (dnsNames === undefined) return;
  yield* print(
    process,
    `[certs] ${base} serving cert is signed for DNS names [${dnsNames.join(' ')}] and IPs [${addresses.join(' ')}]\n`,
  );
}

function isThere(process: Process, ...paths: readonly string[]): boolean {
  return paths.every((path) => process.access(path, 'exists'));
}

/** An authority, or the key of service accounts: where it is gone, another cluster's would take its place. */
function keeper(name: string, short: string, said: string, ...files: readonly string[]): Command {
  return {
    name,
    short,
    flags: CONFIG_FLAG,
    *run({ process }) {
      const [missing] = files.filter((file) => !isThere(process, `${PKI}/${file}`));
      if (missing !== undefined) {
        const why = 'a new one would belong to another cluster, which is not simulated here';
        throw phaseError(`certs/${name}`, `couldn't load ${PKI}/${missing}: no such file or directory; ${why}`);
      }
      yield* print(process, `[certs] Using ${said}\n`);
    },
  };
}

const SANS = {
  'apiserver-cert-extra-sans': {
    type: 'string',
    default: '',
    usage: 'Optional extra Subject Alternative Names (SANs) to use for the API Server serving certificate.',
  },
} as const;

/** The phases of `certs` in their order. */
export const CERTS_PHASES: readonly Command[] = [
  keeper(
    'ca',
    'Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components',
    'existing ca certificate authority',
    'ca.crt',
  ),
  ...phasesOf('apiserver', 'apiserver-kubelet-client'),
  keeper(
    'front-proxy-ca',
    'Generate the self-signed CA to provision identities for front proxy',
    'existing front-proxy-ca certificate authority',
    'front-proxy-ca.crt',
  ),
  ...phasesOf('front-proxy-client'),
  keeper(
    'etcd-ca',
    'Generate the self-signed CA to provision identities for etcd',
    'existing etcd/ca certificate authority',
    'etcd/ca.crt',
  ),
  ...phasesOf('etcd-server', 'etcd-peer', 'etcd-healthcheck-client', 'apiserver-etcd-client'),
  keeper(
    'sa',
    'Generate a private key for signing service account tokens along with its public key',
    'the existing "sa" key',
    'sa.key',
    'sa.pub',
  ),
];

function phasesOf(...names: readonly string[]): readonly Command[] {
  return names.map((name) => {
    const managed = MANAGED.find((each) => each.name === name)!;
    return {
      name,
      short: `Generate the ${managed.longName}`,
      flags: { ...CONFIG_FLAG, ...(name === 'apiserver' ? SANS : {}) },
      run: (asked) => ensure(asked, managed),
    };
  });
}
