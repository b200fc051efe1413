import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

export const createQuota: Command = {
  name: 'quota',
  aliases: ['resourcequota'],
  summary: 'Create a quota with the specified name',
  usage: 'create quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]',
  examples: ['kubectl create quota small --hard=cpu=1,memory=1Gi,pods=2'],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'hard', type: 'string', help: 'The limits: resource=quantity,…' },
    { name: 'scopes', type: 'string', help: 'Which objects count' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const name = oneName(invocation);
    const hard = limitsOf(flags.string('hard'));
    const scopes = flags.string('scopes') === '' ? [] : flags.string('scopes').split(',');
    const object = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name },
      spec: { ...(hard === undefined ? {} : { hard }), ...(scopes.length === 0 ? {} : { scopes }) },
      status: {},
    };
    return yield* generate(invocation, object as unknown as Unstructured, 'failed to create quota: ');
  },
};

function limitsOf(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  const limits = text.split(',').map((statement) => {
    const parts = statement.split('=');
    if (parts.length !== 2) {
      throw new CommandError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    }
    if (!QUANTITY.test(parts[1]!)) {
      throw new CommandError(`quantities must match the regular expression '${QUANTITY.source}'`);
    }
    return parts;
  });
  return Object.fromEntries(limits);
}
