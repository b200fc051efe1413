import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { KUBECONFIGS } from '../bootstrap/bearers.ts';
import { commaSeparated } from '../component/component-program.ts';
import { kubeconfig } from '../machines/machine-files.ts';
import { issue } from './certificates.ts';
import { type Asked, type Command, KubeadmError, phaseError } from './command.ts';
import { CONFIG_FLAG } from './config-flag.ts';
import { addressOf } from './machine-address.ts';

const KUBERNETES = '/etc/kubernetes';
const CA = `${KUBERNETES}/pki/ca.crt`;
const YEAR_MS = 365 * 86_400_000;

/** For whom a kubeconfig is. */
interface Bearer {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly token?: string;
  readonly validityMs?: number;
}

/** A kubeconfig with a new certificate, by the cluster's CA on this machine. @throws KubeadmError where that is not there */
function* kubeconfigFor({ process, surroundings, endpoint }: Asked, bearer: Bearer): Task<string> {
  const { name, groups = [], token, validityMs = YEAR_MS } = bearer;
  // People ask wherever the cluster is; what runs here asks the API server here.
  const isLocal = endpoint === undefined || name.startsWith('system:');
  const server = `https://${isLocal ? `${addressOf(process)}:6443` : endpoint}`;
  const noCa = (file: string) =>
    new KubeadmError(`couldn't load CA certificate ${CA}: open ${file}: no such file or directory`);
  if (!process.access(CA, 'read')) throw noCa(CA);
  const ca = process.readText(CA);
  if (token !== undefined) return kubeconfig(server, name, { ca, shown: { token } });
  const subject = [...groups.map((group) => ['O', group] as const), ['CN', name] as const];
  const terms = { subject, usages: ['clientAuth'] as const, validityMs };
  const issued = yield* issue(process, surroundings.authority, 'ca', terms);
  if (issued === undefined) throw noCa(CA.replace(/crt$/, 'key'));
  const shown = { 'client-certificate-data': btoa(issued.certificate), 'client-key-data': btoa(issued.key) };
  return kubeconfig(server, name, { ca, shown });
}

function phase(name: string, short: string, bearer: (asked: Asked) => Bearer): Command {
  return {
    name,
    short,
    flags: CONFIG_FLAG,
    *run(asked) {
      const { process } = asked;
      const path = `${KUBERNETES}/${name}.conf`;
      if (process.access(path, 'exists')) {
        yield* print(process, `[kubeconfig] Using existing kubeconfig file: "${path}"\n`);
        return;
      }
      try {
        process.writeFile(path, yield* kubeconfigFor(asked, bearer(asked)), { mode: 0o600 });
      } catch (error) {
        throw error instanceof KubeadmError ? phaseError(`kubeconfig/${name}`, error.message) : error;
      }
      yield* print(process, `[kubeconfig] Writing "${name}.conf" kubeconfig file\n`);
    },
  };
}

/** As the file is made when the cluster begins. */
const asAtFirst = (name: string) => (): Bearer => {
  const [, user, ...groups] = KUBECONFIGS.find(([file]) => file === `${name}.conf`)!;
  return { name: user, groups };
};

function firstPhase(name: string, whose: string): Command {
  return phase(name, `Generate a kubeconfig file for the ${whose}`, asAtFirst(name));
}

/** The phases of `kubeconfig` in their order. */
export const KUBECONFIG_PHASES: readonly Command[] = [
  firstPhase('admin', 'admin to use and for kubeadm itself'),
  firstPhase('super-admin', 'super-admin'),
  phase(
    'kubelet',
    'Generate a kubeconfig file for the kubelet to use *only* for cluster bootstrapping purposes',
    (asked) => ({
      name: `system:node:${asked.process.hostname}`,
      groups: ['system:nodes'],
    }),
  ),
  firstPhase('controller-manager', 'controller manager to use'),
  firstPhase('scheduler', 'scheduler to use'),
];

/** https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-kubeconfig/ */
export const KUBECONFIG: Command = {
  name: 'kubeconfig',
  short: 'Kubeconfig file utilities',
  commands: [
    {
      name: 'user',
      short: 'Output a kubeconfig file for an additional user',
      long: `Output a kubeconfig file for an additional user, with a certificate that the cluster's CA signs on this machine.

What he may is for RBAC to say: "kubectl create rolebinding" and its kin.
`,
      flags: {
        ...CONFIG_FLAG,
        'client-name': {
          type: 'string',
          default: '',
          usage: 'The name of user. It will be the CN of the certificate.',
        },
        org: {
          type: 'string',
          default: '',
          usage: 'The organizations of the client certificate: the groups of the user.',
        },
        token: { type: 'string', default: '', usage: 'The token that is used instead of client certificates.' },
        'validity-period': {
          type: 'duration',
          default: YEAR_MS,
          usage: 'The validity period of the client certificate. It is an offset from the current time.',
        },
      },
      *run(asked) {
        const { process, flags } = asked;
        const name = flags.string('client-name');
        if (name === '') throw new KubeadmError('required flag(s) "client-name" not set');
        const groups = commaSeparated(flags.string('org'));
        const token = flags.string('token') || undefined;
        const bearer = { name, groups, validityMs: flags.number('validity-period'), ...(token && { token }) };
        yield* print(process, yield* kubeconfigFor(asked, bearer));
      },
    },
  ],
};
