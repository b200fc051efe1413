import type { Process } from '../../linux/syscalls.ts';
import { type EtcdPlace, STATIC_POD_PATH } from '../bootstrap/static-pods.ts';

const OF_MEMBERS =
  /^ *- (--(?:feature-gates|initial-[\w-]+|listen-peer-urls|peer-[\w-]+|snapshot-count|watch-progress-[\w-]+)=.*)$/gm;

/** What the etcd of this machine is told of others now; undefined for one that is alone for good. */
export function etcdPlaceHere(process: Process): EtcdPlace | undefined {
  const path = `${STATIC_POD_PATH}/etcd.yaml`;
  if (!process.access(path, 'read')) return undefined;
  const flags = [...process.readText(path).matchAll(OF_MEMBERS)].map(([, flag]) => flag!);
  if (flags.length === 0) return undefined;
  return { flags, isExisting: flags.includes('--initial-cluster-state=existing') };
}
