import { stringify } from 'yaml';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';
import { PRINT } from './config-defaults.ts';
import { CONFIG_FLAG, loadConfiguration } from './config-flag.ts';
import { readConfigurationFile } from './configuration.ts';
import { IMAGES } from './images.ts';

function* validate(asked: Asked): Task<void> {
  const file = yield* loadConfiguration(asked, { strict: true });
  if (file === undefined) throw new KubeadmError('the --config flag is mandatory');
  requireKnown(file.kinds);
  yield* print(asked.process, 'ok\n');
}

const KINDS = [
  'InitConfiguration',
  'ClusterConfiguration',
  'JoinConfiguration',
  'ResetConfiguration',
  'UpgradeConfiguration',
];

/** @throws KubeadmError for a file that is about nothing that kubeadm does */
function requireKnown(kinds: readonly string[]): void {
  if (kinds.some((kind) => KINDS.includes(kind))) return;
  throw new KubeadmError(`did not recognize GroupVersionKinds: [${kinds.join(' ')}]`);
}

/** Between these versions fields have come, and arguments of components become lists. */
function* migrate({ process, flags }: Asked): Task<void> {
  const [from, to] = [flags.string('old-config'), flags.string('new-config')];
  if (from === '') throw new KubeadmError('the --old-config flag is mandatory');
  const file = yield* readConfigurationFile(process, from, { allowDeprecated: true });
  requireKnown(file.kinds);
  const documents = file.kinds.map((kind) => {
    const values = file.of(kind)!;
    const isOurs = String(values['apiVersion']).startsWith('kubeadm.');
    const migrated = isOurs ? { ...(withLists(values) as object), apiVersion: 'kubeadm.k8s.io/v1beta4' } : values;
    return stringify(migrated, { indentSeq: false, sortMapEntries: true });
  });
  const text = documents.join('---\n');
  if (to === '') yield* print(process, text);
  else process.writeFile(to, text, { mode: 0o644 });
}

const ARGUMENTS = ['extraArgs', 'kubeletExtraArgs'];

function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withLists);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isOld = ARGUMENTS.includes(name) && typeof each === 'object' && each !== null && !Array.isArray(each);
      if (!isOld) return [name, withLists(each)];
      return [name, Object.entries(each).map(([flag, text]) => ({ name: flag, value: String(text) }))];
    }),
  );
}

export const CONFIG: Command = {
  name: 'config',
  short: 'Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster',
  long: `What 'kubeadm init' was told of a cluster is in the ConfigMap "kubeadm-config" in kube-system.
`,
  commands: [
    IMAGES,
    {
      name: 'migrate',
      short: 'Read an older version of the kubeadm configuration API types from a file, and output a newer one',
      flags: {
        'old-config': { type: 'string', default: '', usage: 'Path to the kubeadm config file of an old API version.' },
        'new-config': {
          type: 'string',
          default: '',
          usage: 'Path to the resulting file; standard output unless told.',
        },
      },
      run: migrate,
    },
    PRINT,
    {
      name: 'validate',
      short: 'Read a file containing the kubeadm configuration API and report any validation problems',
      flags: CONFIG_FLAG,
      run: validate,
    },
  ],
};
