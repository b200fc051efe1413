import type { ConfigMap, RuntimeClass, Secret } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { configMaps, runtimeClasses, secrets } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { decode } from '../linux/stdio.ts';

/** A ConfigMap or Secret that a Pod refers to cannot be had; the message is what events and `state.waiting` show. */
export class MissingReference extends Error {
  override readonly name = 'MissingReference';
  /** Whether there is no such object: an optional reference may then be left out. */
  readonly notFound: boolean;

  constructor(message: string, notFound: boolean) {
    super(message);
    this.notFound = notFound;
  }
}

interface Kept {
  readonly object: KubeObject;
  /** The Pods that refer to it. */
  readonly pods: Set<string>;
}

/**
 * The ConfigMaps and Secrets that Pods refer to. Each is asked for when it is needed; an immutable one is asked for once
 * and then kept for as long as a Pod of this node uses it.
 * https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
 */
export class ReferencedObjects {
  readonly #configMaps: ResourceClient<ConfigMap>;
  readonly #secrets: ResourceClient<Secret>;
  readonly #runtimeClasses: ResourceClient<RuntimeClass>;
  readonly #immutable = new Map<string, Kept>();

  constructor(client: Client) {
    this.#configMaps = client.resource(configMaps);
    this.#secrets = client.resource(secrets);
    this.#runtimeClasses = client.resource(runtimeClasses);
  }

  /** @throws MissingReference */
  configMap(podUid: string, name: string, namespace: string | undefined): ConfigMap {
    return this.#get(this.#configMaps, 'configmap', podUid, name, namespace);
  }

  /** @throws MissingReference */
  secret(podUid: string, name: string, namespace: string | undefined): Secret {
    return this.#get(this.#secrets, 'secret', podUid, name, namespace);
  }

  /** What a Pod's RuntimeClass asks of the runtime; empty without one. @throws MissingReference */
  runtimeHandler(className: string | undefined): string {
    if (className === undefined || className === '') return '';
    try {
      return this.#runtimeClasses.get(className).handler;
    } catch (error) {
      if (error instanceof StatusError) throw new MissingReference(error.message, error.code === 404);
      if (!(error instanceof ConnectionError)) throw error;
      throw new MissingReference(`failed to lookup RuntimeClass ${className}: ${error.message}`, false);
    }
  }

  /** The Pod is no more. */
  forget(podUid: string): void {
    for (const [key, { pods }] of this.#immutable) {
      pods.delete(podUid);
      if (pods.size === 0) this.#immutable.delete(key);
    }
  }

  #get<T extends KubeObject & { readonly immutable?: boolean }>(
    client: ResourceClient<T>,
    noun: string,
    podUid: string,
    name: string,
    namespace: string | undefined,
  ): T {
    const key = `${noun}/${namespace}/${name}`;
    const kept = this.#immutable.get(key);
    if (kept !== undefined) {
      kept.pods.add(podUid);
      return kept.object as T;
    }
    const object = ask(client, noun, name, namespace);
    if (object.immutable === true) this.#immutable.set(key, { object, pods: new Set([podUid]) });
    return object;
  }
}

function ask<T extends KubeObject>(
  client: ResourceClient<T>,
  noun: string,
  name: string,
  namespace: string | undefined,
): T {
  try {
    return client.get(name, namespace);
  } catch (error) {
    if (error instanceof ConnectionError) {
      throw new MissingReference(`failed to sync ${noun} cache: timed out waiting for the condition`, false);
    }
    if (!(error instanceof StatusError)) throw error;
    if (error.code === 404) throw new MissingReference(`${noun} "${name}" not found`, true);
    throw new MissingReference(error.message, false);
  }
}

/** The text that a Secret's or `binaryData`'s value stands for; the API server has seen to it that it is base64. */
export function decodeBase64(text: string): string {
  return decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
