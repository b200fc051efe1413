import type { KindDescriptor } from '../api/descriptor.ts';
import type { Node, Pod } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { quantityOf } from '../api/quantity.ts';
import { storedKind } from '../api/stored-kind.ts';
import { timestamp } from '../api/timestamp.ts';
import type { Rate } from './rates.ts';

// https://kubernetes.io/docs/reference/external-api/metrics.v1beta1/

export const GROUP = 'metrics.k8s.io';
export const VERSION = 'v1beta1';

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

interface Metrics extends KubeObject {
  readonly timestamp: string;
  /** As Go prints a duration. */
  readonly window: string;
}

export interface NodeMetrics extends Metrics {
  readonly usage: Usage;
}

export interface PodMetrics extends Metrics {
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

function readOnly(kind: string, plural: string, namespaced: boolean): KindDescriptor {
  return storedKind({
    group: GROUP,
    version: VERSION,
    kind,
    plural,
    singular: '',
    namespaced,
    verbs: ['get', 'list'],
    schema: '',
    validateCreate: () => [],
    validateUpdate: () => [],
    columns: [],
  } as Parameters<typeof storedKind>[0]);
}

export const METRICS_KINDS: readonly KindDescriptor[] = [
  readOnly('NodeMetrics', 'nodes', false),
  readOnly('PodMetrics', 'pods', true),
];

export function nodeMetrics({ metadata }: Node, rate: Rate): NodeMetrics {
  return { ...head('NodeMetrics', metadata, rate), usage: usage(rate) };
}

export function podMetrics({ metadata }: Pod, rates: ReadonlyMap<string, Rate>): PodMetrics {
  const [first] = [...rates.values()];
  const containers = Array.from(rates, ([name, rate]) => ({ name, usage: usage(rate) }));
  return { ...head('PodMetrics', metadata, first!), containers };
}

function head(kind: string, { name, namespace, labels }: KubeObject['metadata'], { timeMs, windowMs }: Rate): Metrics {
  const time = timestamp(timeMs);
  return {
    apiVersion: `${GROUP}/${VERSION}`,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      creationTimestamp: time,
      ...(labels === undefined ? {} : { labels }),
    } as KubeObject['metadata'],
    timestamp: time,
    window: `${windowMs / 1000}s`,
  };
}

function usage({ nanoCores, memoryBytes }: Rate): Usage {
  return { cpu: nanoCores === 0 ? '0' : `${nanoCores}n`, memory: memory(memoryBytes) };
}

function memory(bytes: number): string {
  return bytes < 1024 ? quantityOf(bytes) : `${Math.floor(bytes / 1024)}Ki`;
}
