import type {
  CustomResourceDefinition,
  CustomResourceVersion,
} from '../api/apiextensions/custom-resource-definition.ts';
import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import type { VersionCodec } from '../api/descriptor.ts';
import type { KubeObject } from '../api/object.ts';
import { decodeCustomResource } from './decode.ts';
import { withSchemaDefaults } from './defaulting.ts';

/** Converts objects to another version. @throws StatusError; whatever is thrown when others have to be asked first */
export type ConvertObjects = (
  definition: CustomResourceDefinition,
  objects: readonly KubeObject[],
  apiVersion: string,
) => readonly KubeObject[];

/**
 * Between the version that is stored and one that is served, where a webhook converts. What has been converted once is
 * remembered as long as the object is there: stored objects never change.
 */
export function versionCodec(
  definition: CustomResourceDefinition,
  version: CustomResourceVersion,
  schema: JsonSchema,
  convert: ConvertObjects,
): VersionCodec {
  const { group, versions } = definition.spec;
  const storage = versions.find((each) => each.storage) ?? version;
  const apiVersion = `${group}/${version.name}`;
  const storedAs = `${group}/${storage.name}`;
  const served = new WeakMap<KubeObject, KubeObject>();
  const read = (object: KubeObject): KubeObject =>
    withSchemaDefaults(schema, decodeCustomResource(schema, object).object) as KubeObject;

  function prepare(stored: readonly KubeObject[]): void {
    const foreign: KubeObject[] = [];
    for (const object of stored) {
      if (served.has(object)) continue;
      if (object.apiVersion === apiVersion) served.set(object, read(object));
      else foreign.push(object);
    }
    if (foreign.length === 0) return;
    const converted = convert(definition, foreign, apiVersion);
    for (const [index, object] of foreign.entries()) served.set(object, read(converted[index]!));
  }

  return {
    prepare,
    decode(stored) {
      prepare([stored]);
      return served.get(stored)!;
    },
    encode: (object) => (object.apiVersion === storedAs ? object : convert(definition, [object], storedAs)[0]!),
    remember: (stored, object) => served.set(stored, object),
  };
}
