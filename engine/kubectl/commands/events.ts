import type { Event } from '../../api/kinds.ts';
import type { WatchEvent } from '../../api/request.ts';
import { events as eventResource } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { eventAge, eventTime } from '../describe/events.ts';
import { apiVersionOf } from '../discovery.ts';
import { ALL_NAMESPACES_FLAG, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { objectPrinter } from '../output/object-printer.ts';
import { GrowingTable, printTable } from '../output/table-printer.ts';
import { escapeTerminal } from '../output/terminal-escape.ts';
import { parseResourceArgs } from '../resource-args.ts';
import { openWatch } from '../stream.ts';

export const events: Command = {
  name: 'events',
  summary: 'List events',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'events [(-o|--output=)json|yaml|name] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  operand: 'none',
  flags: [
    ...OUTPUT_FLAGS,
    ALL_NAMESPACES_FLAG,
    { name: 'for', type: 'string', help: 'Only events about TYPE/NAME' },
    { name: 'types', type: 'stringSlice', help: 'Only events of these types', values: ['Normal', 'Warning'] },
    { name: 'watch', short: 'w', type: 'bool', help: 'Go on as events come; Ctrl-C ends' },
    { name: 'no-headers', type: 'bool', help: 'Leave the headings out' },
    { name: 'chunk-size', type: 'int', default: '500', help: 'Objects to fetch at a time', hidden: true },
  ],
  *run(invocation) {
    const { flags, streams } = invocation;
    for (const type of flags.list('types')) {
      if (!['normal', 'warning'].includes(type.toLowerCase()))
        throw new CommandError('valid --types are Normal or Warning');
    }
    const all = flags.bool('all-namespaces');
    const scope = all ? {} : { namespace: invocation.namespace };
    const fieldSelector = selectorFor(invocation);
    const options = { ...scope, ...(fieldSelector === '' ? {} : { fieldSelector }) };
    if (flags.bool('watch')) return yield* watch(invocation, options);
    const found = (invocation.list(eventResource, options) as unknown as readonly Event[])
      .filter((event) => wanted(invocation, event))
      .sort((left, right) => eventTime(left) - eventTime(right));
    if (found.length === 0) {
      streams.err(all ? 'No events found.\n' : `No events found in ${invocation.namespace} namespace.\n`);
      return 0;
    }
    const printer = objectPrinter(invocation, true);
    if (printer !== undefined)
      streams.out(printer({ kind: 'EventList', apiVersion: 'v1', metadata: {}, items: found } as never));
    else streams.out(printTable([...headings(invocation), ...found.map((event) => row(invocation, event))]));
    return 0;
  },
};

function selectorFor(invocation: Invocation): string {
  const target = invocation.flags.string('for');
  if (target === '') return '';
  const [request] = parseResourceArgs(invocation.discovery, target.includes('/') ? [target] : []);
  if (request?.names === undefined) throw new CommandError('--for must be in resource/name form');
  return `involvedObject.apiVersion=${apiVersionOf(request.resource)},involvedObject.kind=${request.resource.kind},involvedObject.name=${request.names[0]}`;
}

function wanted({ flags }: Invocation, event: Event): boolean {
  const types = flags.list('types').map((type) => type.toLowerCase());
  return types.length === 0 || types.includes((event.type ?? '').toLowerCase());
}

function headings({ flags }: Invocation): readonly (readonly string[])[] {
  if (flags.bool('no-headers')) return [];
  const namespace = flags.bool('all-namespaces') ? ['NAMESPACE'] : [];
  return [[...namespace, 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']];
}

function row(invocation: Invocation, event: Event): readonly string[] {
  const { involvedObject: about } = event;
  const cells = [
    eventAge(event, invocation.now()),
    event.type ?? '',
    event.reason ?? '',
    `${about.kind ?? ''}/${about.name ?? ''}`,
    (event.message ?? '').trim().replaceAll('\n', ' '),
  ].map((cell) => escapeTerminal(cell).replaceAll('\t', ' '));
  return invocation.flags.bool('all-namespaces') ? [event.metadata.namespace ?? '', ...cells] : cells;
}

function* watch(
  invocation: Invocation,
  options: { readonly namespace?: string; readonly fieldSelector?: string },
): Task<number> {
  const { streams } = invocation;
  const table = new GrowingTable();
  const { namespace, ...query } = options;
  const path = invocation.path(eventResource, namespace);
  let lines = headings(invocation);
  const stream = openWatch(
    invocation.client.request({ method: 'GET', path, query: { ...query, watch: 'true' } }).watch!,
  );
  try {
    for (;;) {
      const change: WatchEvent | undefined = yield* stream.receive();
      if (change === undefined) return 0;
      const event = change.object as unknown as Event;
      if (change.type === 'DELETED' || change.type === 'BOOKMARK' || !wanted(invocation, event)) continue;
      streams.out(table.print([...lines, row(invocation, event)]));
      lines = [];
      yield* streams.flush();
    }
  } finally {
    stream.close();
  }
}
