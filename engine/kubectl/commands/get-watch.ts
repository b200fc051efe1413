import type { WatchEvent } from '../../api/request.ts';
import type { Task } from '../../sim/index.ts';
import { type GetTarget, tableOptions } from '../get-target.ts';
import type { Invocation } from '../invocation.ts';
import { type ObjectPrinter, objectPrinter } from '../output/object-printer.ts';
import { type AnsweredObject, asTable } from '../output/object-table.ts';
import { GrowingTable, type Table, tableLines } from '../output/table-printer.ts';
import { listNamespace } from '../resource-finder.ts';
import { openWatch, receiveUntil } from '../stream.ts';
import { selectorQuery, tableAccept } from '../table-request.ts';
import type { Unstructured } from '../unstructured.ts';

/** `get -w`: the list, then a line for every change until the stream ends or Ctrl-C. */
export function* watchResource(invocation: Invocation, target: GetTarget): Task<number> {
  const { flags, streams, client } = invocation;
  const printer = objectPrinter(invocation);
  const request = {
    method: 'GET' as const,
    path: invocation.path(
      target.resource,
      target.namespace ??
        (target.names === undefined ? listNamespace(invocation, target.resource) : invocation.namespace),
    ),
    headers: { accept: printer === undefined ? tableAccept(invocation) : 'application/json' },
  };
  const query = watchQuery(invocation, target);
  // A name that does not exist is an error before anything is watched.
  if (target.names !== undefined)
    invocation.get(target.resource, target.names[0]!, target.namespace ?? namespaceFor(invocation, target));
  const list = client.request({ ...request, query }).body as Table & { items?: readonly Unstructured[] };
  const show = printer === undefined ? tableShower(invocation, target, list) : objectShower(target, printer);
  if (!flags.bool('watch-only')) {
    const initial = printer === undefined ? tableEvents(list) : (list.items ?? []).map(added);
    for (const event of initial) streams.out(show(event));
  }
  const resourceVersion = list.metadata?.resourceVersion ?? '';
  const response = client.request({ ...request, query: { ...query, watch: 'true', resourceVersion } });
  const stream = openWatch(response.watch!);
  const deadlineMs = invocation.now() + invocation.exchange.timeoutMs;
  try {
    for (;;) {
      yield* streams.flush();
      const came = yield* receiveUntil(stream, invocation.process, deadlineMs);
      if (typeof came === 'string') return 0;
      if (came.item.type !== 'BOOKMARK') streams.out(show(came.item));
    }
  } finally {
    stream.close();
  }
}

function namespaceFor(invocation: Invocation, target: GetTarget): string | undefined {
  return target.resource.namespaced ? invocation.namespace : undefined;
}

function watchQuery(invocation: Invocation, target: GetTarget): Readonly<Record<string, string>> {
  const selectors = selectorQuery(invocation);
  const [name] = target.names ?? [];
  return name === undefined ? { ...selectors } : { ...selectors, fieldSelector: `metadata.name=${name}` };
}

function added(object: Unstructured): WatchEvent {
  return { type: 'ADDED', object };
}

/** The listed rows as one event, so that the first lines are aligned with each other. */
function tableEvents(table: Table): readonly WatchEvent[] {
  return table.rows.length === 0 ? [] : [{ type: 'ADDED', object: table as unknown as Unstructured }];
}

function tableShower(invocation: Invocation, target: GetTarget, list: Table): (event: WatchEvent) => string {
  const growing = new GrowingTable();
  const options = tableOptions(invocation, target.resource, false);
  const withEvents = invocation.flags.bool('output-watch-events');
  let headings = true;
  return (event) => {
    const table = asTable(event.object as unknown as AnsweredObject, invocation.now());
    // What is no Table has columns of its own.
    if (event.object.kind !== 'Table') headings = true;
    const columnDefinitions = table.columnDefinitions?.length > 0 ? table.columnDefinitions : list.columnDefinitions;
    let lines = tableLines({ ...table, columnDefinitions }, options, headings);
    if (withEvents) {
      const heading = headings && !options.noHeaders;
      lines = lines.map((cells, index) => [heading && index === 0 ? 'EVENT' : event.type, ...cells]);
    }
    headings = false;
    return growing.print(lines);
  };
}

function objectShower(target: GetTarget, printer: ObjectPrinter): (event: WatchEvent) => string {
  const { kind, group, version } = target.resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const typed = { apiVersion, kind };
  return (event) => printer({ ...typed, ...event.object } as Unstructured);
}
