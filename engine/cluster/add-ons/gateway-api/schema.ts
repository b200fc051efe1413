// The definitions of the Gateway API's standard channel, as far as this cluster acts on them; what they refuse, the API server refuses.
// https://gateway-api.sigs.k8s.io/reference/spec/

export const GROUP = 'gateway.networking.k8s.io';
const BUNDLE_VERSION = 'v1.4.0';

export type Schema = Readonly<Record<string, unknown>>;

const HOSTNAME = '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
export const PRECISE_HOSTNAME = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const SECTION = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const GROUP_NAME = '^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const KIND = '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$';
const NAMESPACE = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const HEADER = "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$";
export const CONTROLLER =
  "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$";

export const text = (more: Schema = {}): Schema => ({ type: 'string', ...more });
export const name = text({ minLength: 1, maxLength: 253 });
export const oneOf = (values: readonly string[], more: Schema = {}): Schema => text({ enum: values, ...more });
export const integer = (minimum: number, maximum: number, more: Schema = {}): Schema => ({
  type: 'integer',
  format: 'int32',
  minimum,
  maximum,
  ...more,
});
export const list = (items: Schema, maxItems: number, more: Schema = {}): Schema => ({
  type: 'array',
  items,
  maxItems,
  'x-kubernetes-list-type': 'atomic',
  ...more,
});
export const keyed = (items: Schema, key: string, maxItems: number, more: Schema = {}): Schema =>
  list(items, maxItems, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key], ...more });
export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  more: Schema = {},
): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  ...more,
});
export const rules = (...all: readonly (readonly [rule: string, message: string])[]): Schema => ({
  'x-kubernetes-validations': all.map(([rule, message]) => ({ rule, message })),
});

export const port = integer(1, 65_535);
export const group = text({ maxLength: 253, pattern: GROUP_NAME });
export const kind = text({ minLength: 1, maxLength: 63, pattern: KIND });
export const namespace = text({ minLength: 1, maxLength: 63, pattern: NAMESPACE });
export const hostname = text({ minLength: 1, maxLength: 253, pattern: HOSTNAME });
export const sectionName = text({ minLength: 1, maxLength: 253, pattern: SECTION });

const condition = object(
  {
    type: text({ maxLength: 316 }),
    status: oneOf(['True', 'False', 'Unknown']),
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    lastTransitionTime: text({ format: 'date-time' }),
    reason: text({ minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    message: text({ maxLength: 32_768 }),
  },
  ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
);
export const conditions = keyed(condition, 'type', 8);

/** What an object says of itself until a controller has seen it. */
export const waiting = (...types: readonly string[]) =>
  types.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'Pending',
    message: 'Waiting for controller',
    lastTransitionTime: '1970-01-01T00:00:00Z',
  }));

interface Column {
  readonly name: string;
  readonly jsonPath: string;
  readonly type?: string;
}

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly cluster?: boolean;
  readonly columns?: readonly Column[];
  readonly spec: Schema;
  readonly status?: Schema;
  readonly versions?: readonly string[];
}

export function crd({
  kind: named,
  plural,
  shortNames,
  cluster,
  columns,
  spec,
  status,
  versions = ['v1', 'v1beta1'],
}: Definition): object {
  const age: Column = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' };
  const schema = object(
    { apiVersion: text(), kind: text(), metadata: { type: 'object' }, spec, ...(status !== undefined && { status }) },
    ['spec'],
  );
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${GROUP}`,
      annotations: {
        'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
        'gateway.networking.k8s.io/bundle-version': BUNDLE_VERSION,
        'gateway.networking.k8s.io/channel': 'standard',
      },
    },
    spec: {
      group: GROUP,
      names: {
        categories: ['gateway-api'],
        kind: named,
        listKind: `${named}List`,
        plural,
        singular: named.toLowerCase(),
        ...(shortNames && { shortNames }),
      },
      scope: cluster ? 'Cluster' : 'Namespaced',
      versions: versions.map((version, at) => ({
        name: version,
        served: true,
        storage: at === 0,
        schema: { openAPIV3Schema: schema },
        additionalPrinterColumns: [...(columns ?? []), age].map((column) => ({ type: 'string', ...column })),
        ...(status !== undefined && { subresources: { status: {} } }),
      })),
    },
  };
}
