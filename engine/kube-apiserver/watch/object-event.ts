import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KeyEvent } from '../../etcd/index.ts';
import { withResourceVersion } from '../registry/object-metadata.ts';

type Fields = Readonly<Record<string, string>>;

/** The fields of an object as it is stored, by which it can be selected in the version of its kind. */
export function selectableFields(kind: KindDescriptor, object: KubeObject): Fields {
  const { name, namespace } = object.metadata;
  const fields: Record<string, string> = { ...kind.selectableFields?.(asServed(kind, object)) };
  fields['metadata.name'] = name;
  fields['metadata.namespace'] = namespace ?? '';
  return fields;
}

/** What a webhook converts it has converted before anybody is told; where it failed, the watcher hears of that instead. */
function asServed({ codec }: KindDescriptor, object: KubeObject): KubeObject {
  if (codec === undefined) return object;
  try {
    return codec.decode(object);
  } catch {
    return object;
  }
}

/** One change of one object, prepared once for all who watch it. */
export class ObjectEvent {
  readonly kind: KindDescriptor;
  /** The object after the change; before it, for a deletion, at the revision of the deletion. */
  readonly object: KubeObject;
  /** The object before the change; undefined when it is new. */
  readonly previous: KubeObject | undefined;
  readonly deleted: boolean;
  readonly revision: number;
  #fields: Fields | undefined;
  #previousFields: Fields | undefined;
  #departed: KubeObject | undefined;

  constructor(kind: KindDescriptor, change: KeyEvent) {
    const previous = change.previous?.value as KubeObject | undefined;
    this.kind = kind;
    this.previous = previous;
    this.deleted = change.current === undefined;
    this.revision = change.revision;
    this.object = this.deleted
      ? withResourceVersion(previous!, change.revision)
      : (change.current!.value as KubeObject);
  }

  get fields(): Fields {
    this.#fields ??= selectableFields(this.kind, this.object);
    return this.#fields;
  }

  get previousFields(): Fields {
    this.#previousFields ??= selectableFields(this.kind, this.previous!);
    return this.#previousFields;
  }

  /** What one who loses sight of the object is given: its former self, at this revision. */
  get departed(): KubeObject {
    this.#departed ??= this.deleted ? this.object : withResourceVersion(this.previous!, this.revision);
    return this.#departed;
  }
}
