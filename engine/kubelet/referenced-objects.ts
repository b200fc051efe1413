import { escapeFieldValue } from '../api/field-selector.ts';
import type { ConfigMap, RuntimeClass, Secret } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { configMaps, runtimeClasses, secrets } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { Reflector } from '../client/reflector.ts';
import { ConnectionError } from '../client/transport.ts';
import { decode } from '../linux/stdio.ts';
import type { Simulation } from '../sim/index.ts';

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

/** A ConfigMap or Secret, as a watch of it alone shows it. */
class FollowedObject<T extends Referenced> {
  /** Those that refer to it. */
  readonly pods = new Set<string>();
  readonly #reflector: Reflector<T>;
  #object: T | undefined;

  constructor(sim: Simulation, label: string, client: ResourceClient<T>, name: string, namespace: string | undefined) {
    const selection = { namespace, fieldSelector: `metadata.name=${escapeFieldValue(name)}` };
    this.#reflector = new Reflector(sim, label, client, selection, {
      replace: ([object]) => this.#take(object),
      change: (type, object) => this.#take(type === 'DELETED' ? undefined : object),
    });
  }

  /** As the watch has shown it last; undefined when there is none. */
  get object(): T | undefined {
    return this.#object;
  }

  /** @throws StatusError, ConnectionError when the object cannot be had; it is not followed then. */
  start(): void {
    this.#reflector.startNow();
  }

  stop(): void {
    this.#reflector.stop();
  }

  #take(object: T | undefined): void {
    this.#object = object;
    // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
    if (object?.immutable === true) this.#reflector.stop();
  }
}

type Referenced = KubeObject & { readonly immutable?: boolean };

/**
 * The ConfigMaps and Secrets that Pods refer to. Each is followed by a watch of its own, from the first Pod of this node
 * that needs it until the last one is no more; one that is immutable is only read.
 * After `pkg/kubelet/util/manager/watch_based_manager.go`.
 */
export class ReferencedObjects {
  readonly #sim: Simulation;
  readonly #label: string;
  readonly #configMaps: ResourceClient<ConfigMap>;
  readonly #secrets: ResourceClient<Secret>;
  readonly #runtimeClasses: ResourceClient<RuntimeClass>;
  readonly #followed = new Map<string, FollowedObject<Referenced>>();

  constructor(sim: Simulation, client: Client, nodeName: string) {
    this.#sim = sim;
    this.#label = `kubelet/${nodeName}`;
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
    for (const [key, followed] of this.#followed) {
      if (!followed.pods.delete(podUid) || followed.pods.size > 0) continue;
      followed.stop();
      this.#followed.delete(key);
    }
  }

  /** The kubelet ends. */
  stop(): void {
    for (const followed of this.#followed.values()) followed.stop();
    this.#followed.clear();
  }

  #get<T extends Referenced>(
    client: ResourceClient<T>,
    noun: string,
    podUid: string,
    name: string,
    namespace: string | undefined,
  ): T {
    const key = `${noun} ${namespace}/${name}`;
    let followed = this.#followed.get(key) as FollowedObject<T> | undefined;
    if (followed === undefined) {
      followed = new FollowedObject(this.#sim, `${this.#label} ${key}`, client, name, namespace);
      start(followed, noun);
      this.#followed.set(key, followed);
    }
    followed.pods.add(podUid);
    if (followed.object === undefined) throw new MissingReference(`${noun} "${name}" not found`, true);
    return followed.object;
  }
}

function start(followed: { start(): void }, noun: string): void {
  try {
    followed.start();
  } catch (error) {
    if (error instanceof ConnectionError) {
      throw new MissingReference(`failed to sync ${noun} cache: timed out waiting for the condition`, false);
    }
    if (!(error instanceof StatusError)) throw error;
    throw new MissingReference(error.message, false);
  }
}

/** The text that a Secret's or `binaryData`'s value stands for; the API server has seen to it that it is base64. */
export function decodeBase64(text: string): string {
  return decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
