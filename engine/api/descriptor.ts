import type { FieldError } from './field-error.ts';
import type { KubeObject } from './object.ts';
import type { UserInfo } from './request.ts';
import type { CustomSchema } from './schema/custom-schema.ts';
import type { Structure } from './schema/structural.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** A column of `kubectl get`, in the words of meta.k8s.io/v1 TableColumnDefinition. */
export interface PrinterColumn<T extends KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'date' | 'boolean';
  readonly format?: string;
  readonly description: string;
  /** 0 is always shown, anything higher only with `-o wide`. */
  readonly priority: number;
  /** The cell; times are given as ages, hence the clock (milliseconds since 1970). */
  readonly cell: (object: T, nowMs: number) => string | number | boolean | null;
}

/** What the server knows when an object comes in. */
export interface WriteContext {
  /** RFC 3339, now. */
  readonly timestamp: string;
  /** True for a write through the `status` subresource. */
  readonly status: boolean;
  /** Through which the write comes; empty or absent for the object itself. */
  readonly subresource?: string;
  /** Who creates. */
  readonly user?: UserInfo | undefined;
}

/** What a CustomResourceDefinition says of the objects of one version. */
interface CustomShape {
  /** For server-side apply. */
  readonly structure: CustomSchema;
  /** The schema as OpenAPI documents show it. */
  readonly openApi: Readonly<Record<string, unknown>>;
  /** Checks what came in, as `checkStructure` does for built-in kinds: unknown fields are dropped, metadata must have its types. */
  readonly decode: (object: unknown) => Structure;
  /** Where the `scale` subresource finds its numbers: `.spec.replicas`. */
  readonly scale?: ScalePaths;
  /** Whether the definition is on its way out: nothing can be created or changed any more. */
  readonly isTerminating: boolean;
  /** Sent as a warning with every answer about a deprecated version. */
  readonly warning?: string;
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#scale-subresource */
interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/**
 * How a kind is stored that is served in this form too: an older version, or another group's view of the same objects.
 * Whoever reads gets `fromStorage`, whoever writes is stored as `toStorage`; all between (admission, validation, tables)
 * sees the stored form. Converting there and back must lose nothing.
 */
export interface StorageForm<T extends KubeObject = KubeObject> {
  /** The stored kind; what the server says of the object names this one. */
  readonly kind: Pick<KindDescriptor<T>, 'group' | 'version' | 'kind' | 'plural'>;
  readonly toStorage: (served: KubeObject) => T;
  readonly fromStorage: (stored: T) => KubeObject;
}

/**
 * How objects lie in storage where every version has a form of its own and somebody else converts (a webhook). Between
 * reading and writing everything sees the served form. All but `remember` may throw when others have to be asked first.
 */
export interface VersionCodec {
  /** Finds the served forms of all these in one go. */
  readonly prepare: (stored: readonly KubeObject[]) => void;
  readonly decode: (stored: KubeObject) => KubeObject;
  readonly encode: (served: KubeObject) => KubeObject;
  /** Notes what has been stored of what. */
  readonly remember: (stored: KubeObject, served: KubeObject) => void;
}

/**
 * Everything the API server needs to know about a kind. Discovery, OpenAPI, the registry, tables and completions
 * derive from it; a kind is data, and its behaviour is here or nowhere.
 * After kubernetes/kubernetes pkg/registry/<group>/<kind>/strategy.go.
 */
export interface KindDescriptor<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The kind of its lists, where it is not the kind with `List` behind. */
  readonly listKind?: string;
  /** The resource: plural, lower case, as in the path and in the etcd key. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** The definition in the generated schema, e.g. `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
  /** Only of custom resources: what stands in for the generated schema. */
  readonly custom?: CustomShape;
  /** Subresources beyond plain storage: `status`, `scale`, `binding`, `log`, `exec`, … */
  readonly subresources: readonly string[];

  /** Absent for a kind that is stored as it is served. Else `T` is the stored form, and only `applyDefaults` sees the other. */
  readonly storage?: StorageForm<T>;
  /** Instead of `storage`, where conversion takes time. */
  readonly codec?: VersionCodec;

  /** Fills in what the client left out; returns the same object when nothing was missing. */
  readonly applyDefaults?: (object: T) => T;
  /** Drops what a client may not set (status on create, for one) and sets what the server sets (generation). */
  readonly prepareForCreate?: (object: T, context: WriteContext) => T;
  /** The same for an update; also raises `generation` when the spec changed. */
  readonly prepareForUpdate?: (next: T, previous: T, context: WriteContext) => T;
  /** What a first deletion changes in an object that does not go at once. */
  readonly prepareForDeletion?: (object: T, timestamp: string) => T;
  readonly validateCreate: (object: T) => readonly FieldError[];
  readonly validateUpdate: (next: T, previous: T, context: WriteContext) => readonly FieldError[];

  /** What of a new or changed object is hardly meant: told to its writer, refused to nobody. */
  readonly warnings?: (object: T) => readonly string[];
  /** Sent as a warning with every answer about a kind whose time is over. */
  readonly deprecation?: string;

  /** The grace period of a deletion that asked for none; absent means objects of this kind go at once. */
  readonly gracePeriodSeconds?: (object: T, requested: number | undefined) => number;
  /** Labels for field selectors beyond metadata.name and metadata.namespace, e.g. `spec.nodeName`. */
  readonly selectableFields?: (object: T) => Readonly<Record<string, string>>;
  /** Name and Age are written out like all others. */
  readonly columns: readonly PrinterColumn<T>[];
}
