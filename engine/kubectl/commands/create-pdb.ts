import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';

export const createPodDisruptionBudget: Command = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  summary: 'Create a pod disruption budget with the specified name',
  usage: 'create poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  examples: ['kubectl create pdb web --selector=app=web --min-available=50%'],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'selector', type: 'string', help: 'The Pods that the budget protects' },
    { name: 'min-available', type: 'string', help: 'How many, or what part, must stay available' },
    { name: 'max-unavailable', type: 'string', help: 'How many, or what part, may be unavailable' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const name = oneName(invocation);
    const [selector, least, most] = ['selector', 'min-available', 'max-unavailable'].map((flag) =>
      flags.string(flag),
    ) as [string, string, string];
    if (selector === '') throw new CommandError('a selector must be specified');
    if (least === '' && most === '')
      throw new CommandError('one of min-available or max-unavailable must be specified');
    if (least !== '' && most !== '')
      throw new CommandError('min-available and max-unavailable cannot be both specified');
    const bound = least === '' ? { maxUnavailable: intOrString(most) } : { minAvailable: intOrString(least) };
    const object = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: { ...bound, selector: { matchLabels: labelsOf(selector) } },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    };
    return yield* generate(invocation, object as unknown as Unstructured, 'failed to create poddisruptionbudgets: ');
  },
};

function intOrString(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function labelsOf(selector: string): Readonly<Record<string, string>> {
  const pairs = selector.split(',').map((text) => text.split(/==?/));
  const wrong = pairs.find((pair) => pair.length !== 2 || pair[0] === '');
  if (wrong !== undefined) throw new CommandError(`couldn't parse the selector string ${JSON.stringify(selector)}`);
  return Object.fromEntries(pairs);
}
