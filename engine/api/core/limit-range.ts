import { changeField, mapItems, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, forbidden, invalid } from '../field-errors.ts';
import type { LimitRange } from '../kinds.ts';
import { createdAtColumn, nameColumn } from '../printer-columns.ts';
import { checkQuantity, compareQuantities } from '../quantity.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { type ResourceList, storedResourceList } from './resource-list.ts';

type Spec = NonNullable<LimitRange['spec']>;
type Item = Spec['limits'][number];

const LISTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
const NO_SPEC = Object.freeze({ limits: Object.freeze([]) }) as unknown as Spec;
const NOTHING: ResourceList = Object.freeze({});

function listOf(item: Item, key: (typeof LISTS)[number]): ResourceList {
  return (item[key] as ResourceList | undefined) ?? NOTHING;
}

/** A container's limit falls back to the maximum, its request to the limit and then to the minimum. */
function defaultItem(given: Item): Item {
  let item = given;
  for (const key of LISTS) item = changeField(item, key, (list) => storedResourceList(list as ResourceList));
  if (item.type !== 'Container') return item;
  const limits = { ...listOf(item, 'max'), ...listOf(item, 'default') };
  const requests = { ...listOf(item, 'min'), ...limits, ...listOf(item, 'defaultRequest') };
  if (Object.keys(limits).length !== Object.keys(listOf(item, 'default')).length) item = { ...item, default: limits };
  if (Object.keys(requests).length === Object.keys(listOf(item, 'defaultRequest')).length) return item;
  return { ...item, defaultRequest: requests };
}

function isOrdered(low: string | number | undefined, high: string | number | undefined): boolean {
  if (low === undefined || high === undefined) return true;
  if (checkQuantity(low) !== undefined || checkQuantity(high) !== undefined) return true;
  return compareQuantities(low, high) <= 0;
}

/** After kubernetes/kubernetes pkg/apis/core/validation ValidateLimitRange. */
function validateItem(errors: FieldError[], item: Item, at: string): void {
  const [max, min, limit, request] = LISTS.map((key) => listOf(item, key)) as [
    ResourceList,
    ResourceList,
    ResourceList,
    ResourceList,
  ];
  if (item.type === 'Pod') {
    const detail = "may not be specified when `type` is 'Pod'";
    if (Object.keys(limit).length > 0) errors.push(forbidden(`${at}.default`, detail));
    if (Object.keys(request).length > 0) errors.push(forbidden(`${at}.defaultRequest`, detail));
  }
  const order = (
    list: string,
    name: string,
    low: ResourceList,
    high: ResourceList,
    lowWord: string,
    highWord: string,
  ) => {
    if (isOrdered(low[name], high[name])) return;
    const value = highWord === 'default request' ? high[name] : low[name];
    const detail = `${lowWord} value ${low[name]} is greater than ${highWord} value ${high[name]}`;
    errors.push(invalid(`${at}.${list}[${name}]`, value, detail));
  };
  for (const name of new Set([
    ...Object.keys(max),
    ...Object.keys(min),
    ...Object.keys(limit),
    ...Object.keys(request),
  ])) {
    order('min', name, min, max, 'min', 'max');
    order('defaultRequest', name, min, request, 'min', 'default request');
    order('defaultRequest', name, request, max, 'default request', 'max');
    order('defaultRequest', name, request, limit, 'default request', 'default limit');
    order('default', name, min, limit, 'min', 'default');
    order('default', name, limit, max, 'default', 'max');
  }
}

export const limitRange = storedKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  schema: 'io.k8s.api.core.v1.LimitRange',
  applyDefaults(object) {
    const spec = object.spec ?? NO_SPEC;
    const limits = spec.limits ?? NO_SPEC.limits;
    return withField(object, 'spec', withField(spec, 'limits', mapItems(limits, defaultItem)));
  },
  ...validation<LimitRange>({
    namespaced: true,
    validate(errors, { spec }) {
      const types = new Set<string>();
      spec?.limits?.forEach((item, index) => {
        const at = `spec.limits[${index}]`;
        if (types.has(item.type)) errors.push(duplicate(`${at}.type`, item.type));
        types.add(item.type);
        validateItem(errors, item, at);
      });
    },
  }),
  columns: [nameColumn, createdAtColumn],
});
