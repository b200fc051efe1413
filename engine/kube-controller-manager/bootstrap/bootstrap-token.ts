import type { ConfigMap, Secret } from '../../api/kinds.ts';
import type { Client } from '../../client/client.ts';
import type { Lister } from '../../client/lister.ts';
import type { Simulation } from '../../sim/index.ts';

export const NAMESPACE = 'kube-system';
const TYPE = 'bootstrap.kubernetes.io/token';
export const PUBLIC_NAMESPACE = 'kube-public';
export const CLUSTER_INFO = 'cluster-info';

/** What somebody who works on bootstrap tokens has at hand. */
export interface TokenWorkplace {
  readonly sim: Simulation;
  readonly client: Client;
  readonly secrets: Lister<Secret>;
  readonly configMaps: Lister<ConfigMap>;
  /** Comes back to a token later. */
  again(key: string, delayMs: number): void;
}

/** What there is to do about bootstrap tokens. It is loaded late: until somebody makes one, nobody asks. */
export interface TokenWork {
  /** Deletes a token, by its key, whose time has passed. */
  clean(key: string, workplace: TokenWorkplace): void;
  /** Signs what everybody may read of the cluster with all tokens. */
  sign(key: string, workplace: TokenWorkplace): void;
}

export function isBootstrapToken({ type, metadata: { namespace } }: Secret): boolean {
  return type === TYPE && namespace === NAMESPACE;
}
