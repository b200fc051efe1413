import type { Transport } from '../client/transport.ts';
import type { Host } from '../linux/host.ts';
import type { Simulation } from '../sim/index.ts';
import { type FaultTargets, inflict } from './faults.ts';
import { type ClusterInput, fromOutside } from './input.ts';
import type { Runs } from './runs.ts';
import type { Sessions } from './sessions.ts';
import type { Terminals } from './terminals.ts';
import { WaitingRequests } from './waiting-requests.ts';
import { deleteWorkstationFile, writeWorkstationFile } from './workstation/workstation.ts';

/** What the doors of a cluster lead to. */
export interface Behind {
  readonly sim: Simulation;
  readonly asAdmin: Transport;
  readonly workstation: Host;
  readonly terminals: Terminals;
  readonly sessions: Sessions;
  readonly runs: Runs;
  readonly targets: FaultTargets;
  /** @throws Error where there is no such machine */
  readonly host: (name: string) => Host;
}

/** Says what each kind of input does. */
export function openDoors({ sim, asAdmin, workstation, terminals, sessions, runs, targets, host }: Behind): void {
  const { journal } = sim;
  const handle = <K extends ClusterInput['kind']>(
    kind: K,
    handler: (input: Extract<ClusterInput, { kind: K }>) => unknown,
  ): void => journal.handle(kind, handler as (input: { kind: K }) => unknown);
  handle('terminal.open', ({ terminal, columns, rows }) => terminals.open(terminal, columns, rows));
  handle('terminal.input', ({ terminal, text }) => terminals.input(terminal, text));
  handle('terminal.resize', ({ terminal, columns, rows }) => terminals.resize(terminal, columns, rows));
  handle('terminal.close', ({ terminal }) => terminals.close(terminal));
  handle('file.write', ({ path, text }) => writeWorkstationFile(workstation, path, text));
  handle('file.delete', ({ path }) => deleteWorkstationFile(workstation, path));
  const waiting = new WaitingRequests();
  handle('api', ({ request }) => waiting.note(journal.entries.length - 1, asAdmin(fromOutside(request))));
  handle('api.leave', ({ entry }) => waiting.leave(entry));
  handle('session.open', ({ session, request }) => sessions.open(session, fromOutside(request)));
  handle('session.stdin', ({ session, bytes }) => sessions.stdin(session, bytes));
  handle('session.closeStdin', ({ session }) => sessions.closeStdin(session));
  handle('session.resize', ({ session, columns, rows }) => sessions.resize(session, columns, rows));
  handle('session.close', ({ session }) => sessions.close(session));
  handle('fault', ({ fault }) => inflict(fault, targets));
  handle('run', (input) => runs.startCommand(input.run, host(input.host), input.argv));
  handle('http', (input) => runs.startRequest(input.run, host(input.host), input.request));
}
