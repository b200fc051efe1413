import { mapItems, sameValue, withDefaults, withField, withoutField } from '../copy-on-write.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { KubeObject } from '../object.ts';
import { createdAtColumn, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import type { JsonSchema } from './json-schema.ts';

// https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/

export interface CustomResourceNames {
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly kind: string;
  readonly listKind?: string;
  readonly categories?: readonly string[];
}

export interface CustomResourceColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
  readonly subresources?: {
    readonly status?: object;
    readonly scale?: {
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly additionalPrinterColumns?: readonly CustomResourceColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface CustomResourceCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: CustomResourceNames;
    readonly scope: string;
    readonly versions: readonly CustomResourceVersion[];
    readonly preserveUnknownFields?: boolean;
    readonly conversion?: {
      readonly strategy: string;
      readonly webhook?: {
        readonly clientConfig?: {
          readonly url?: string;
          readonly service?: {
            readonly namespace: string;
            readonly name: string;
            readonly path?: string;
            readonly port?: number;
          };
          readonly caBundle?: string;
        };
        readonly conversionReviewVersions: readonly string[];
      };
    };
  };
  readonly status?: {
    readonly conditions?: readonly CustomResourceCondition[] | null;
    readonly acceptedNames?: CustomResourceNames;
    readonly storedVersions?: readonly string[];
  };
}

/** Keeps a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Before any controller has looked at it. */
const NO_NAMES: CustomResourceNames = { plural: '', kind: '' };

/** Whether a condition of a definition is True. */
export function isConditionTrue({ status }: CustomResourceDefinition, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
}

/** The versions in which objects are, or once were, stored. */
function storedVersions({ spec, status }: CustomResourceDefinition): readonly string[] | undefined {
  const before = status?.storedVersions;
  // Validation has yet to demand a spec.
  const versions = (spec as Partial<CustomResourceDefinition['spec']> | undefined)?.versions;
  const name = versions?.find(({ storage }) => storage)?.name;
  if (name === undefined || before?.includes(name) === true) return before;
  return [...(before ?? []), name];
}

function withStoredVersions(definition: CustomResourceDefinition): CustomResourceDefinition {
  const versions = storedVersions(definition);
  if (versions === undefined || versions === definition.status?.storedVersions) return definition;
  return withField(definition, 'status', { ...definition.status, storedVersions: versions });
}

function applyDefaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { spec } = definition;
  if (spec?.names === undefined) return definition;
  const { kind } = spec.names;
  const names =
    kind === undefined || kind === ''
      ? spec.names
      : withDefaults(spec.names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
  const named = withField(spec, 'names', names);
  const filled = withDefaults(named, { conversion: { strategy: 'None' } });
  const versions = filled.versions as CustomResourceVersion[] | undefined;
  const plain = versions === undefined ? filled : withField(filled, 'versions', mapItems(versions, withoutZeros));
  return withField(definition, 'spec', plain);
}

/** A priority of 0 is left out, as Go leaves out zeros. */
function withoutZeros(version: CustomResourceVersion): CustomResourceVersion {
  const columns = version.additionalPrinterColumns as CustomResourceColumn[] | undefined;
  if (columns === undefined) return version;
  const tidied = mapItems(columns, (column) => (column.priority === 0 ? withoutField(column, 'priority') : column));
  return withField(version, 'additionalPrinterColumns', tidied);
}

/**
 * The kind of definitions. Its names and schemas are judged by the extensions API server, which may come later than the
 * kind itself: see `kube-apiserver/custom-resources/`.
 * After apiextensions-apiserver pkg/registry/customresourcedefinition/strategy.go.
 */
export const customResourceDefinition = storedKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  subresources: ['status'],
  applyDefaults,
  prepareForCreate(definition) {
    const status = { conditions: null, acceptedNames: NO_NAMES };
    return firstGeneration(withStoredVersions({ ...definition, status }));
  },
  prepareForUpdate(next, previous, { status }) {
    if (status) return nextGeneration(withField(next, 'spec', previous.spec), previous, false);
    const kept = previous.status === undefined ? next : withField(next, 'status', previous.status);
    return nextGeneration(withStoredVersions(kept), previous, !sameValue(next.spec, previous.spec));
  },
  ...validation<CustomResourceDefinition>({ namespaced: false, validate: () => {} }),
  columns: [nameColumn, createdAtColumn],
});
