import { ConfigurationError, type Shape } from '../../../api/config-shape.ts';
import { sameValue } from '../../../api/copy-on-write.ts';
import { forbidden, unexplained } from '../../../api/errors.ts';
import type { ResourceQuota } from '../../../api/kinds.ts';
import { isInScopes } from '../../../api/quota/scopes.ts';
import { resourcesOf } from '../../../api/quota/usage.ts';
import { decodeConfiguration } from '../../configuration-file.ts';
import type { FindUncovered } from './configured-admission.ts';

/** What nobody may use without a quota for it: https://kubernetes.io/docs/concepts/policy/resource-quotas/#limit-priority-class-consumption-by-default */
interface LimitedResource {
  readonly apiGroup?: string;
  readonly resource?: string;
  /** Parts of what quotas count: `requests.cpu`. */
  readonly matchContains?: readonly string[] | null;
  readonly matchScopes?: readonly Scope[] | null;
}

interface Scope {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    limitedResources: {
      list: {
        fields: {
          apiGroup: 'string',
          resource: 'string',
          matchContains: { list: 'string' },
          matchScopes: {
            list: { fields: { scopeName: 'string', operator: 'string', values: { list: 'string' } } },
          },
        },
      },
    },
  },
};

/** @throws ConfigurationError in the words of the real server */
export function readLimitedResources(text: string): FindUncovered {
  const { value, unknown } = decodeConfiguration<{ readonly limitedResources?: readonly LimitedResource[] | null }>(
    text,
    {
      kinds: {
        'apiserver.config.k8s.io/v1': ['ResourceQuotaConfiguration'],
        'resourcequota.admission.k8s.io/v1beta1': ['Configuration'],
      },
      shape: SHAPE,
      scheme: 'k8s.io/apiserver/pkg/admission/plugin/resourcequota/config.go:33',
    },
  );
  if (unknown.length > 0) throw new ConfigurationError(`strict decoding error: ${unknown.join(', ')}`);
  const all = value.limitedResources ?? [];
  return (request, object, used, quotas) => {
    const { kind, name } = request;
    const limits = all.filter(({ apiGroup = '', resource }) => apiGroup === kind.group && resource === kind.plural);
    if (limits.length === 0) return;
    const parts = limits.flatMap(({ matchContains }) => matchContains ?? []);
    const limited = Object.keys(used).filter((each) => parts.some((part) => each.includes(part)));
    const covered = quotas.flatMap(({ status }) => resourcesOf(kind, Object.keys(status?.hard ?? {})));
    const missing = limited.filter((each) => !covered.includes(each)).sort();
    if (missing.length > 0) {
      throw forbidden(kind, object.metadata.name ?? name, `insufficient quota to consume: ${missing.join(',')}`);
    }
    const scopes = limits.flatMap(({ matchScopes }) => matchScopes ?? []);
    const entered = scopes.filter((scope) => isInScopes(quotaOf(scope), kind.plural, object));
    const given = quotas.flatMap(scopesOf);
    const uncovered = entered.filter((scope) => !given.some((each) => isSame(each, scope)));
    if (uncovered.length > 0)
      throw unexplained(`insufficient quota to match these scopes: [${uncovered.map(shown).join(' ')}]`);
  };
}

function quotaOf(scope: Scope): ResourceQuota {
  return { spec: { scopeSelector: { matchExpressions: [scope] } } } as unknown as ResourceQuota;
}

function scopesOf({ spec }: ResourceQuota): readonly Scope[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName: String(scopeName), operator: 'Exists' }));
  return [...plain, ...((spec?.scopeSelector?.matchExpressions ?? []) as readonly Scope[])];
}

function isSame(one: Scope, other: Scope): boolean {
  const { values = [] } = one;
  return one.scopeName === other.scopeName && one.operator === other.operator && sameValue(values, other.values ?? []);
}

/** As Go prints a struct. */
function shown({ scopeName, operator, values = [] }: Scope): string {
  return `{${scopeName} ${operator} [${values.join(' ')}]}`;
}
