import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { buildKustomization } from '../kustomize/build.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

export const kustomize: Command = {
  name: 'kustomize',
  summary: 'Build a kustomization target from a directory or URL',
  section: 'Advanced Commands',
  usage: 'kustomize DIR [flags]',
  examples: ['kubectl kustomize overlays/dev', 'kubectl apply -k overlays/dev'],
  operand: 'none',
  flags: [{ name: 'output', short: 'o', type: 'string', help: 'Write to this file instead of standard output' }],
  *run({ args, flags, process, streams }) {
    if (args.length > 1) throw new CommandError('specify one path to kustomization.yaml');
    const objects = buildKustomization(process, args[0] ?? '.', (line) => streams.err(line));
    const text = objects.map((object) => writeYaml(object)).join('---\n');
    const file = flags.string('output');
    if (file === '') streams.out(text);
    else process.writeFile(file, text);
    return 0;
  },
};
