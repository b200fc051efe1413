import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

const RESTRICTORS: readonly string[] = ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone'];

/** For plugins and charts, which are not there: a kustomization that names one is refused. */
const UNUSED_FLAGS: readonly FlagSpec[] = [
  ...['as-current-user', 'enable-alpha-plugins', 'enable-helm', 'helm-debug', 'network'].map(
    (name): FlagSpec => ({ name, type: 'bool', help: 'Not of use here', hidden: true }),
  ),
  { name: 'env', short: 'e', type: 'stringArray', help: 'Not of use here', hidden: true },
  { name: 'mount', type: 'stringArray', help: 'Not of use here', hidden: true },
  { name: 'helm-api-versions', type: 'stringArray', help: 'Not of use here', hidden: true },
  { name: 'helm-command', type: 'string', default: 'helm', help: 'Not of use here', hidden: true },
  { name: 'helm-kube-version', type: 'string', help: 'Not of use here', hidden: true },
  { name: 'network-name', type: 'string', default: 'bridge', help: 'Not of use here', hidden: true },
];

export const kustomize: Command = {
  name: 'kustomize',
  summary: 'Build a kustomization target from a directory or URL',
  section: 'Advanced Commands',
  usage: 'kustomize DIR [flags]',
  examples: ['kubectl kustomize overlays/dev', 'kubectl apply -k overlays/dev'],
  operand: 'none',
  flags: [
    { name: 'output', short: 'o', type: 'string', help: 'Write to this file instead of standard output' },
    {
      name: 'load-restrictor',
      type: 'string',
      default: RESTRICTORS[0],
      help: 'Whether files may lie outside of the directory',
      values: RESTRICTORS,
    },
    ...UNUSED_FLAGS,
  ],
  *run({ args, flags, process, streams }) {
    const restrictor = flags.string('load-restrictor');
    if (!RESTRICTORS.includes(restrictor)) {
      const legal = RESTRICTORS.join(' ');
      throw new CommandError(`illegal flag value --load-restrictor ${restrictor}; legal values: [${legal}]`);
    }
    if (args.length > 1) throw new CommandError('specify one path to kustomization.yaml');
    const objects = buildKustomization(process, args[0] ?? '.', (line) => streams.err(line));
    const text = objects.map((object) => writeYaml(object)).join('---\n');
    const file = flags.string('output');
    if (file === '') streams.out(text);
    else process.writeFile(file, text);
    return 0;
  },
};
