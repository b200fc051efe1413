import { isObject, type Unstructured } from '../unstructured.ts';
import { answersTo, type Item } from './item.ts';

// Where objects name others: https://github.com/kubernetes-sigs/kustomize api/internal/konfig/builtinpluginconsts
// (namereference.go), told by the words that lead to the name instead of by whole paths.

/** The kind that a field under an object of this name speaks of: `secretKeyRef: {name}`. */
const HOLDERS: Readonly<Record<string, readonly [field: string, kind: string]>> = {
  configMapKeyRef: ['name', 'ConfigMap'],
  configMapRef: ['name', 'ConfigMap'],
  configMap: ['name', 'ConfigMap'],
  secretKeyRef: ['name', 'Secret'],
  secretRef: ['name', 'Secret'],
  imagePullSecrets: ['name', 'Secret'],
  secrets: ['name', 'Secret'],
  persistentVolumeClaim: ['claimName', 'PersistentVolumeClaim'],
  service: ['name', 'Service'],
};

/** Fields that hold a name themselves. */
const NAMES: Readonly<Record<string, string>> = {
  secretName: 'Secret',
  serviceAccountName: 'ServiceAccount',
  serviceAccount: 'ServiceAccount',
  serviceName: 'Service',
  priorityClassName: 'PriorityClass',
  storageClassName: 'StorageClass',
  ingressClassName: 'IngressClass',
  volumeName: 'PersistentVolume',
};

/** Objects that say themselves of what kind they speak. */
const TYPED: ReadonlySet<string> = new Set(['roleRef', 'scaleTargetRef', 'subjects', 'targetRef', 'dataSource']);

/** The resources with their references led to the names that others have now. */
export function withReferences(items: readonly Item[]): readonly Item[] {
  const changed = items.filter(({ formerNames }) => formerNames.length > 0);
  const moved = items.filter(
    ({ object }) => object.kind === 'ServiceAccount' && object.metadata.namespace !== undefined,
  );
  if (changed.length === 0 && moved.length === 0) return items;
  return items.map((item) => {
    const walker = new Walker(changed, moved, item.object.metadata.namespace);
    return { ...item, object: walker.walk(item.object, '') as Unstructured };
  });
}

class Walker {
  readonly #candidates: readonly Item[];
  readonly #accounts: readonly Item[];
  readonly #namespace: string | undefined;

  constructor(candidates: readonly Item[], accounts: readonly Item[], namespace: string | undefined) {
    this.#candidates = candidates;
    this.#accounts = accounts;
    this.#namespace = namespace;
  }

  walk(value: unknown, holder: string): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item) => this.walk(item, holder));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    if (!isObject(value)) return value;
    let result: Record<string, unknown> | undefined;
    for (const [key, field] of Object.entries(value)) {
      const kind = typeof field === 'string' ? this.#kindAt(value, holder, key) : undefined;
      const led = kind === undefined ? this.walk(field, key) : this.#nameNow(kind, field as string);
      if (led !== field) result = { ...(result ?? value), [key]: led };
    }
    return holder === 'subjects' ? this.#inItsNamespace(result ?? value, value) : (result ?? value);
  }

  #kindAt(object: Readonly<Record<string, unknown>>, holder: string, key: string): string | undefined {
    const [field, kind] = HOLDERS[holder] ?? [];
    if (field === key) return kind;
    if (TYPED.has(holder) && key === 'name' && typeof object['kind'] === 'string') return object['kind'];
    // A projected volume's source is called as the volume, with another field.
    if (holder === 'secret' && key === 'name') return 'Secret';
    return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
  }

  #nameNow(kind: string, name: string): string {
    const known = this.#candidates.filter((item) => item.object.kind === kind && answersTo(item, name));
    const [found = known[0]] = known.filter(({ object }) => object.metadata.namespace === this.#namespace);
    return found?.object.metadata.name ?? name;
  }

  #inItsNamespace(subject: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>>): unknown {
    if (subject['kind'] !== 'ServiceAccount') return subject;
    const account = this.#accounts.find((item) => answersTo(item, String(before['name'])));
    if (account === undefined || subject['namespace'] === account.object.metadata.namespace) return subject;
    return { ...subject, namespace: account.object.metadata.namespace };
  }
}
