import { KINDS } from '../../api/kind-list.ts';
import { DEFINITIONS, type Definition } from '../../api/schema/definitions.ts';

// Which kinds there are in protobuf, and what their messages hold.

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const LIST_META = `${META}.ListMeta`;
const PARTIAL_OBJECT = `${META}.PartialObjectMetadata`;

/** Kinds that are sent but not stored, by `apiVersion/kind`; DeleteOptions come in every version. */
const UNSTORED: Readonly<Record<string, string>> = {
  'v1/Binding': 'io.k8s.api.core.v1.Binding',
  'v1/Status': `${META}.Status`,
  'meta.k8s.io/v1/PartialObjectMetadata': PARTIAL_OBJECT,
  'autoscaling/v1/Scale': 'io.k8s.api.autoscaling.v1.Scale',
  'policy/v1/Eviction': 'io.k8s.api.policy.v1.Eviction',
  'authentication.k8s.io/v1/TokenRequest': 'io.k8s.api.authentication.v1.TokenRequest',
  'authentication.k8s.io/v1/TokenReview': 'io.k8s.api.authentication.v1.TokenReview',
  'authentication.k8s.io/v1/SelfSubjectReview': 'io.k8s.api.authentication.v1.SelfSubjectReview',
  'authorization.k8s.io/v1/SelfSubjectAccessReview': 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectRulesReview': 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  'authorization.k8s.io/v1/SubjectAccessReview': 'io.k8s.api.authorization.v1.SubjectAccessReview',
  'authorization.k8s.io/v1/LocalSubjectAccessReview': 'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
};

const NAMES: ReadonlyMap<string, string> = new Map([
  ...KINDS.map(({ group, version, kind, schema }) => [nameOf(group, version, kind), schema] as const),
  ...Object.entries(UNSTORED),
]);

function nameOf(group: string, version: string, kind: string): string {
  return `${group === '' ? '' : `${group}/`}${version}/${kind}`;
}

/** The definition of a kind; undefined for one that there is no message of, such as a custom resource's. */
export function definitionOf(apiVersion: string, kind: string): string | undefined {
  if (kind === 'DeleteOptions') return `${META}.DeleteOptions`;
  const definition = NAMES.get(`${apiVersion}/${kind}`);
  return definition === undefined || schemaOf(definition) === undefined ? undefined : definition;
}

/** What is in no schema, since nobody sends it to a server. */
const PARTIAL_OBJECT_SCHEMA: Definition = new Map([
  ['metadata', { type: 'object', definition: `${META}.ObjectMeta`, required: false }],
]);

/** The fields of a definition as JSON has them. */
export function schemaOf(definition: string): Definition | undefined {
  return definition === PARTIAL_OBJECT ? PARTIAL_OBJECT_SCHEMA : DEFINITIONS.get(definition);
}
