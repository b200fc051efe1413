import type { KubeObject } from '../api/object.ts';
import { resourcePath } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import type { DiscoveredResource, Discovery } from '../client/discovery.ts';
import { unlessGone } from '../client/unless-gone.ts';

/** `autoscaling/v1` Scale: the size of anything that can be scaled, custom kinds included. */
export interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
}

interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Reads and sets sizes through the `scale` subresource: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export class ScaleClient {
  readonly #client: Client;
  readonly #discovery: Discovery;

  constructor(client: Client, discovery: Discovery) {
    this.#client = client;
    this.#discovery = discovery;
  }

  /** Undefined for a kind that the server does not serve. */
  resourceOf(target: Pick<ScaleTarget, 'apiVersion' | 'kind'>): DiscoveredResource | undefined {
    return this.#discovery.find(target);
  }

  /** @throws StatusError NotFound also for a kind that has no scale. */
  get(resource: DiscoveredResource, namespace: string | undefined, name: string): Scale {
    const path = resourcePath(resource, namespace, name, 'scale');
    return this.#client.request({ method: 'GET', path }).body as Scale;
  }

  find(resource: DiscoveredResource, namespace: string | undefined, name: string): Scale | undefined {
    return unlessGone(() => this.get(resource, namespace, name));
  }

  update(resource: DiscoveredResource, scale: Scale): Scale {
    const { namespace, name } = scale.metadata;
    const path = resourcePath(resource, namespace, name, 'scale');
    return this.#client.request({ method: 'PUT', path, body: scale }).body as Scale;
  }
}
