import type { Pod } from '../../api/kinds.ts';
import {
  daemonSets,
  deployments,
  events,
  namespaces,
  nodes,
  pods,
  type Resource,
  replicaSets,
  replicationControllers,
  services,
} from '../../api/resources.ts';
import { decode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected } from '../command-error.ts';
import { containerLog } from '../container-log.ts';
import { ALL_NAMESPACES_FLAG, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { type ObjectPrinter, objectPrinter } from '../output/object-printer.ts';
import { initContainersOf } from '../pods-of.ts';

/** What is written of every namespace, in this order. */
const RESOURCES: readonly (readonly [file: string, resource: Resource])[] = [
  ['events', events],
  ['replication-controllers', replicationControllers],
  ['services', services],
  ['daemonsets', daemonSets],
  ['deployments', deployments],
  ['replicasets', replicaSets],
  ['pods', pods],
];

const EXTENSIONS: Readonly<Record<string, string>> = { json: '.json', yaml: '.yaml' };

export const clusterInfoDump: Command = {
  name: 'dump',
  summary: 'Dump relevant information for debugging and diagnosis',
  usage: 'cluster-info dump [flags]',
  operand: 'none',
  flags: [
    ...OUTPUT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'json' } : flag)),
    ALL_NAMESPACES_FLAG,
    {
      name: 'namespaces',
      type: 'stringSlice',
      help: 'The namespaces to write of; kube-system and your own unless told',
    },
    { name: 'output-directory', type: 'string', help: 'Where to write files; - for standard output' },
    { name: 'pod-running-timeout', type: 'duration', default: '20s', help: 'Not needed here', hidden: true },
  ],
  *run(invocation) {
    const { flags, streams } = invocation;
    const printer = objectPrinter(invocation, true)!;
    const dump = new Dump(invocation, printer);
    dump.list(nodes, 'nodes');
    for (const namespace of namespacesOf(invocation)) {
      for (const [file, resource] of RESOURCES) dump.list(resource, `${namespace}/${file}`, namespace);
      for (const pod of invocation.list(pods, { namespace })) yield* dump.logs(pod as unknown as Pod);
    }
    const directory = flags.string('output-directory');
    if (directory !== '' && directory !== '-') streams.out(`Cluster info dumped to ${directory}\n`);
    return 0;
  },
};

function namespacesOf(invocation: Invocation): readonly string[] {
  const { flags } = invocation;
  if (flags.bool('all-namespaces')) return invocation.list(namespaces).map(({ metadata }) => metadata.name);
  const named = flags.list('namespaces');
  return named.length > 0 ? named : ['kube-system', invocation.namespace];
}

class Dump {
  readonly #invocation: Invocation;
  readonly #printer: ObjectPrinter;

  constructor(invocation: Invocation, printer: ObjectPrinter) {
    this.#invocation = invocation;
    this.#printer = printer;
  }

  /** Everything of one kind, as the server lists it. @param file its name without an extension */
  list(resource: Resource, file: string, namespace?: string): void {
    if (this.#invocation.flags.string('output') === 'name') {
      const list = `*${resource.version}.${resource.kind}List`;
      throw new CommandError(`list types are not supported by name printing: ${list}`);
    }
    const list = this.#invocation.of(resource).list(namespace === undefined ? {} : { namespace });
    // Items of a list come without their type.
    const items = list.items.map(({ kind: _kind, apiVersion: _version, ...item }) => item);
    const text = this.#printer({
      kind: `${resource.kind}List`,
      apiVersion: list.apiVersion,
      metadata: list.metadata,
      // The real one reads protobuf here, in which an empty list is no list.
      items: items.length > 0 ? items : null,
    } as never);
    this.#write(`${file}${EXTENSIONS[this.#invocation.flags.string('output')] ?? ''}`, text);
  }

  /** What the containers of a Pod have said, or why that cannot be told. */
  *logs(pod: Pod): Task<void> {
    const { name, namespace } = pod.metadata;
    const texts: string[] = [];
    for (const container of [...initContainersOf(pod), ...pod.spec.containers].map((one) => one.name)) {
      const where = `logs for container ${container} of pod ${namespace}/${name}`;
      texts.push(`==== START ${where} ====\n${this.#log(pod, container)}==== END ${where} ====\n`);
    }
    this.#write(`${namespace}/${name}/logs.txt`, texts.join(''));
    yield* this.#invocation.streams.flush();
  }

  #log(pod: Pod, container: string): string {
    try {
      return decode(containerLog(this.#invocation, pod, container));
    } catch (error) {
      if (!isExpected(error)) throw error;
      return `Request log error: ${error.message}\n`;
    }
  }

  #write(file: string, text: string): void {
    const { flags, process, streams } = this.#invocation;
    const directory = flags.string('output-directory');
    if (directory === '' || directory === '-') {
      streams.out(text);
      return;
    }
    const path = `${directory}/${file}`;
    const parts = path.slice(0, path.lastIndexOf('/')).split('/');
    for (const [index] of parts.entries()) {
      const folder = parts.slice(0, index + 1).join('/');
      if (folder !== '' && !process.access(folder, 'exists')) process.mkdir(folder, 0o755);
    }
    process.writeFile(path, text, { mode: 0o644 });
  }
}
