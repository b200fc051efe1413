import type { Pod } from '../../api/kinds.ts';
import type { StartByteStream } from '../../api/request.ts';
import { pods } from '../../api/resources.ts';
import { decode } from '../../linux/stdio.ts';
import { Channel, type Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus } from '../command-error.ts';
import { SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { byLogging } from '../pod-order.ts';
import { containerNames, defaultContainer, initContainersOf, listPods, podsOf } from '../pods-of.ts';

const USAGE = `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command`;

export const logs: Command = {
  name: 'logs',
  summary: 'Print the logs for a container in a pod',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  examples: ['kubectl logs -f web', 'kubectl logs web -c sidecar --tail=20', 'kubectl logs web --previous'],
  operand: 'pod',
  flags: [
    SELECTOR_FLAG,
    { name: 'follow', short: 'f', type: 'bool', help: 'Go on as lines come; Ctrl-C ends' },
    { name: 'previous', short: 'p', type: 'bool', help: 'The logs of the instance before this one' },
    { name: 'container', short: 'c', type: 'string', help: 'The container' },
    { name: 'all-containers', type: 'bool', help: 'All containers of the Pod' },
    { name: 'all-pods', type: 'bool', help: 'All Pods of the object' },
    { name: 'tail', type: 'int', default: '-1', help: 'Only this many last lines' },
    { name: 'since', type: 'duration', default: '0s', help: 'Only lines younger than this' },
    { name: 'since-time', type: 'string', help: 'Only lines after this time (RFC 3339)' },
    { name: 'timestamps', type: 'bool', help: 'Put the time before each line' },
    { name: 'limit-bytes', type: 'int', default: '0', help: 'At most this many bytes' },
    { name: 'prefix', type: 'bool', help: 'Put Pod and container before each line' },
    { name: 'max-log-requests', type: 'int', default: '5', help: 'At most this many logs at once' },
    { name: 'insecure-skip-tls-verify-backend', type: 'bool', help: 'Not of use here', hidden: true },
    { name: 'ignore-errors', type: 'bool', help: 'Go on with the next log after an error' },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '20s',
      help: 'How long to wait for a running Pod',
      hidden: true,
    },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const sources = findSources(invocation);
    if (flags.bool('follow') && sources.length > flags.int('max-log-requests')) {
      throw new CommandError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ` +
          `${flags.int('max-log-requests')}, use --max-log-requests to increase the limit`,
      );
    }
    if (flags.bool('follow') && sources.length > 1) return yield* printTogether(invocation, sources);
    for (const source of sources) yield* printAll(invocation, source, begin(invocation, source));
    return 0;
  },
};

interface LogSource {
  readonly pod: Pod;
  readonly container: string;
}

function findSources(invocation: Invocation): readonly LogSource[] {
  const { flags, args } = invocation;
  const selector = flags.string('selector');
  if (selector !== '') {
    if (args.length > 0) throw invocation.usageError('only a selector (-l) or a POD name is allowed');
    const selected = listPods(invocation, selector);
    if (selected.length === 0) invocation.streams.err(`No resources found in ${invocation.namespace} namespace.\n`);
    return selected.flatMap((pod) => sourcesOf(invocation, pod));
  }
  const [target, ...more] = args;
  if (target === undefined) throw invocation.usageError(USAGE);
  if (more.length > 1) throw invocation.usageError(USAGE);
  if (more.length === 1 && flags.string('container') !== '') {
    throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed');
  }
  const found = podsToRead(invocation, target);
  if (found.length === 0) throw new CommandError(`timed out waiting for the condition`);
  if (flags.bool('all-pods')) return found.flatMap((pod) => sourcesOf(invocation, pod));
  if (found.length > 1) {
    invocation.streams.err(`Found ${found.length} pods, using pod/${found[0]!.metadata.name}\n`);
  }
  return sourcesOf(invocation, found[0]!, more[0]);
}

function podsToRead(invocation: Invocation, target: string): readonly Pod[] {
  try {
    return podsOf(invocation, target, byLogging);
  } catch (error) {
    if (!isStatus(error, 'NotFound') || !(error instanceof Error)) throw error;
    throw new CommandError(
      `error from server (NotFound): ${error.message} in namespace ${JSON.stringify(invocation.namespace)}`,
    );
  }
}

function sourcesOf(invocation: Invocation, pod: Pod, inline?: string): readonly LogSource[] {
  const { flags } = invocation;
  if (flags.bool('all-containers')) {
    const all = [...initContainersOf(pod), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])];
    return all.map(({ name }) => ({ pod, container: name }));
  }
  const named = inline ?? flags.string('container');
  if (named === '') return [{ pod, container: defaultContainer(invocation, pod) }];
  const names = containerNames(pod);
  if (!names.includes(named)) {
    throw new CommandError(`container ${named} is not valid for pod ${pod.metadata.name}`);
  }
  return [{ pod, container: named }];
}

function logQuery({ flags }: Invocation, container: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = { container };
  for (const name of ['follow', 'previous', 'timestamps'] as const) if (flags.bool(name)) query[name] = 'true';
  // With a selector only the last ten lines of each, unless told.
  const tail = flags.changed('tail') || flags.string('selector') === '' ? flags.int('tail') : 10;
  if (tail >= 0) query['tailLines'] = String(tail);
  if (flags.int('limit-bytes') > 0) query['limitBytes'] = String(flags.int('limit-bytes'));
  const since = flags.duration('since');
  const sinceTime = flags.string('since-time');
  if (since > 0 && sinceTime !== '')
    throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (since > 0) query['sinceSeconds'] = String(Math.ceil(since / 1000));
  if (sinceTime !== '') query['sinceTime'] = sinceTime;
  return query;
}

function begin(invocation: Invocation, { pod, container }: LogSource): StartByteStream | string {
  const { name, namespace } = pod.metadata;
  const path = invocation.path(pods, namespace, name, 'log');
  const query = logQuery(invocation, container);
  const response = invocation.client.request({ method: 'GET', path, query, headers: { accept: '*/*' } });
  return response.byteStream ?? (typeof response.body === 'string' ? response.body : '');
}

interface Piece {
  readonly source: LogSource;
  /** Undefined: this source has ended. */
  readonly chunk: Uint8Array | undefined;
}

function* printAll(invocation: Invocation, source: LogSource, log: StartByteStream | string): Task<void> {
  yield* pump(invocation, [{ source, log }]);
}

function* printTogether(invocation: Invocation, sources: readonly LogSource[]): Task<number> {
  yield* pump(
    invocation,
    sources.map((source) => ({ source, log: begin(invocation, source) })),
  );
  return 0;
}

/** Prints logs as they come until all have ended. */
function* pump(
  invocation: Invocation,
  opened: readonly { readonly source: LogSource; readonly log: StartByteStream | string }[],
): Task<void> {
  const { streams, process } = invocation;
  const pieces = new Channel<Piece>();
  const stops: (() => void)[] = [];
  const printers = new Map(opened.map(({ source }) => [source, new LinePrefixer(prefixOf(invocation, source))]));
  let open = 0;
  try {
    for (const { source, log } of opened) {
      if (typeof log === 'string') {
        streams.out(printers.get(source)!.take(log) + printers.get(source)!.end());
        continue;
      }
      open += 1;
      stops.push(
        log({ write: (chunk) => pieces.send({ source, chunk }), end: () => pieces.send({ source, chunk: undefined }) }),
      );
    }
    yield* streams.flush();
    while (open > 0) {
      const { source, chunk } = (yield* pieces.receive())!;
      const prefixer = printers.get(source)!;
      if (chunk === undefined) open -= 1;
      // Bytes go through as they are unless lines get a prefix.
      if (prefixer.prefix === '') {
        if (chunk !== undefined) yield* process.write(1, chunk);
      } else {
        streams.out(chunk === undefined ? prefixer.end() : prefixer.take(decode(chunk)));
        yield* streams.flush();
      }
    }
  } finally {
    for (const stop of stops) stop();
  }
}

function prefixOf({ flags }: Invocation, { pod, container }: LogSource): string {
  return flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${pod.metadata.name}/${container}] ` : '';
}

/** Puts a prefix before whole lines; what has no newline yet is kept. */
class LinePrefixer {
  readonly prefix: string;
  #rest = '';

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  take(text: string): string {
    if (this.prefix === '') return text;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    return lines.map((line) => `${this.prefix}${line}\n`).join('');
  }

  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? '' : `${this.prefix}${rest}`;
  }
}
