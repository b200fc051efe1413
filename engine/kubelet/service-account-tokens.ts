import type { Pod } from '../api/kinds.ts';
import { serviceAccounts } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';

/** What of a TokenRequest's answer matters here. */
interface TokenAnswer {
  readonly spec: { readonly expirationSeconds: number };
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

interface Token {
  readonly value: string;
  readonly expiresMs: number;
  readonly refreshMs: number;
}

/** A token is renewed after this long even if it lasts longer. */
const MAX_AGE_MS = 24 * 3_600_000;
/** Renewals of tokens that were made together are spread over this long. */
const JITTER_MS = 10_000;
const DEFAULT_SECONDS = 3600;

/**
 * Tokens of the ServiceAccounts of this node's Pods, each asked for once and renewed when four fifths of its time are
 * over. After `pkg/kubelet/token/token_manager.go`.
 * https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
export class ServiceAccountTokens {
  readonly #sim: Simulation;
  readonly #random: string;
  readonly #client: Client;
  readonly #tokens = new Map<string, Map<string, Token>>();

  constructor(sim: Simulation, client: Client, nodeName: string) {
    this.#sim = sim;
    this.#client = client;
    this.#random = `kubelet/${nodeName}/tokens`;
  }

  /**
   * A token that is bound to the Pod.
   *
   * @param audience of the API server unless told
   * @throws StatusError, ConnectionError when there is none that is still good
   */
  get(pod: Pod, audience: string | undefined, expirationSeconds = DEFAULT_SECONDS): string {
    const { uid } = pod.metadata;
    const account = pod.spec.serviceAccountName ?? '';
    const key = `${account} ${expirationSeconds} ${audience ?? ''}`;
    let tokens = this.#tokens.get(uid);
    if (tokens === undefined) {
      tokens = new Map();
      this.#tokens.set(uid, tokens);
    }
    const known = tokens.get(key);
    const { wallMs } = this.#sim;
    if (known !== undefined && wallMs < known.refreshMs) return known.value;
    try {
      const token = this.#request(pod, account, audience, expirationSeconds);
      tokens.set(key, token);
      return token.value;
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      if (known !== undefined && wallMs < known.expiresMs) return known.value;
      throw error;
    }
  }

  forget(podUid: string): void {
    this.#tokens.delete(podUid);
  }

  #request({ metadata }: Pod, account: string, audience: string | undefined, expirationSeconds: number): Token {
    const { name, namespace, uid } = metadata;
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === undefined || audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    };
    const resource = this.#client.resource(serviceAccounts);
    const { spec, status } = resource.createSubresource(account, namespace, 'token', body) as TokenAnswer;
    const expiresMs = Date.parse(status.expirationTimestamp);
    const lifeMs = spec.expirationSeconds * 1000;
    const jitterMs = this.#sim.random(this.#random).below(JITTER_MS);
    const refreshMs = Math.min(expiresMs - lifeMs / 5, expiresMs - lifeMs + MAX_AGE_MS) - jitterMs;
    return { value: status.token, expiresMs, refreshMs };
  }
}
