import type { Command } from '../command.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';
import { jobTemplate } from './create-job.ts';

export const createCronJob: Command = {
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  usage: "create cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  examples: ["kubectl create cronjob report --image=busybox --schedule='*/5 * * * *' -- date"],
  operand: 'none',
  requiredFlags: ['image', 'schedule'],
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'image', type: 'string', help: 'The image to run' },
    { name: 'schedule', type: 'string', help: 'When, in cron format' },
    {
      name: 'restart',
      type: 'string',
      help: 'The restart policy of the Pods',
      values: ['OnFailure', 'Never'],
    },
  ],
  *run(invocation) {
    const { flags, args, argsBeforeDash } = invocation;
    const name = oneName(invocation);
    const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
    const template = jobTemplate(name, flags.string('image'), command, flags.string('restart') || 'OnFailure');
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: { jobTemplate: { metadata: { name }, spec: { template } }, schedule: flags.string('schedule') },
      status: {},
    };
    return yield* generate(invocation, cronJob as unknown as Unstructured, 'failed to create cronjob: ');
  },
};
