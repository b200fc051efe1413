import { withField, withoutField } from '../copy-on-write.ts';
import { nextGeneration } from '../generation.ts';
import type { KubeObject } from '../object.ts';

/** A write through the status endpoint of a workload changes neither its labels nor its generation. */
export function keepMetadataOfStatusUpdate<T extends KubeObject>(next: T, previous: T): T {
  const { labels } = previous.metadata;
  const metadata =
    labels === undefined ? withoutField(next.metadata, 'labels') : withField(next.metadata, 'labels', labels);
  return nextGeneration(withField(next, 'metadata', metadata), previous, false);
}
