import type { KindDescriptor } from '../../api/descriptor.ts';
import { storagePrefix } from '../registry/storage-key.ts';

/** A resource whatever its version. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** Of `secrets`, `deployments.apps`, `*.apps`, `*.`, `*.*`. */
export function groupResourceOf(text: string): GroupResource {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: '', resource: text } : { group: text.slice(dot + 1), resource: text.slice(0, dot) };
}

/** `deployments.apps`; all of the core group are `*.`. */
export function groupResourceText({ group, resource }: GroupResource): string {
  if (group === '') return resource === '*' ? '*.' : resource;
  return `${resource}.${group}`;
}

/** Tells from keys of etcd what is stored under them: those of built-in kinds do not name their group. */
export class KeyResources {
  readonly #byPlace = new Map<string, GroupResource>();

  constructor(kinds: readonly KindDescriptor[]) {
    for (const { group, plural, custom } of kinds) {
      const place = placeOf(storagePrefix({ group, plural, custom }));
      // What several groups serve is stored as one of them, and the core one is older than all others.
      if (group === '' || !this.#byPlace.has(place)) this.#byPlace.set(place, { group, resource: plural });
    }
  }

  of(key: string): GroupResource {
    const place = placeOf(key);
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const [group = '', resource = ''] = place.split('/');
    return { group, resource };
  }
}

/** `secrets`, `services/specs`, `example.com/widgets`: what comes after `/registry/`. */
function placeOf(key: string): string {
  const [, , first = '', second = ''] = key.split('/');
  return first === 'services' || first.includes('.') ? `${first}/${second}` : first;
}
