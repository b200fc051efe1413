import type { CronJob } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import { parseResourceArgs } from '../resource-args.ts';
import type { Unstructured } from '../unstructured.ts';

export const createJob: Command = {
  name: 'job',
  summary: 'Create a job with the specified name',
  usage: 'create job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  examples: ['kubectl create job once --image=busybox -- date', 'kubectl create job now --from=cronjob/report'],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'image', type: 'string', help: 'The image to run' },
    { name: 'from', type: 'string', help: 'Where to copy the job from: cronjob/NAME' },
  ],
  *run(invocation) {
    const { flags, args, argsBeforeDash } = invocation;
    const name = oneName(invocation);
    const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
    const [image, from] = [flags.string('image'), flags.string('from')];
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified');
    if (from !== '' && command.length > 0) throw new CommandError('cannot specify --from and command');
    return yield* generate(
      invocation,
      from === '' ? jobOf(name, image, command) : jobFrom(invocation, name, from),
      'failed to create job: ',
    );
  },
};

function jobOf(name: string, image: string, command: readonly string[]): Unstructured {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { template: jobTemplate(name, image, command, 'Never') },
    status: {},
  };
  return job as unknown as Unstructured;
}

/** The Pods that `create job` and `create cronjob` ask for. */
export function jobTemplate(name: string, image: string, command: readonly string[], restartPolicy: string) {
  const container = { ...(command.length === 0 ? {} : { command }), image, name, resources: {} };
  return { metadata: {}, spec: { containers: [container], restartPolicy } };
}

/** A Job as the cron job controller would make it, marked as made by hand. */
function jobFrom(invocation: Invocation, name: string, from: string): Unstructured {
  const [request] = parseResourceArgs(invocation.discovery, from.includes('/') ? [from] : ['cronjob', from]);
  const { resource, names } = request!;
  const source = invocation.get(resource, names![0]!, resource.namespaced ? invocation.namespace : undefined);
  if (resource.kind !== 'CronJob') throw new CommandError(`unknown object type *${resource.version}.${resource.kind}`);
  const { metadata, spec } = source as unknown as CronJob;
  const { jobTemplate: template } = spec;
  const owner = { apiVersion: 'batch/v1', controller: true, kind: 'CronJob', name: metadata.name, uid: metadata.uid };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      annotations: { ...template.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ...(template.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      name,
      ownerReferences: [owner],
    },
    spec: template.spec,
    status: {},
  };
  return job as unknown as Unstructured;
}
