import { notAcceptable } from '../api/errors.ts';

/** One of an `accept` header's alternatives, or a `content-type`. */
interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the client wants the answer. */
export interface Negotiated {
  readonly format: 'json' | 'yaml' | 'protobuf';
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`, or empty for the object itself. */
  readonly as: string;
}

/** Read and written at the HTTP front alone. */
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

/** What there is to choose from. */
export interface Offer {
  /** Whether the answer is an object that there are tables and the like of: reviews are not. */
  readonly convertible?: boolean;
  /** Whether the transport writes protobuf. */
  readonly protobuf?: boolean | undefined;
  /** Custom resources have no messages; only what is made of them has. */
  readonly custom?: boolean;
}

/**
 * The alternative of an `accept` header that the server can give and the client likes best, which is the first of those
 * that it likes as much.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 *
 * @throws StatusError NotAcceptable
 */
export function negotiate(accept: string | undefined, offer: Offer = {}): Negotiated {
  if (accept === undefined || accept === '' || accept === 'application/json') return AS_IS;
  for (const { type, parameters } of byPreference(accept)) {
    const format = FORMATS[type];
    if (format === undefined) continue;
    const as = parameters['as'] ?? '';
    if (as !== '' && !isConversion(as, parameters, offer)) continue;
    if (format !== 'protobuf' || isInProtobuf(as, offer)) return { format, as };
  }
  // The real server's words, except to whom they would promise what there is not.
  const promised = offer.protobuf === true || !accept.includes(PROTOBUF);
  throw notAcceptable(promised ? ACCEPTED_TYPES : ACCEPTED_TYPES.filter((type) => type !== PROTOBUF));
}

/** By weight, and what is named before what is meant by a star. */
function byPreference(accept: string): readonly MediaType[] {
  const alternatives = accept.split(',').map(parseMediaType);
  if (!/q=|\*/.test(accept)) return alternatives;
  const stars = ({ type }: MediaType) => type.split('*').length;
  return alternatives.sort((a, b) => weightOf(b) - weightOf(a) || stars(a) - stars(b));
}

function weightOf({ parameters }: MediaType): number {
  const weight = Number.parseFloat(parameters['q'] ?? '1');
  return Number.isNaN(weight) ? 1 : weight;
}

function isConversion(as: string, { g = '', v = '' }: MediaType['parameters'], { convertible = true }: Offer): boolean {
  return convertible && CONVERSIONS[as] === `${g}/${v}`;
}

/** Tables and aggregated discovery are for JSON: k8s.io/apiserver pkg/endpoints/handlers (AllowsMediaTypeTransform). */
function isInProtobuf(as: string, { protobuf = false, custom = false }: Offer): boolean {
  return protobuf && (as === '' ? !custom : as.startsWith('PartialObjectMetadata'));
}

/** The content type of an answer in protobuf. */
export function protobufType(watch: boolean): string {
  return watch ? `${PROTOBUF};stream=watch` : PROTOBUF;
}

const FORMATS: Readonly<Record<string, Negotiated['format']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  [PROTOBUF]: 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
  'text/*': 'json',
};
