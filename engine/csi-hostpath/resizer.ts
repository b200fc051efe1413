import type { PersistentVolumeClaim, VolumeAttributesClass } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { persistentVolumeClaims, persistentVolumes, volumeAttributesClasses } from '../api/resources.ts';
import type { Surroundings } from './controller-loop.ts';
import { isOwnVolume } from './provisioned-volume.ts';
import { sidecar } from './sidecar.ts';
import { Expansion } from './volume-expansion.ts';
import { Modification } from './volume-modification.ts';

/** Lets volumes grow with their claims, and change as their claims say. https://github.com/kubernetes-csi/external-resizer */
export const resizer = (surroundings: Surroundings) =>
  sidecar(
    'csi-resizer',
    surroundings,
    (setup) => {
      const { driver, informers, queue, topology } = setup;
      const claims = informers.for(persistentVolumeClaims);
      const volumes = informers.for(persistentVolumes);
      const look = (claim: PersistentVolumeClaim): void => queue.add(objectKey(claim));
      claims.addHandlers({ add: look, update: (_, claim) => look(claim) });
      // Claims may have been waiting for their class.
      informers.for(volumeAttributesClasses).addHandlers({
        add: ({ metadata }: VolumeAttributesClass) => {
          for (const claim of claims.lister.list()) {
            if (claim.spec.volumeAttributesClassName === metadata.name) look(claim);
          }
        },
      });
      const expansion = new Expansion(setup);
      const modification = new Modification(setup);
      return function* (key) {
        const claim = claims.lister.byKey(key);
        const volume = claim && volumes.lister.get(claim.spec.volumeName ?? '');
        if (claim?.status?.phase !== 'Bound' || claim.metadata.deletionTimestamp !== undefined) return;
        if (volume?.spec.csi?.driver !== driver || !isOwnVolume(volume, topology)) return;
        if (volume.spec.claimRef?.uid !== claim.metadata.uid) return;
        yield* modification.modify(claim, volume);
        yield* expansion.expand(claim, volume);
      };
    },
    (driver) => `external-resizer ${driver}`,
  );
