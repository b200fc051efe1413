import { badRequest, invalidObject, invalidOptions, unsupportedMediaType } from '../../api/errors.ts';
import { invalid } from '../../api/field-errors.ts';
import type { KubeObject } from '../../api/object.ts';
import { applyJsonPatch } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { type ResourceHandler, type ResourceRequest, respondWithObject } from '../context.ts';
import { decodeFields } from '../decode/object-decoder.ts';
import { BodySyntaxError, readBody } from '../decode/request-body.ts';
import { parseMediaType } from '../media-type.ts';
import { defaultedForStorage, fromStorage } from '../registry/served-form.ts';
import { readWriteOptions } from '../write-options.ts';
import { admitUpdate } from './admission.ts';
import { applyObject } from './apply.ts';
import { updateRecorder } from './field-writer.ts';
import { objectWarnings } from './warnings.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
export const APPLY_PATCH = 'application/apply-patch+yaml';
const PATCH_TYPES = [JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH];
/** Nothing says how lists of custom resources would merge. */
const CUSTOM_PATCH_TYPES = [JSON_PATCH, MERGE_PATCH, APPLY_PATCH];

/** What the real server says of a patch that spoils an object: a kind without a name. */
const NO_KIND = { group: '', kind: '' };

export const patchObject: ResourceHandler = (request) => {
  const { kind, store, info, query } = request;
  const type = parseMediaType(request.request.headers?.['content-type'] ?? '').type;
  const types = kind.custom === undefined ? PATCH_TYPES : CUSTOM_PATCH_TYPES;
  if (!types.includes(type)) throw unsupportedMediaType(types);
  const { dryRun, fieldValidation, fieldManager } = readWriteOptions('PatchOptions', query, type === APPLY_PATCH);
  const { patch, duplicates } = readPatch(request, type);
  if (type === APPLY_PATCH) return applyObject(request, patch);
  const twice = fieldValidation === 'Ignore' ? [] : duplicates();
  let warnings: readonly string[] = [];
  let previous: KubeObject | undefined;
  const { admit, validate } = admitUpdate(request, dryRun);
  const updated = store.update(
    info.namespace,
    info.name,
    (stored) => {
      previous = stored;
      const served = fromStorage(kind, stored);
      const patched = applyPatch(request, type, served, patch);
      const quoted = () => (type === STRATEGIC_MERGE_PATCH ? printGo(patch) : JSON.stringify(patched));
      const refuse = (why: string) => invalidObject(NO_KIND, '', [invalid('patch', quoted(), why)]);
      const decoded = decodeFields(patched, kind, fieldValidation ?? 'Warn', refuse, twice);
      warnings = decoded.warnings;
      checkTypeMeta(served, decoded.object);
      return admit(defaultedForStorage(kind, decoded.object), stored);
    },
    {
      dryRun,
      validate,
      subresource: info.subresource,
      managedFields: updateRecorder(request, fieldManager),
    },
  );
  return respondWithObject(request, 200, updated, warnings.concat(objectWarnings(kind, updated, previous)));
};

/** A patch, and what its text says twice. */
export interface Patch {
  readonly patch: unknown;
  readonly duplicates: () => readonly string[];
}

/** The patch in a request's body. @throws StatusError */
export function readPatch({ request }: ResourceRequest, type: string): Patch {
  try {
    const { value, duplicates } = readBody(request, PATCH_TYPES);
    if (value === undefined || value === null) throw new BodySyntaxError('unexpected end of JSON input', '');
    if (type !== JSON_PATCH && (typeof value !== 'object' || Array.isArray(value))) {
      const found = Array.isArray(value) ? 'array' : typeof value;
      throw new BodySyntaxError(`json: cannot unmarshal ${found} into Go value of type map[string]interface {}`, '');
    }
    return { patch: value, duplicates };
  } catch (error) {
    if (!(error instanceof BodySyntaxError)) throw error;
    throw badRequest(
      `error decoding patch: ${error.message.replace("couldn't get version/kind; json parse error: ", '')}`,
    );
  }
}

/** What a patch makes of an object. */
export function applyPatch({ kind }: ResourceRequest, type: string, stored: KubeObject, patch: unknown): KubeObject {
  switch (type) {
    case JSON_PATCH:
      return objectOrRefuse(applyJsonPatch(stored, patch));
    case STRATEGIC_MERGE_PATCH:
      return applyStrategicMergePatch(kind.schema, stored, patch as object) as KubeObject;
    default:
      return objectOrRefuse(applyMergePatch(stored, patch));
  }
}

function objectOrRefuse(value: unknown): KubeObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as KubeObject;
  throw badRequest('the patch does not leave an object');
}

function checkTypeMeta(stored: KubeObject, next: KubeObject): void {
  if (next.kind === stored.kind && next.apiVersion === stored.apiVersion) return;
  const message = `Invalid value: ${JSON.stringify(`${next.apiVersion}, Kind=${next.kind}`)}: must be ${stored.apiVersion}, Kind=${stored.kind}`;
  throw invalidOptions('PatchOptions', [{ type: 'FieldValueInvalid', field: 'kind', message }]);
}

/** A patch as Go prints a map: it is quoted so in errors. */
function printGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printGo).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${printGo(each)}`).join(' ')}]`;
}
