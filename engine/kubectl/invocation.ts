import type { ApiResponse } from '../api/request.ts';
import type { Resource } from '../api/resources.ts';
import { namespaces, resourcePath } from '../api/resources.ts';
import { Client, type ListOptions, type PatchType, type ResourceClient, type WriteOptions } from '../client/client.ts';
import { RequestPending } from '../client/pending-requests.ts';
import type { Transport } from '../client/transport.ts';
import { parseGoDuration } from '../linux/programs/go/duration.ts';
import type { Process } from '../linux/syscalls.ts';
import { type Task, type Wait, waitFor } from '../sim/index.ts';
import { CommandError, CredentialsError, isExpected, isStatus, UnreachableError } from './command-error.ts';
import { Discovery } from './discovery.ts';
import { complainOfDiscovery, rememberDiscovery } from './discovery-cache.ts';
import { Exchange } from './exchange.ts';
import type { Flags } from './flag.ts';
import type { ParsedLine } from './flag-parser.ts';
import { impersonation } from './impersonation.ts';
import { activeContext, configPaths, hostOf, loadConfig, type ServerTarget, serverTarget } from './kubeconfig.ts';
import type { KubeConfig } from './kubeconfig-contents.ts';
import { klogLine, LOGS_REQUESTS } from './request-log.ts';
import type { Streams } from './streams.ts';
import type { Unstructured } from './unstructured.ts';

/** What kubectl is told by whoever puts the cluster together. */
export interface KubectlOptions {
  /** The way to the API server that a kubeconfig names. A request on it throws ConnectionError when nobody answers. */
  readonly connect: (target: ServerTarget, process: Process) => Transport;
  /** kubectl's own version, e.g. `v1.36.2`. */
  readonly version: string;
  /** What `explain` says: by definition name, field → words; the definition's own under ''. Without it there are none. */
  readonly descriptions?: () => Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Manifests of projects, by the URL that their documentation installs them from; there is no other internet. */
  readonly manifestAt?: (url: string) => string | undefined;
}

export type DryRun = 'none' | 'client' | 'server';

/** One run of one command: its flags and arguments, and what it needs to reach the cluster, made when first used. */
export class Invocation {
  readonly process: Process;
  readonly streams: Streams;
  readonly options: KubectlOptions;
  /** `kubectl rollout undo`. */
  readonly commandPath: string;
  readonly flags: Flags;
  readonly args: readonly string[];
  readonly argsBeforeDash: number;
  #config: KubeConfig | undefined;
  #client: Client | undefined;
  #discovery: Discovery | undefined;
  #exchange: Exchange | undefined;
  #quiet = false;
  #dryRunWarned = false;

  constructor(process: Process, streams: Streams, options: KubectlOptions, commandPath: string, line: ParsedLine) {
    this.process = process;
    this.streams = streams;
    this.options = options;
    this.commandPath = commandPath;
    this.flags = line.flags;
    this.args = line.args;
    this.argsBeforeDash = line.argsBeforeDash;
  }

  get config(): KubeConfig {
    this.#config ??= loadConfig(this.process, this.flags);
    return this.#config;
  }

  /** The namespace in force: the flag's, else the context's, else `default`. */
  get namespace(): string {
    return this.flags.string('namespace') || activeContext(this.config, this.flags).namespace || 'default';
  }

  /** Whether the user named the namespace on the command line. */
  get namespaceGiven(): boolean {
    return this.flags.string('namespace') !== '';
  }

  get client(): Client {
    this.#client ??= new Client((request) => this.exchange.send(request, this.#quiet), {
      userAgent: `kubectl/${this.options.version} (linux/amd64) kubernetes`,
    });
    return this.#client;
  }

  get exchange(): Exchange {
    this.#exchange ??= this.#connect();
    return this.#exchange;
  }

  get discovery(): Discovery {
    this.#discovery ??= new Discovery(
      (path) => this.#discover(path),
      (warning) => this.streams.err(`Warning: ${warning}\n`),
    );
    return this.#discovery;
  }

  #discover(path: string): ApiResponse {
    // The real kubectl mostly finds this in ~/.kube/cache, so that `-v` does not show it.
    this.#quiet = true;
    try {
      const answer = this.client.request({ method: 'GET', path });
      if (path === '/apis') rememberDiscovery(this, answer);
      return answer;
    } catch (error) {
      if (isExpected(error) && !(error instanceof CredentialsError)) complainOfDiscovery(this, error);
      throw error;
    } finally {
      this.#quiet = false;
    }
  }

  get dryRun(): DryRun {
    if (!this.flags.has('dry-run')) return 'none';
    const value = this.flags.string('dry-run');
    if (value === 'none' || value === 'client' || value === 'server') return value;
    if (value === 'unchanged') return this.#bareDryRun();
    throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
  }

  /** What `--dry-run` alone means; it is deprecated. */
  #bareDryRun(): DryRun {
    if (!this.#dryRunWarned) {
      const said = '--dry-run is deprecated and can be replaced with --dry-run=client.';
      this.streams.err(klogLine(this.process, 'helpers.go:719', said, 'W'));
    }
    this.#dryRunWarned = true;
    return 'client';
  }

  /** ` (dry run)` or the like, behind what a command says it has done. */
  get dryRunSuffix(): string {
    const { dryRun } = this;
    if (dryRun === 'none') return '';
    return dryRun === 'client' ? ' (dry run)' : ' (server dry run)';
  }

  /** The usage error that points at `-h`. */
  usageError(message: string): CommandError {
    return new CommandError(`${message}\nSee '${this.commandPath} -h' for help and examples`);
  }

  /** The time on this machine. */
  now(): number {
    return this.process.now();
  }

  of(resource: Resource): ResourceClient<Unstructured> {
    return this.client.resource(resource as Resource<Unstructured>);
  }

  /**
   * Creates an object. What was read from a cluster can be sent as it is: the version that it had there is left out. After
   * `Helper.Create` of `k8s.io/cli-runtime/pkg/resource`.
   */
  create(resource: Resource, object: Unstructured, options: WriteOptions): Unstructured {
    const { resourceVersion, ...metadata } = object.metadata;
    return this.of(resource).create(resourceVersion === undefined ? object : { ...object, metadata }, options);
  }

  /** One object. That its namespace does not exist is said before that it does not. */
  get(resource: Resource, name: string, namespace?: string): Unstructured {
    return this.withNamespaceCheck(namespace, () => this.of(resource).get(name, namespace));
  }

  /**
   * Takes a step that ends in a request. When the server takes its time over the answer (it asks a webhook), the step is taken
   * again once the answer is there, as if it had not been begun: up to its request a step must do nothing but print.
   */
  *patiently<T>(step: () => T): Task<T> {
    for (;;) {
      const mark = this.streams.mark();
      try {
        return step();
      } catch (error) {
        if (!(error instanceof RequestPending)) throw error;
        this.streams.rewind(mark);
        yield* waitFor(error.answered);
      }
    }
  }

  withNamespaceCheck<T>(namespace: string | undefined, request: () => T): T {
    try {
      return request();
    } catch (error) {
      if (isStatus(error, 'NotFound') && namespace !== undefined && namespace !== 'default') {
        this.client.request({ method: 'GET', path: resourcePath(namespaces, undefined, namespace) });
      }
      throw error;
    }
  }

  /** All objects of a resource, fetched in chunks. */
  list(resource: Resource, options: ListOptions = {}): readonly Unstructured[] {
    const items: Unstructured[] = [];
    for (let next: string | undefined; ; ) {
      const list = this.of(resource).list({
        limit: 500,
        ...options,
        ...(next === undefined ? {} : { continue: next }),
      });
      for (const item of list.items) {
        // Items of a list come without their type.
        items.push(item.kind === undefined ? { ...item, apiVersion: list.apiVersion, kind: resource.kind } : item);
      }
      next = list.metadata.continue;
      if (next === undefined || next === '') return items;
    }
  }

  patch(
    resource: Resource,
    name: string,
    namespace: string | undefined,
    type: PatchType,
    body: unknown,
    options: { readonly subresource?: string; readonly force?: boolean } = {},
  ): Unstructured {
    return this.of(resource).patch(name, namespace, type, body, { ...this.writeOptions(), ...options });
  }

  /** The query of a write, from the flags that the command has. */
  writeOptions(): WriteOptions {
    const { flags } = this;
    return {
      dryRun: this.dryRun === 'server',
      ...(flags.has('field-manager') ? { fieldManager: flags.string('field-manager') } : {}),
      ...(flags.has('validate') ? { fieldValidation: fieldValidation(flags.string('validate')) } : {}),
    };
  }

  path(resource: Resource, namespace?: string, name?: string, subresource?: string): string {
    return resourcePath(resource, resource.namespaced ? namespace : undefined, name, subresource);
  }

  #connect(): Exchange {
    const target = serverTarget(this.config, this.flags);
    checkRequest(this.flags, target);
    if (this.flags.int('v') >= LOGS_REQUESTS) {
      for (const path of configPaths(this.process, this.flags)) {
        if (!this.process.access(path, 'exists')) continue;
        this.streams.err(klogLine(this.process, 'loader.go:405', `Config loaded from file:  ${path}`));
      }
    }
    return new Exchange(this, this.options.connect(target, this.process), target, impersonation(this.flags, target));
  }

  /** Warnings that the server has sent so far. */
  get warnings(): number {
    return this.#exchange?.warnings ?? 0;
  }

  /** Waits as long as the requests so far have taken; the real ones wait in between. */
  *payWaits(): Task<void> {
    const waitedMs = this.#exchange?.takeWaitedMs() ?? 0;
    if (waitedMs === 0) return;
    yield* this.streams.flush();
    yield* waitedMs === Number.POSITIVE_INFINITY ? waitFor(NEVER) : this.process.sleep(waitedMs);
  }
}

const NEVER: Wait<void> = { start: () => () => {} };

/** @throws CommandError for flags with which no request can be made */
function checkRequest(flags: Flags, target: ServerTarget): void {
  const timeout = flags.string('request-timeout');
  if (!/^\d+$/.test(timeout) && parseGoDuration(timeout) === undefined) {
    throw new CommandError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    );
  }
  const [, scheme = 'http', port = ''] = /^(?:([a-z]+):\/\/)?[^/]*?(?::(\d+))?(?:\/|$)/.exec(target.server) ?? [];
  const impossible =
    scheme !== 'http' && scheme !== 'https'
      ? `unsupported protocol scheme ${JSON.stringify(scheme)}`
      : `dial tcp: address ${port}: invalid port`;
  if ((scheme === 'http' || scheme === 'https') && Number(port) <= 65_535) return;
  // Discovery is what asks first.
  throw new UnreachableError(hostOf(target.server), impossible, `Get "${target.server}/api?timeout=32s"`);
}

/** @throws CommandError for a value that `--validate` does not take. */
export function fieldValidation(value: string): 'Strict' | 'Warn' | 'Ignore' {
  switch (value) {
    case 'strict':
    case 'true':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'ignore':
    case 'false':
      return 'Ignore';
    default:
      throw new CommandError(
        `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
      );
  }
}
