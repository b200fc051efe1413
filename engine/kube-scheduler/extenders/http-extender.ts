import type { HttpOutcome, HttpRequest, SendHttp } from '../../api/http-port.ts';
import { readFirstJson } from '../../api/json-syntax.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import type { Wait } from '../../sim/index.ts';
import type { ExtenderConfiguration } from '../config/configuration.ts';
import type { NodeInfo } from '../node-info.ts';
import { decodeGo, type GoType, GoTypeError } from './go-decoder.ts';
import {
  BINDING_RESULT,
  type BindingResult,
  type ExtenderArgs,
  type ExtenderBindingArgs,
  type ExtenderPreemptionArgs,
  FILTER_RESULT,
  type FilterResult,
  HOST_PRIORITY_LIST,
  type HostPriorityList,
  PREEMPTION_RESULT,
  type PreemptionResult,
  untypedNode,
  untypedPod,
} from './wire.ts';

/** What an extender answered, or why it did not. */
export type Answer<T> = { readonly result: T } | { readonly error: string };

/** A node where Pods would have to go, for an extender to agree to. */
export interface ProposedVictims {
  readonly nodeName: string;
  readonly pods: readonly Pod[];
  readonly violations: number;
}

const HTTP_OK = 200;
const DEADLINE = 'context deadline exceeded';
const URL_PARTS = /^(https?):\/\/([^/:?#]*)(?::(\d+))?([^#]*)/;

/** One server that is asked. After `pkg/scheduler/extender.go`. */
export class HttpExtender {
  readonly configuration: ExtenderConfiguration;
  readonly #authorities: string | undefined;
  readonly #send: SendHttp;

  /** @param authorities PEM: who may sign for it */
  constructor(configuration: ExtenderConfiguration, authorities: string | undefined, send: SendHttp) {
    this.configuration = configuration;
    this.#authorities = authorities;
    this.#send = send;
  }

  get name(): string {
    return this.configuration.urlPrefix;
  }

  /** Whether it is asked about the Pod at all. */
  isInterested({ spec }: Pod): boolean {
    const { managedResources } = this.configuration;
    if (managedResources.size === 0) return true;
    return [...spec.containers, ...(spec.initContainers ?? [])].some(({ resources }) =>
      [resources?.requests, resources?.limits].some((amounts) =>
        Object.keys(amounts ?? {}).some((name) => managedResources.has(name)),
      ),
    );
  }

  filter(pod: Pod, nodes: readonly NodeInfo[]): Wait<Answer<FilterResult>> {
    return this.#post(this.configuration.filterVerb, this.#argsFor(pod, nodes), FILTER_RESULT);
  }

  prioritize(pod: Pod, nodes: readonly NodeInfo[]): Wait<Answer<HostPriorityList>> {
    return this.#post(this.configuration.prioritizeVerb, this.#argsFor(pod, nodes), HOST_PRIORITY_LIST);
  }

  preempt(pod: Pod, proposals: readonly ProposedVictims[]): Wait<Answer<PreemptionResult>> {
    const byName = <P>(write: (pod: Pod) => P) =>
      Object.fromEntries(
        proposals.map(({ nodeName, pods, violations }) => [
          nodeName,
          { Pods: pods.map(write), NumPDBViolations: violations },
        ]),
      );
    const knows = this.configuration.nodeCacheCapable;
    const args: ExtenderPreemptionArgs = {
      Pod: untypedPod(pod),
      NodeNameToVictims: knows ? null : byName(untypedPod),
      NodeNameToMetaVictims: knows ? byName(({ metadata }) => ({ UID: metadata.uid })) : null,
    };
    return this.#post(this.configuration.preemptVerb, args, PREEMPTION_RESULT);
  }

  bind({ metadata }: Pod, nodeName: string): Wait<Answer<BindingResult>> {
    const { name, namespace = '', uid } = metadata;
    const args: ExtenderBindingArgs = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: nodeName };
    return this.#post(this.configuration.bindVerb, args, BINDING_RESULT);
  }

  #argsFor(pod: Pod, nodes: readonly NodeInfo[]): ExtenderArgs {
    const knows = this.configuration.nodeCacheCapable;
    return {
      Pod: untypedPod(pod),
      Nodes: knows ? null : { metadata: {}, items: nodes.map(({ node }) => untypedNode(node as Node)) },
      NodeNames: knows ? nodes.map(({ name }) => name) : null,
    };
  }

  #post<T>(verb: string, args: object, type: GoType): Wait<Answer<T>> {
    const url = `${this.configuration.urlPrefix.replace(/\/+$/, '')}/${verb}`;
    return {
      start: (resume) => {
        const told = (outcome: HttpOutcome) => resume(read(outcome, verb, url, type) as Answer<T>);
        const request = this.#request(url, JSON.stringify(args));
        const callOff = 'error' in request ? told(request) : this.#send(request, told);
        return () => callOff?.();
      },
    };
  }

  #request(url: string, body: string): HttpRequest | { readonly error: string } {
    const [, scheme, host = '', port, path = ''] = URL_PARTS.exec(url) ?? [];
    if (scheme === undefined) {
      const [, other = ''] = /^([A-Za-z][-+.A-Za-z0-9]*):/.exec(url) ?? [];
      return { error: `unsupported protocol scheme "${other.toLowerCase()}"` };
    }
    if (host === '') return { error: 'http: no Host in request URL' };
    const { tls, httpTimeoutMs } = this.configuration;
    const { serverName = host, insecure } = tls;
    const trust = { serverName, insecure, ...(this.#authorities && { authorities: this.#authorities }) };
    return {
      method: 'POST',
      host,
      port: Number(port ?? (scheme === 'https' ? 443 : 80)),
      path: path.startsWith('/') ? path : `/${path}`,
      headers: {
        Host: port === undefined ? host : `${host}:${port}`,
        'User-Agent': 'Go-http-client/1.1',
        'Content-Type': 'application/json',
      },
      body,
      ...(scheme === 'https' && { tls: trust }),
      timeoutMs: httpTimeoutMs,
    };
  }
}

function read(outcome: HttpOutcome, verb: string, url: string, type: GoType): Answer<unknown> {
  if ('error' in outcome) {
    const late = outcome.error === DEADLINE ? ' (Client.Timeout exceeded while awaiting headers)' : '';
    return { error: `Post ${JSON.stringify(url)}: ${outcome.error}${late}` };
  }
  const { status, body } = outcome;
  if (status !== HTTP_OK) return { error: `failed ${verb} with extender at URL ${url}, code ${status}` };
  const read = readFirstJson(new TextDecoder().decode(body));
  if ('error' in read) return read;
  try {
    return { result: decodeGo(read.value, type) };
  } catch (error) {
    if (error instanceof GoTypeError) return { error: error.message };
    throw error;
  }
}
