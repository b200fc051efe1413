import type { Pod } from '../api/kinds.ts';
import type { Resource } from '../api/resources.ts';
import { namespaces, nodes, pods } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { type Command, findCommand, type Operand } from './command.ts';
import { isExpected } from './command-error.ts';
import { type ApiResource, Discovery } from './discovery.ts';
import type { FlagSpec } from './flag.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { root } from './root.ts';

/** More candidates than this help nobody and would slow the terminal down. */
const MAX_CANDIDATES = 500;

/**
 * What the last word may become.
 *
 * @param words the line behind `kubectl`, the last one being typed (empty for a new word)
 * @param transport the way to the live cluster; when it does not answer, only words of the command line are offered
 */
export function completeKubectl(words: readonly string[], transport: Transport): readonly string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const candidates = new Completion(before, typed, transport).candidates();
  return [...new Set(candidates)]
    .filter((word) => word.startsWith(typed))
    .sort()
    .slice(0, MAX_CANDIDATES);
}

class Completion {
  readonly #command: Command;
  readonly #flags: readonly FlagSpec[];
  readonly #before: readonly string[];
  readonly #arguments: readonly string[];
  readonly #typed: string;
  readonly #client: Client;
  readonly #discovery: Discovery;

  constructor(before: readonly string[], typed: string, transport: Transport) {
    const { command, rest } = findCommand(root, before, GLOBAL_FLAGS);
    this.#command = command;
    this.#flags = [...(command.flags ?? []), ...GLOBAL_FLAGS];
    this.#before = before;
    this.#arguments = this.#argumentsIn(rest);
    this.#typed = typed;
    this.#client = new Client(transport, { userAgent: 'kubectl/completion' });
    this.#discovery = new Discovery((path) => this.#client.request({ method: 'GET', path }));
  }

  candidates(): readonly string[] {
    try {
      return this.#anyCandidates();
    } catch (error) {
      if (!isExpected(error)) throw error;
      return [];
    }
  }

  #anyCandidates(): readonly string[] {
    if (this.#before.includes('--')) return [];
    const awaiting = this.#flagAwaitingValue();
    if (awaiting !== undefined) return this.#flagValues(awaiting);
    const equals = this.#typed.indexOf('=');
    if (this.#typed.startsWith('--') && equals > 0) {
      return this.#assignedValues(this.#typed.slice(0, equals));
    }
    if (equals === 2 && this.#typed.startsWith('-')) return this.#assignedValues(this.#typed.slice(0, equals));
    if (this.#typed.startsWith('-')) {
      return this.#flags
        .filter(({ hidden }) => hidden !== true)
        .map(({ name, type }) => (type === 'bool' ? `--${name}` : `--${name}=`));
    }
    if (this.#command.subcommands !== undefined) return this.#command.subcommands.map(({ name }) => name);
    return this.#operands(this.#command.operand ?? 'none');
  }

  #argumentsIn(rest: readonly string[]): readonly string[] {
    const found: string[] = [];
    for (let index = 0; index < rest.length; index++) {
      const word = rest[index]!;
      const spec = this.#specOf(word);
      if (spec !== undefined && takesNextWord(spec)) index += 1;
      else if (!word.startsWith('-')) found.push(word);
    }
    return found;
  }

  #specOf(word: string): FlagSpec | undefined {
    return this.#flags.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
  }

  /** `--output=…` and `-o=…`. */
  #assignedValues(flag: string): readonly string[] {
    const spec = this.#specOf(flag);
    return spec === undefined ? [] : this.#flagValues(spec).map((value) => `${flag}=${value}`);
  }

  #flagAwaitingValue(): FlagSpec | undefined {
    const spec = this.#specOf(this.#before.at(-1) ?? '');
    return spec !== undefined && takesNextWord(spec) ? spec : undefined;
  }

  #flagValues(spec: FlagSpec): readonly string[] {
    if (spec.name === 'namespace') return this.#names(namespaces);
    if (spec.name === 'container') return this.#containers();
    return spec.values ?? [];
  }

  /** The namespace that the line names so far. */
  get #namespace(): string {
    for (const [index, word] of this.#before.entries()) {
      if (word === '-n' || word === '--namespace') return this.#before[index + 1] ?? 'default';
      const match = /^(?:--namespace=|-n=?)(.+)$/.exec(word);
      if (match !== null) return match[1]!;
    }
    return 'default';
  }

  #operands(operand: Operand): readonly string[] {
    const [first] = this.#arguments;
    switch (operand) {
      case 'resource':
        return this.#resourceOperands();
      case 'pod':
        return first === undefined ? [...this.#names(pods), ...this.#slashed()] : [];
      case 'node':
        if (this.#command.name === 'taint' && first === undefined) return ['nodes'];
        return this.#names(nodes);
      case 'rollout-target':
        if (this.#typed.includes('/')) return this.#slashed();
        return first === undefined ? ['deployment', 'daemonset', 'statefulset'] : this.#resourceOperands();
      case 'resource-type':
        return first === undefined ? this.#types() : [];
      default:
        return [];
    }
  }

  #resourceOperands(): readonly string[] {
    const [type] = this.#arguments;
    if (this.#typed.includes('/')) return this.#slashed();
    if (type === undefined) return this.#types();
    const resource = type.includes('/') ? undefined : this.#discovery.find(type);
    return resource === undefined ? [] : this.#names(resource);
  }

  #types(): readonly string[] {
    const comma = this.#typed.lastIndexOf(',');
    const lead = this.#typed.slice(0, comma + 1);
    return this.#discovery.resources().map(({ plural }) => lead + plural);
  }

  /** `deploy/we…`: names behind the type. */
  #slashed(): readonly string[] {
    const slash = this.#typed.indexOf('/');
    if (slash < 0) return [];
    const type = this.#typed.slice(0, slash);
    const resource = this.#discovery.find(type);
    return resource === undefined ? [] : this.#names(resource).map((name) => `${type}/${name}`);
  }

  #names(resource: Resource | ApiResource): readonly string[] {
    const scope = resource.namespaced ? { namespace: this.#namespace } : {};
    return this.#client
      .resource(resource)
      .list({ limit: MAX_CANDIDATES, ...scope })
      .items.map(({ metadata }) => metadata.name);
  }

  #containers(): readonly string[] {
    const [target = ''] = this.#arguments;
    const pod: Pod = this.#client.resource(pods).get(target.replace(/^pods?\//, ''), this.#namespace);
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  }
}

function takesNextWord(spec: FlagSpec): boolean {
  return spec.type !== 'bool' && spec.bare === undefined;
}
