import { ConfigurationError, type Shape } from '../../api/config-shape.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid, notSupported, required } from '../../api/field-errors.ts';
import { checkSubdomain1123 } from '../../api/names.ts';
import { decodeConfiguration, fieldProblems } from '../configuration-file.ts';

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;

export type Level = (typeof LEVELS)[number];
export type Stage = (typeof STAGES)[number];

/** What is written about which requests: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Policy */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

export interface PolicyRule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly Stage[];
  readonly omitManagedFields?: boolean;
}

export interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const STRINGS: Shape = { list: 'string' };

const POLICY: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    metadata: 'any',
    omitStages: STRINGS,
    omitManagedFields: 'boolean',
    rules: {
      list: {
        fields: {
          level: 'string',
          users: STRINGS,
          userGroups: STRINGS,
          verbs: STRINGS,
          resources: { list: { fields: { group: 'string', resources: STRINGS, resourceNames: STRINGS } } },
          namespaces: STRINGS,
          nonResourceURLs: STRINGS,
          omitStages: STRINGS,
          omitManagedFields: 'boolean',
        },
      },
    },
  },
};

/**
 * Reads the file of `--audit-policy-file`. Fields that it should not have are told of, and mean nothing.
 *
 * @throws ConfigurationError in the words of the real server, without those that say which file it is
 */
export function readPolicy(text: string): { readonly policy: Policy; readonly unknown: readonly string[] } {
  const decoded = decodeConfiguration<Partial<Policy>>(text, {
    kinds: { 'audit.k8s.io/v1': ['Policy'] },
    shape: POLICY,
    scheme: 'k8s.io/apiserver/pkg/audit/scheme.go:30',
    failure: 'failed decoding: ',
  });
  const { rules = [], ...rest } = decoded.value;
  const errors = rules.flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`));
  if (errors.length > 0) throw new ConfigurationError(fieldProblems(errors));
  if (rules.length === 0) throw new ConfigurationError('loaded illegal policy with 0 rules');
  return { policy: { ...rest, rules }, unknown: decoded.unknown };
}

function ruleErrors(rule: PolicyRule, at: string): readonly FieldError[] {
  const { level, nonResourceURLs = [], resources = [], namespaces = [], omitStages = [] } = rule;
  const mixed = nonResourceURLs.length > 0 && resources.length + namespaces.length > 0;
  return [
    ...levelErrors(level, `${at}.level`),
    ...nonResourceURLs.flatMap((url, index) => urlErrors(url, `${at}.nonResourceURLs[${index}]`)),
    ...resources.flatMap((each) => resourceErrors(each, `${at}.resources`)),
    ...omitStages.flatMap((stage, index) => stageErrors(stage, `${at}.omitStages[${index}]`)),
    ...(mixed ? [invalid(`${at}.nonResourceURLs`, nonResourceURLs, MIXED)] : []),
  ];
}

const MIXED = 'rules cannot apply to both regular resources and non-resource URLs';

function levelErrors(level: string | undefined, at: string): readonly FieldError[] {
  if (level === undefined || level === '') return [required(at)];
  return LEVELS.some((each) => each === level) ? [] : [notSupported(at, level, LEVELS)];
}

function urlErrors(url: string, at: string): readonly FieldError[] {
  if (url === '*') return [];
  const errors: FieldError[] = [];
  if (!url.startsWith('/')) errors.push(invalid(at, url, "non-resource URL rules must begin with a '/' character"));
  if (url.slice(0, -1).includes('*')) {
    errors.push(invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule"));
  }
  return errors;
}

function resourceErrors({ group = '', resources = [], resourceNames = [] }: GroupResources, at: string) {
  const errors: FieldError[] = [];
  // `rbac.authorization.k8s.io/v1` is what people write: a group has no version.
  const problems = group === '' ? [] : checkSubdomain1123(group);
  if (problems.length > 0) errors.push(invalid(`${at}.group`, group, problems.join(',')));
  if (resourceNames.length > 0 && resources.length === 0) {
    errors.push(invalid(`${at}.resourceNames`, resourceNames, 'using resourceNames requires at least one resource'));
  }
  return errors;
}

function stageErrors(stage: string, at: string): readonly FieldError[] {
  return STAGES.some((each) => each === stage) ? [] : [invalid(at, stage, `allowed stages are ${STAGES.join(',')}`)];
}
