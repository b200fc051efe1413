import { notAcceptable } from '../api/errors.ts';

/** One of an `accept` header's alternatives, or a `content-type`. */
interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the client wants the answer. */
export interface Negotiated {
  readonly format: 'json' | 'yaml';
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`, or empty for the object itself. */
  readonly as: string;
}

/** Read, at the HTTP front, and never written. */
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

export const ACCEPTED_TYPES: readonly string[] = ['application/json', 'application/yaml', PROTOBUF];

const AS_IS: Negotiated = { format: 'json', as: '' };

const JSON_TYPE: MediaType = { type: 'application/json', parameters: {} };

export function parseMediaType(text: string): MediaType {
  if (text === JSON_TYPE.type) return JSON_TYPE;
  const [type = '', ...rest] = text.split(';');
  const parameters: Record<string, string> = {};
  for (const parameter of rest) {
    const [name = '', value = ''] = parameter.split('=');
    parameters[name.trim().toLowerCase()] = value.trim();
  }
  return { type: type.trim().toLowerCase(), parameters };
}

/** The versions in which the conversions are offered: `as` to `group/version`. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  Table: 'meta.k8s.io/v1',
  PartialObjectMetadata: 'meta.k8s.io/v1',
  PartialObjectMetadataList: 'meta.k8s.io/v1',
  APIGroupDiscoveryList: 'apidiscovery.k8s.io/v2',
};

/**
 * The first alternative of an `accept` header that the server can give.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 *
 * @param convertible whether the answer is an object that there are tables and the like of: reviews are not
 * @throws StatusError NotAcceptable
 */
export function negotiate(accept: string | undefined, convertible = true): Negotiated {
  if (accept === undefined || accept === '' || accept === 'application/json') return AS_IS;
  for (const alternative of accept.split(',')) {
    const { type, parameters } = parseMediaType(alternative);
    const format = FORMATS[type];
    if (format === undefined) continue;
    const as = parameters['as'] ?? '';
    if (as === '') return { format, as };
    if (convertible && CONVERSIONS[as] === `${parameters['g'] ?? ''}/${parameters['v'] ?? ''}`) return { format, as };
  }
  // The real server's words, except to whom they would promise what there is not.
  throw notAcceptable(accept.includes(PROTOBUF) ? ACCEPTED_TYPES.filter((type) => type !== PROTOBUF) : ACCEPTED_TYPES);
}

const FORMATS: Readonly<Record<string, Negotiated['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
  '*/*': 'json',
  'text/*': 'json',
};
