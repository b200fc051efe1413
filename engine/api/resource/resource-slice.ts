import type { ResourceSlice } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, immutable, invalid, invalidFor, required, tooLong, tooMany } from '../field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { validateDriverName } from '../storage/driver-name.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<ResourceSlice['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const MAX_POOL = 253;
const MAX_DEVICES = 128;
const PLACES = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'] as const;
const ONE_PLACE = `exactly one of ${PLACES.map((place) => `\`${place}\``).join(', ')} is required`;

/** After kubernetes/kubernetes pkg/apis/resource/validation ValidateResourceSlice; devices by their names only. */
function validateSpec(errors: FieldError[], spec: Spec): void {
  const { driver = '', pool, devices = [] } = spec;
  validateDriverName(errors, driver, 'spec.driver');
  validatePool(errors, pool ?? {});
  const set = PLACES.filter((place) => spec[place] !== undefined && spec[place] !== false);
  if (set.length === 0) errors.push(required('spec', ONE_PLACE));
  if (set.length > 1) {
    const names = set.map((place) => `\`${place}\``).join(', ');
    errors.push(invalid('spec', `{${names}}`, `${ONE_PLACE}, but multiple fields are set`));
  }
  if (devices.length > MAX_DEVICES) errors.push(tooMany('spec.devices', devices.length, MAX_DEVICES));
  devices.forEach(({ name = '' }, index) => {
    const at = `spec.devices[${index}].name`;
    if (name === '') errors.push(required(at));
    else invalidFor(errors, at, name, checkLabel1123(name));
    if (devices.findIndex((each) => each.name === name) < index) errors.push(duplicate(at, name));
  });
}

function validatePool(errors: FieldError[], pool: Partial<Spec['pool']>): void {
  const { name = '', generation = 0, resourceSliceCount = 0 } = pool;
  if (name === '') errors.push(required('spec.pool.name'));
  else if (name.length > MAX_POOL) errors.push(tooLong('spec.pool.name', MAX_POOL));
  else for (const part of name.split('/')) invalidFor(errors, 'spec.pool.name', part, checkSubdomain1123(part));
  if (resourceSliceCount <= 0) {
    errors.push(invalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero'));
  }
  if (generation < 0) {
    errors.push(invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  }
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceSlice = storedKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  ...COUNTED,
  selectableFields: ({ spec }) => ({ 'spec.nodeName': spec?.nodeName ?? '', 'spec.driver': spec?.driver ?? '' }),
  ...validation<ResourceSlice>({
    namespaced: false,
    validate: (errors, { spec = NO_SPEC }) => validateSpec(errors, spec),
    validateChange(errors, { spec: next = NO_SPEC }, { spec: previous = NO_SPEC }) {
      if (next.pool?.name !== previous.pool?.name) errors.push(immutable('spec.pool.name', next.pool?.name));
      for (const key of ['driver', 'nodeName'] as const) {
        if (next[key] !== previous[key]) errors.push(immutable(`spec.${key}`, next[key]));
      }
    },
  }),
  columns: [
    nameColumn,
    column(
      'Node',
      'NodeName identifies the node which provides the resources in this pool. A field selector can be used to list only ResourceSlice objects belonging to a certain node.',
      ({ spec }) => spec?.nodeName ?? '',
    ),
    column(
      'Driver',
      'Driver identifies the DRA driver providing the capacity information. A field selector can be used to list only ResourceSlice objects with a certain driver name.',
      ({ spec }) => spec?.driver ?? '',
    ),
    column('Pool', 'Pool describes the pool that this ResourceSlice belongs to.', ({ spec }) => spec?.pool?.name ?? ''),
    ageColumn,
  ],
});
