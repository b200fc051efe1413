import type { KindDescriptor } from '../../api/descriptor.ts';
import { badRequest } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest } from '../../api/request.ts';
import { checkStructure } from '../../api/schema/structural.ts';
import type { FieldValidation } from '../write-options.ts';
import { BodySyntaxError, type ParsedBody, readBody } from './request-body.ts';

/** An object that has the kind's shape, and what the client should be warned of. */
export interface Decoded {
  readonly object: KubeObject;
  /** Texts for `Warning` headers. */
  readonly warnings: readonly string[];
  /** Whether it came from outside; see `ParsedBody`. */
  readonly wasText: boolean;
}

const NO_WARNINGS: readonly string[] = [];
/** Keeps the usual order of an object's fields for those who print it. */
const TYPE_FIRST = { apiVersion: '', kind: '' };

export function apiVersionOf({ group, version }: Pick<KindDescriptor, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** @throws StatusError BadRequest when the body cannot be read. */
export function readObjectBody(request: ApiRequest, kind: string): ParsedBody & { readonly value: object } {
  let body: ParsedBody;
  try {
    body = readBody(request);
  } catch (error) {
    if (!(error instanceof BodySyntaxError)) throw error;
    throw unrecognized(kind, error.message, error.summary);
  }
  const { value, summary } = body;
  if (value === undefined || value === null) {
    throw unrecognized(kind, "couldn't get version/kind; json parse error: unexpected end of JSON input", summary);
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const into =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    const words = `json: cannot unmarshal ${found} into Go value of type ${into}`;
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${words}`, summary);
  }
  return body as ParsedBody & { readonly value: object };
}

function unrecognized(kind: string, words: string, summary: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${words} (${summary})`);
}

/**
 * The object in the body of a POST or PUT, without defaults yet.
 *
 * Unknown fields and wrong types are looked for in what comes from outside, or when the client asks. A typed client in
 * the same process stands for one that sends protobuf, which cannot hold either.
 */
export function decodeObject(
  request: ApiRequest,
  kind: KindDescriptor,
  validation: FieldValidation | undefined,
  known: readonly KindDescriptor[],
): Decoded {
  const { value, wasText, duplicates, summary } = readObjectBody(request, kind.kind);
  const object =
    kind.custom === undefined
      ? withTypeMeta(value as KubeObject, kind, known)
      : withCustomTypeMeta(value as KubeObject, kind, summary);
  if (!wasText && validation === undefined && kind.custom === undefined) {
    return { object: withMetadataObject(object, kind), warnings: NO_WARNINGS, wasText };
  }
  const twice = validation === 'Ignore' ? NO_WARNINGS : duplicates();
  return { ...decodeFields(object, kind, validation ?? 'Warn', undefined, twice), wasText };
}

/**
 * Checks an object against its kind's schema and drops what does not belong.
 *
 * @param refuse makes the error for an object that has not the kind's shape.
 * @param duplicates what the text has twice: treated like unknown fields.
 */
export function decodeFields(
  object: KubeObject,
  kind: KindDescriptor,
  validation: FieldValidation,
  refuse = (why: string): Error => cannotBeHandled(kind, kind.kind, why),
  duplicates: readonly string[] = NO_WARNINGS,
): Omit<Decoded, 'wasText'> {
  const structure = kind.custom?.decode(object) ?? checkStructure(kind.schema, object);
  const { unknownFields, typeErrors, object: decoded } = structure;
  if (typeErrors.length > 0) throw refuse(typeErrors[0]!);
  const unknown = [...duplicates, ...unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`)];
  if (validation === 'Strict' && unknown.length > 0) throw refuse(`strict decoding error: ${unknown.join(', ')}`);
  const warnings = validation === 'Warn' ? unknown : NO_WARNINGS;
  return { object: withMetadataObject(decoded as KubeObject, kind), warnings };
}

/** Fills in what the path implies; refuses what contradicts it. */
function withTypeMeta(object: KubeObject, kind: KindDescriptor, known: readonly KindDescriptor[]): KubeObject {
  const expected = apiVersionOf(kind);
  const { apiVersion = '', kind: name = '' } = object as Partial<KubeObject>;
  if (name === kind.kind && apiVersion === expected) return object;
  for (const [field, value] of [
    ['apiVersion', apiVersion],
    ['kind', name],
  ]) {
    if (typeof value === 'string') continue;
    const words = `json: cannot unmarshal ${typeof value} into Go struct field .${field} of type string`;
    throw unrecognized(kind.kind, `couldn't get version/kind; json parse error: ${words}`, '<object>');
  }
  const gotVersion = apiVersion === '' ? expected : apiVersion;
  const gotKind = name === '' ? kind.kind : name;
  if (gotKind !== kind.kind || gotVersion !== expected) throw wrongKind(kind, gotKind, gotVersion, known);
  return { ...TYPE_FIRST, ...object, apiVersion: expected, kind: kind.kind };
}

/** Custom resources must say what they are; a wrong kind is for validation to judge. */
function withCustomTypeMeta(object: KubeObject, kind: KindDescriptor, summary: string): KubeObject {
  const expected = apiVersionOf(kind);
  const { apiVersion = '', kind: name = '' } = object as Partial<KubeObject>;
  if (name === '') throw unrecognized(kind.kind, `Object 'Kind' is missing in '${JSON.stringify(object)}'`, summary);
  if (apiVersion === '') {
    const words = `Object 'apiVersion' is missing in '${JSON.stringify(object)}'`;
    throw unrecognized(kind.kind, words, summary);
  }
  if (apiVersion === expected) return object;
  throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
}

function wrongKind(kind: KindDescriptor, gotKind: string, gotVersion: string, known: readonly KindDescriptor[]): Error {
  const version = gotVersion.slice(gotVersion.indexOf('/') + 1);
  const got = known.find((each) => each.kind === gotKind && apiVersionOf(each) === gotVersion);
  const group = kind.group === '' ? 'core' : kind.group.split('.')[0];
  const why =
    got === undefined
      ? `no kind "${gotKind}" is registered for version "${gotVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
      : `converting (${version}.${gotKind}) to (${group}.${kind.kind}): unknown conversion`;
  return cannotBeHandled({ kind: gotKind, version }, kind.kind, why);
}

function cannotBeHandled(got: Pick<KindDescriptor, 'kind' | 'version'>, wanted: string, why: string): Error {
  return badRequest(`${got.kind} in version "${got.version}" cannot be handled as a ${wanted}: ${why}`);
}

function withMetadataObject(object: KubeObject, kind: KindDescriptor): KubeObject {
  const { metadata } = object as { readonly metadata?: unknown };
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) return object;
  if (metadata === undefined || metadata === null) return { ...object, metadata: {} as KubeObject['metadata'] };
  const found = Array.isArray(metadata) ? 'array' : typeof metadata;
  const words = `json: cannot unmarshal ${found} into Go struct field ${kind.kind}.metadata of type v1.ObjectMeta`;
  throw cannotBeHandled(kind, kind.kind, words);
}
