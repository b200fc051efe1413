import type { Command } from '../command.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';

export const createPriorityClass: Command = {
  name: 'priorityclass',
  aliases: ['pc'],
  summary: 'Create a priority class with the specified name',
  usage: 'create priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'value', type: 'int', default: '0', help: 'The priority' },
    { name: 'global-default', type: 'bool', help: 'What Pods get that name no class' },
    { name: 'description', type: 'string', help: 'What the class is for' },
    {
      name: 'preemption-policy',
      type: 'string',
      default: 'PreemptLowerPriority',
      help: 'Whether Pods of less priority may be put out',
      values: ['Never', 'PreemptLowerPriority'],
    },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const description = flags.string('description');
    const object = {
      apiVersion: 'scheduling.k8s.io/v1',
      ...(description === '' ? {} : { description }),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      kind: 'PriorityClass',
      metadata: { name: oneName(invocation) },
      preemptionPolicy: flags.string('preemption-policy'),
      value: flags.int('value'),
    };
    return yield* generate(invocation, object as unknown as Unstructured, 'failed to create priorityclass: ');
  },
};
