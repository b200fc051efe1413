import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import { randomSuffix } from '../random-suffix.ts';
import type { Unstructured } from '../unstructured.ts';

export const createDeployment: Command = {
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  usage: 'create deployment NAME --image=image -- [COMMAND] [args...]',
  examples: ['kubectl create deployment web --image=nginx --replicas=3'],
  operand: 'none',
  requiredFlags: ['image'],
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'image', type: 'stringArray', help: 'An image to run; several make several containers' },
    { name: 'port', type: 'int', default: '-1', help: 'The port that the container exposes' },
    { name: 'replicas', short: 'r', type: 'int', default: '1', help: 'How many Pods' },
  ],
  *run(invocation) {
    const { flags, args, argsBeforeDash } = invocation;
    const name = oneName(invocation);
    const images = flags.list('image');
    const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
    if (images.length > 1 && command.length > 0) {
      throw new CommandError('cannot specify multiple --image options and command');
    }
    const labels = { app: name };
    const port = flags.int('port');
    const containers = images.map((image, index) => ({
      image,
      name: containerName(invocation, image),
      resources: {},
      ...(port >= 0 && index === 0 ? { ports: [{ containerPort: port }] } : {}),
      ...(command.length > 0 ? { command } : {}),
    }));
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { labels, name },
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: { metadata: { labels }, spec: { containers } },
      },
      status: {},
    };
    return yield* generate(invocation, deployment as unknown as Unstructured, 'failed to create deployment: ');
  },
};

/** `registry.example.com/team/web:1.2@sha…` runs in a container called `web`; a name that has to be changed gets a suffix. */
function containerName({ process }: Invocation, image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1).split(/[:@]/)[0]!;
  return /[._]/.test(name) ? `${name.replaceAll(/[._]/g, '-')}-${randomSuffix(process)}` : name;
}
