import { serviceAccounts } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flags } from '../flag.ts';
import { oneName } from '../generator.ts';
import { OUTPUT_FLAGS } from '../global-flags.ts';
import { objectPrinter } from '../output/object-printer.ts';
import { stringAt, type Unstructured } from '../unstructured.ts';

export const createToken: Command = {
  name: 'token',
  summary: 'Request a service account token',
  usage: 'create token SERVICE_ACCOUNT_NAME',
  operand: 'none',
  flags: [
    ...OUTPUT_FLAGS,
    { name: 'audience', type: 'stringArray', help: 'For whom the token is' },
    { name: 'duration', type: 'duration', default: '0s', help: 'How long the token is to last' },
    { name: 'bound-object-kind', type: 'string', help: 'What the token ends with', values: ['Node', 'Pod', 'Secret'] },
    { name: 'bound-object-name', type: 'string', help: 'The name of that object' },
    { name: 'bound-object-uid', type: 'string', help: 'The uid of that object' },
  ],
  *run(invocation) {
    const { flags, streams, namespace } = invocation;
    const name = oneName(invocation);
    const seconds = Math.round(flags.duration('duration') / 1000);
    if (seconds < 0) throw new CommandError('--duration must be greater than or equal to 0');
    const audiences = flags.list('audience');
    const boundObjectRef = boundObject(flags);
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(audiences.length === 0 ? {} : { audiences }),
        ...(boundObjectRef === undefined ? {} : { boundObjectRef }),
        ...(seconds === 0 ? {} : { expirationSeconds: seconds }),
      },
    };
    let granted: unknown;
    try {
      granted = yield* invocation.patiently(() =>
        invocation.of(serviceAccounts).createSubresource(name, namespace, 'token', body),
      );
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new CommandError(`failed to create token: ${error.message}`);
    }
    const printer = objectPrinter(invocation, true);
    const token = stringAt(granted, 'status', 'token');
    if (printer !== undefined) streams.out(printer(granted as Unstructured));
    else if (token === '') throw new CommandError(`failed to create token: no token in server response`);
    // In a pipe the token comes bare.
    else streams.out(invocation.process.isTerminal(1) ? `${token}\n` : token);
    return 0;
  },
};

/** The object with whose end the token ends. @throws CommandError */
function boundObject(flags: Flags): Readonly<Record<string, string>> | undefined {
  const [kind, name, uid] = ['kind', 'name', 'uid'].map((part) => flags.string(`bound-object-${part}`));
  if (kind === '') {
    const given = name === '' ? (uid === '' ? undefined : 'uid') : 'name';
    if (given === undefined) return undefined;
    throw new CommandError(`--bound-object-${given} can only be set if --bound-object-kind is provided`);
  }
  if (kind !== 'Node' && kind !== 'Pod' && kind !== 'Secret')
    throw new CommandError('supported --bound-object-kind values are Node, Pod, Secret');
  if (name === '') throw new CommandError('--bound-object-name is required if --bound-object-kind is provided');
  return { apiVersion: 'v1', kind, name: name!, ...(uid === '' ? {} : { uid: uid! }) };
}
