import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';

// Stores, caches and admission hold objects as they are stored. Where a kind is served in another form too, requests and
// answers of that form pass through here: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions

/** What the server says of an object's kind, whichever form was asked for. */
export function storedKindOf(kind: KindDescriptor): Pick<KindDescriptor, 'group' | 'version' | 'kind' | 'plural'> {
  return kind.storage?.kind ?? kind;
}

/** What a client sent (defaults filled in) as it is stored. */
export function toStorage(kind: KindDescriptor, served: KubeObject): KubeObject {
  return kind.storage === undefined ? served : kind.storage.toStorage(served);
}

/** What is stored as the client asked for it. */
export function fromStorage(kind: KindDescriptor, stored: KubeObject): KubeObject {
  return kind.storage === undefined ? stored : kind.storage.fromStorage(stored);
}

/** What a client sent as it is stored, with what it left out. */
export function defaultedForStorage(kind: KindDescriptor, served: KubeObject): KubeObject {
  return toStorage(kind, kind.applyDefaults?.(served) ?? served);
}
