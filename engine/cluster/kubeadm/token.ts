import { stringify } from 'yaml';
import { alignTabs } from '../../kubectl/output/tabwriter.ts';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { JOINING } from '../bootstrap/kubeadm.ts';
import { commaSeparated } from '../component/component-program.ts';
import { clientOf, configPath, loadConfig } from './api.ts';
import {
  type BootstrapToken,
  createToken,
  deleteToken,
  generateToken,
  listTokens,
  readTokenText,
  timeText,
  tokenText,
} from './bootstrap-token.ts';
import { pinOf } from './ca-pin.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';
import { shortDuration } from './short-duration.ts';
import { KUBEADM_TABLE } from './table.ts';
import { readCertificateKey } from './upload-certs.ts';

const DAY_MS = 86_400_000;
const USAGES = ['signing', 'authentication'];
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const CA = '/etc/kubernetes/pki/ca.crt';

const CREATE: Command = {
  name: 'create',
  operands: '[token]',
  short: 'Create bootstrap tokens on the server',
  long: `This command will create a bootstrap token for you: a Secret in kube-system by which a machine can join.

The [token] is of the form "[a-z0-9]{6}.[a-z0-9]{16}"; without one, kubeadm makes one up.
`,
  maxArgs: 1,
  flags: {
    'print-join-command': {
      type: 'bool',
      default: false,
      usage: "Instead of printing only the token, print the full 'kubeadm join' command that uses it.",
    },
    ttl: {
      type: 'duration',
      default: DAY_MS,
      usage: 'How long until the token is deleted (e.g. 1s, 2m, 3h). With 0 it never expires.',
    },
    description: { type: 'string', default: '', usage: 'What the token is for, in human words.' },
    usages: {
      type: 'string',
      default: USAGES.join(','),
      usage: `What the token can be used for: [${USAGES.join(',')}]`,
    },
    groups: { type: 'string', default: JOINING, usage: 'Which groups whoever shows the token belongs to.' },
    'certificate-key': { type: 'string', default: '', usage: 'Print the command for joining as a control plane.' },
  },
  run: create,
};

function* create(asked: Asked): Task<void> {
  const { process, flags, args } = asked;
  const certificateKey = flags.string('certificate-key');
  if (certificateKey !== '' && !flags.bool('print-join-command'))
    throw new KubeadmError('cannot use --certificate-key without --print-join-command');
  if (certificateKey !== '') readCertificateKey(certificateKey);
  const given = args[0] === undefined ? undefined : readTokenText(args[0]);
  const usages = commaSeparated(flags.string('usages'));
  const groups = commaSeparated(flags.string('groups'));
  check(usages, groups);
  const client = clientOf(asked);
  const ttlMs = flags.number('ttl');
  const token: BootstrapToken = {
    ...(given ?? (yield* generateToken(process))),
    description: flags.string('description'),
    expiresMs: ttlMs === 0 ? undefined : process.now() + ttlMs,
    usages,
    groups,
  };
  yield* createToken(process, client, token);
  yield* print(process, `${flags.bool('print-join-command') ? joinCommand(asked, token) : tokenText(token)}\n`);
}

function check(usages: readonly string[], groups: readonly string[]): void {
  const usage = usages.find((each) => !USAGES.includes(each));
  if (usage !== undefined) {
    throw new KubeadmError(
      `bootstrapTokens.0.usages: Invalid value: ${JSON.stringify(usages)}: invalid bootstrap token usage string: ${usage}, valid usage options: ${USAGES.join(',')}`,
    );
  }
  const group = groups.find((each) => !GROUP.test(each));
  if (group === undefined) return;
  throw new KubeadmError(
    `bootstrapTokens.0.groups: Invalid value: ${JSON.stringify(groups)}: bootstrap group ${JSON.stringify(group)} is invalid (must match \\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\z)`,
  );
}

/** The real one takes the CA's certificate out of the kubeconfig, where those of this cluster have none. */
function joinCommand(asked: Asked, token: BootstrapToken): string {
  const { server, authority = asked.process.readText(CA) } = loadConfig(asked.process, configPath(asked));
  const endpoint = server.replace(/^https:\/\//, '');
  const key = asked.flags.string('certificate-key');
  const controlPlane = key === '' ? '' : `--control-plane --certificate-key ${key}`;
  return `kubeadm join ${endpoint} --token ${tokenText(token)} --discovery-token-ca-cert-hash ${pinOf(authority)} ${controlPlane}`;
}

const LIST: Command = {
  name: 'list',
  short: 'List bootstrap tokens on the server',
  long: 'This command will list all bootstrap tokens for you.\n',
  flags: { output: { type: 'string', default: 'text', short: 'o', usage: 'Output format. One of: text|json|yaml.' } },
  *run(asked) {
    const { process, flags } = asked;
    const format = flags.string('output');
    if (!['text', 'json', 'yaml'].includes(format)) throw new KubeadmError(`unsupported output format: ${format}`);
    const tokens = yield* listTokens(process, clientOf(asked));
    if (tokens.length > 0)
      yield* print(process, format === 'text' ? table(tokens, process.now()) : documents(tokens, format));
  },
};

function table(tokens: readonly BootstrapToken[], nowMs: number): string {
  const rows = tokens.map((token) => {
    const { description, expiresMs, usages, groups } = token;
    const ttl = expiresMs === undefined ? '<forever>' : shortDuration(expiresMs - nowMs);
    const expires = expiresMs === undefined ? '<never>' : timeText(expiresMs);
    const orNone = (text: string) => (text === '' ? '<none>' : text);
    return [tokenText(token), ttl, expires, orNone(usages.join(',')), orNone(description), orNone(groups.join(','))];
  });
  const head = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'];
  return alignTabs([head, ...rows].map((row) => `${row.join('\t')}\n`).join(''), KUBEADM_TABLE);
}

function documents(tokens: readonly BootstrapToken[], format: string): string {
  const objects = tokens.map((token) => ({
    apiVersion: 'output.kubeadm.k8s.io/v1alpha3',
    ...(token.description === '' ? {} : { description: token.description }),
    ...(token.expiresMs === undefined ? {} : { expires: timeText(token.expiresMs) }),
    groups: token.groups,
    kind: 'BootstrapToken',
    token: tokenText(token),
    usages: token.usages,
  }));
  if (format === 'json') return objects.map((object) => `${JSON.stringify(object, undefined, 4)}\n`).join('');
  return objects.map((object) => stringify(object, { indentSeq: false })).join('---\n');
}

export const TOKEN: Command = {
  name: 'token',
  short: 'Manage bootstrap tokens',
  long: `This command manages bootstrap tokens: by one a machine knows the cluster that it joins, and the cluster lets it in.

A bootstrap token is of the form "[a-z0-9]{6}.[a-z0-9]{16}". Its first part is its public name, the second must be kept
secret. It is a Secret of type "bootstrap.kubernetes.io/token" in kube-system, named "bootstrap-token-(token-id)".

You can read more about bootstrap tokens here:
  https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
`,
  commands: [
    CREATE,
    {
      name: 'delete',
      operands: '[token-value] ...',
      short: 'Delete bootstrap tokens on the server',
      long: 'This command deletes tokens, given whole or by their names: the six characters before the dot.\n',
      maxArgs: Number.POSITIVE_INFINITY,
      *run(asked) {
        const { process, args } = asked;
        if (args.length === 0)
          throw new KubeadmError('missing argument; \'token delete\' is missing token of form "\\\\A[a-z0-9]{6}\\\\z"');
        const client = clientOf(asked);
        for (const text of args) {
          const id = yield* deleteToken(process, client, text);
          yield* print(process, `bootstrap token ${JSON.stringify(id)} deleted\n`);
        }
      },
    },
    {
      name: 'generate',
      short: 'Generate and print a bootstrap token, but do not create it on the server',
      *run({ process }) {
        yield* print(process, `${tokenText(yield* generateToken(process))}\n`);
      },
    },
    LIST,
  ],
};
