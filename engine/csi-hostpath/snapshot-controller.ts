import type { PersistentVolumeClaim } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../api/resources.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import { print } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';
import { SOURCE_FINALIZER } from './claim-in-use.ts';
import { runLoop, type Surroundings } from './controller-loop.ts';
import { flag, isSet } from './flags.ts';
import type { SnapshotSetup } from './snapshot-binding.ts';
import { syncContent } from './snapshot-content.ts';
import { snapshotClasses, snapshotContents, snapshots, type VolumeSnapshotContent } from './snapshot-kinds.ts';
import { syncSnapshot } from './snapshot-sync.ts';

const LEASE = 'snapshot-controller-leader';
const DEFAULT_NAMESPACE = 'kube-system';

/**
 * Ties VolumeSnapshots to VolumeSnapshotContents, once in a cluster and for all drivers; the csi-snapshotter beside each driver
 * does the rest. Of several that run one leads. https://github.com/kubernetes-csi/external-snapshotter
 */
export const snapshotController =
  (surroundings: Surroundings): Program =>
  (process) =>
    runLoop(process, 'snapshot-controller', surroundings, function* (loop) {
      const { sim, client, informers } = loop;
      const recorder = new EventRecorder(sim, client, { component: 'snapshot-controller' });
      const setup: SnapshotSetup = {
        ...loop,
        recorder,
        isDistributed: isSet(process, 'enable-distributed-snapshotting'),
      };
      yield* print(process, 'Starting snapshot controller\n');
      let stop = (): void => {};
      if (isSet(process, 'leader-election')) stop = lead(surroundings, setup);
      else begin(setup);
      return {
        *reconcile(key) {
          const [kind = '', ...rest] = key.split(' ');
          const name = rest.join(' ');
          if (kind === 'content') {
            const content = informers.for(snapshotContents).lister.get(name);
            if (content !== undefined) syncContent(setup, content);
          } else {
            const snapshot = informers.for(snapshots).lister.byKey(name);
            if (snapshot !== undefined) syncSnapshot(setup, snapshot);
          }
        },
        stop() {
          stop();
          recorder.stop();
        },
      };
    });

/** Takes part in the election; nothing is watched before it is won. @returns how to leave it */
function lead({ sim }: Surroundings, setup: SnapshotSetup): () => void {
  const { client, process } = setup;
  const elector = new LeaderElector(sim, client, {
    name: LEASE,
    namespace: flag(process, 'leader-election-namespace') ?? DEFAULT_NAMESPACE,
    identity: `${process.hostname}_${sim.random(`${LEASE}/${process.hostname}`).uuid()}`,
    onStartedLeading: () => begin(setup),
    onStoppedLeading: () => process.kill(process.pid, 'TERM'),
  });
  elector.start();
  return () => elector.stop();
}

function begin({ informers, queue }: SnapshotSetup): void {
  const lookAt = (key: string): void => queue.add(`snapshot ${key}`);
  informers.for(snapshots).addHandlers({
    add: (snapshot) => lookAt(objectKey(snapshot)),
    update: (_, snapshot) => lookAt(objectKey(snapshot)),
  });
  const look = ({ metadata, spec }: VolumeSnapshotContent): void => {
    queue.add(`content ${metadata.name}`);
    // A snapshot that waits for its content, or for its content's end.
    const { namespace, name } = spec.volumeSnapshotRef;
    lookAt(`${namespace}/${name}`);
  };
  informers
    .for(snapshotContents)
    .addHandlers({ add: look, update: (_, content) => look(content), delete: (content) => look(content) });
  informers.for(snapshotClasses);
  informers.for(persistentVolumes);
  informers.for(storageClasses);
  const claim = (changed: PersistentVolumeClaim): void => {
    const { namespace, finalizers = [] } = changed.metadata;
    const from = changed.spec.dataSource;
    if (from?.kind === 'VolumeSnapshot') lookAt(`${namespace}/${from.name}`);
    if (!finalizers.includes(SOURCE_FINALIZER)) return;
    for (const snapshot of informers.for(snapshots).lister.list(namespace)) {
      if (snapshot.spec.source.persistentVolumeClaimName === changed.metadata.name) lookAt(objectKey(snapshot));
    }
  };
  informers.for(persistentVolumeClaims).addHandlers({ update: (_, changed) => claim(changed), delete: claim });
}
