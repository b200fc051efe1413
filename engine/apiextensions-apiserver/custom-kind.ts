import {
  type CustomResourceDefinition,
  type CustomResourceVersion,
  isConditionTrue,
} from '../api/apiextensions/custom-resource-definition.ts';
import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { sameValue, withField, withoutField } from '../api/copy-on-write.ts';
import type { KindDescriptor, Verb } from '../api/descriptor.ts';
import { firstGeneration, nextGeneration } from '../api/generation.ts';
import type { KubeObject } from '../api/object.ts';
import { printerColumns } from './columns.ts';
import { CustomResourceValidation } from './custom-resource-validation.ts';
import { decodeCustomResource } from './decode.ts';
import { withSchemaDefaults } from './defaulting.ts';
import { findByPath, parseSimplePath } from './json-path.ts';
import { openApiSchema } from './openapi-schema.ts';
import { structureOf } from './structure.ts';
import { type ConvertObjects, versionCodec } from './version-codec.ts';
import { byPreference } from './version-order.ts';

/** In the order of discovery. */
const VERBS: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
/** While a definition goes, its objects can be looked at and deleted. */
const TERMINATING_VERBS: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];
/** What a definition without a schema would mean; validation demands one. */
const ANYTHING: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** The kinds that an established definition makes, one for each served version, preferred first. */
export function customKinds(definition: CustomResourceDefinition, convert: ConvertObjects): readonly KindDescriptor[] {
  const served = definition.spec.versions.filter((version) => version.served);
  return byPreference(served).map((version) => customKind(definition, version, convert));
}

function customKind(
  definition: CustomResourceDefinition,
  version: CustomResourceVersion,
  convert: ConvertObjects,
): KindDescriptor {
  const { spec } = definition;
  const { group, scope } = spec;
  const names = definition.status?.acceptedNames ?? spec.names;
  const schema = version.schema?.openAPIV3Schema ?? ANYTHING;
  const namespaced = scope === 'Namespaced';
  const hasStatus = version.subresources?.status !== undefined;
  const scale = version.subresources?.scale;
  const kind = { group, version: version.name, kind: names.kind, plural: names.plural };
  const validation = new CustomResourceValidation(kind, schema, namespaced, scale?.specReplicasPath);
  const isTerminating = isConditionTrue(definition, 'Terminating');
  const warning = deprecationWarning(version, group, names.kind);
  return {
    ...kind,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced,
    verbs: isTerminating ? TERMINATING_VERBS : VERBS,
    schema: definitionName(group, version.name, names.kind),
    custom: {
      structure: structureOf(schema),
      openApi: openApiSchema(schema),
      decode: (object) => decodeCustomResource(schema, object),
      isTerminating,
      ...(scale === undefined ? {} : { scale }),
      ...(warning === undefined ? {} : { warning }),
    },
    subresources: [...(hasStatus ? ['status'] : []), ...(scale === undefined ? [] : ['scale'])],
    ...(spec.conversion?.strategy === 'Webhook'
      ? { codec: versionCodec(definition, version, schema, convert) }
      : { storage: storageForm(definition, version, schema) }),
    applyDefaults: (object) => withSchemaDefaults(schema, object) as KubeObject,
    prepareForCreate: (object) => firstGeneration(hasStatus ? withoutField(object as WithStatus, 'status') : object),
    prepareForUpdate: (next, previous, { status }) => prepareUpdate(next, previous, status, hasStatus),
    validateCreate: (object) => validation.create(object),
    validateUpdate: (next, previous) => validation.update(next, previous),
    ...selectable(version),
    columns: printerColumns(version.additionalPrinterColumns),
  };
}

type WithStatus = KubeObject & { readonly status?: unknown; readonly spec?: unknown };

/** A version that is on its way out says so with every answer. */
function deprecationWarning(version: CustomResourceVersion, group: string, kind: string): string | undefined {
  if (version.deprecated !== true) return undefined;
  return version.deprecationWarning ?? `${group}/${version.name} ${kind} is deprecated`;
}

/** `modern.example.com`, `v1`, `Gadget` → `com.example.modern.v1.Gadget`, as OpenAPI documents name it. */
function definitionName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/**
 * Objects are stored in one version; all others differ in their apiVersion only (conversion `None`). What is read gets
 * the defaults that came with later schemas, and loses what they no longer specify.
 */
function storageForm(
  definition: CustomResourceDefinition,
  version: CustomResourceVersion,
  schema: JsonSchema,
): NonNullable<KindDescriptor['storage']> {
  const { group, versions } = definition.spec;
  const { kind, plural } = definition.status?.acceptedNames ?? definition.spec.names;
  const storage = versions.find((each) => each.storage) ?? version;
  const apiVersion = `${group}/${version.name}`;
  const storedAs = `${group}/${storage.name}`;
  const read = new WeakMap<KubeObject, KubeObject>();
  return {
    kind: { group, version: storage.name, kind, plural },
    toStorage: (served) => withField(served, 'apiVersion', storedAs),
    fromStorage: (stored) => {
      let object = read.get(stored);
      if (object === undefined) {
        const pruned = decodeCustomResource(schema, stored).object;
        object = withField(withSchemaDefaults(schema, pruned) as KubeObject, 'apiVersion', apiVersion);
        read.set(stored, object);
      }
      return object;
    },
  };
}

function prepareUpdate(next: WithStatus, previous: WithStatus, isStatus: boolean, hasStatus: boolean): KubeObject {
  if (isStatus) return { ...previous, ...statusOf(next), metadata: statusMetadata(next, previous) } as KubeObject;
  const kept = hasStatus ? { ...withoutField(next, 'status'), ...statusOf(previous) } : next;
  return nextGeneration(kept, previous, !sameValue(judged(kept, hasStatus), judged(previous, hasStatus)));
}

function statusOf({ status }: WithStatus): { readonly status?: unknown } {
  return status === undefined ? {} : { status };
}

/** Through its own endpoint only the status changes; what holds the object and who manages it may, too. */
function statusMetadata(next: WithStatus, previous: WithStatus): KubeObject['metadata'] {
  const { managedFields: _, ...before } = previous.metadata;
  const { managedFields, resourceVersion } = next.metadata;
  return { ...before, resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) };
}

/** What counts for the generation: everything but metadata and, where it has an endpoint of its own, the status. */
function judged(object: WithStatus, hasStatus: boolean): object {
  const { metadata: _, status, ...rest } = object;
  return hasStatus ? rest : { ...rest, status };
}

function selectable({ selectableFields = [] }: CustomResourceVersion): Pick<KindDescriptor, 'selectableFields'> {
  if (selectableFields.length === 0) return {};
  const fields = selectableFields.map(({ jsonPath }) => [jsonPath.slice(1), parseSimplePath(jsonPath)] as const);
  return {
    selectableFields: (object) =>
      Object.fromEntries(fields.map(([name, steps]) => [name, String(findByPath(object, steps)[0] ?? '')] as const)),
  };
}
