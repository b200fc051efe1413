import type { Task } from '../../../sim/index.ts';
import { fail, print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { program, Usage } from '../program.ts';
import { hostByName, nameByAddress } from './host-database.ts';
import { type ResolverConfig, resolverConfig } from './resolver.ts';

/**
 * nslookup of busybox before 1.29, which much of the documentation of Kubernetes shows. It asks the C library, and with it the
 * search list, where later ones ask the servers themselves and search for names without a dot only.
 */
export const oldNslookup = program(function* (process, args) {
  const [name, server] = args;
  if (name === undefined || args.length > 2) throw new Usage();
  const own = resolverConfig(process);
  const config = server === undefined ? own : { ...own, servers: [server] };
  if (config.servers[0] !== undefined) yield* printHost(process, 'Server:', config.servers[0], config);
  yield* print(process, '\n');
  return yield* printHost(process, 'Name:', name, config);
});

function* printHost(process: Process, title: string, name: string, config: ResolverConfig): Task<number> {
  const { addresses } = yield* hostByName(process, name, config);
  if (addresses.length === 0) return yield* fail(process, `can't resolve '${name}'`);
  yield* print(process, `${title.padEnd(10)} ${name}\n`);
  for (const [index, address] of addresses.entries()) {
    const known = yield* nameByAddress(process, address, config);
    yield* print(process, `Address ${index + 1}: ${address}${known === undefined ? '' : ` ${known}`}\n`);
  }
  return 0;
}
