import { serviceAccounts } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
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
  ],
  *run(invocation) {
    const { flags, streams, namespace } = invocation;
    const name = oneName(invocation);
    const seconds = Math.round(flags.duration('duration') / 1000);
    if (seconds < 0) throw new CommandError('--duration must be greater than or equal to 0');
    const audiences = flags.list('audience');
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(audiences.length === 0 ? {} : { audiences }),
        ...(seconds === 0 ? {} : { expirationSeconds: seconds }),
      },
    };
    let granted: unknown;
    try {
      granted = invocation.of(serviceAccounts).createSubresource(name, namespace, 'token', body);
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
