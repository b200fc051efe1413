import type { KubeObject } from '../api/object.ts';
import {
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  type Resource,
  replicaSets,
  replicationControllers,
  services,
  statefulSets,
  storageClasses,
} from '../api/resources.ts';
import type { Informer } from '../client/informer.ts';
import type { Lister } from '../client/lister.ts';
import type { SharedInformers } from '../client/shared-informers.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { ClusterObjects } from './cluster-objects.ts';

/** The informers of everything that is neither a node nor a Pod. */
export interface ObjectInformers {
  readonly objects: ClusterObjects;
  readonly all: readonly { whenSynced(callback: () => void): void }[];
}

/** @param tell hears of changes to what volumes depend on. */
export function objectInformers(informers: SharedInformers, tell: (event: ClusterEvent) => void): ObjectInformers {
  const all: Informer<never>[] = [];
  const listed = <T extends KubeObject>(resource: Resource<T>): Lister<T> => {
    const informer = informers.for(resource);
    all.push(informer as unknown as Informer<never>);
    return informer.lister;
  };
  const told = <T extends KubeObject>(resource: Resource<T>): Lister<T> => {
    informers.for(resource).addHandlers({
      add: (object) => tell({ kind: 'StorageChange', previous: undefined, object }),
      update: (previous, object) => tell({ kind: 'StorageChange', previous, object }),
      delete: (previous) => tell({ kind: 'StorageChange', previous, object: undefined }),
    });
    return listed(resource);
  };
  const objects: ClusterObjects = {
    namespaces: listed(namespaces),
    services: listed(services),
    replicationControllers: listed(replicationControllers),
    replicaSets: listed(replicaSets),
    statefulSets: listed(statefulSets),
    podDisruptionBudgets: listed(podDisruptionBudgets),
    claims: told(persistentVolumeClaims),
    volumes: told(persistentVolumes),
    storageClasses: told(storageClasses),
    csiNodes: told(csiNodes),
    csiDrivers: told(csiDrivers),
    csiStorageCapacities: told(csiStorageCapacities),
  };
  return { objects, all };
}

/** The informers of what claims for devices depend on, which begin when somebody first asks for them. */
export function deviceInformers(informers: SharedInformers, tell: (event: ClusterEvent) => void) {
  return <T extends KubeObject>(resource: Resource<T>): Informer<T> => {
    const informer = informers.for(resource);
    const kind = 'DeviceChange';
    informer.addHandlers({
      add: (object) => tell({ kind, object }),
      update: (previous, object) => tell({ kind, previous, object }),
      delete: (previous) => tell({ kind, previous }),
    });
    informer.whenSynced(() => tell({ kind }));
    return informer;
  };
}

/** Makes it when it is first asked for; undefined where nobody can. */
export function once<T>(make: (() => T) | undefined): () => T | undefined {
  let made: T | undefined;
  return () => {
    made ??= make?.();
    return made;
  };
}
