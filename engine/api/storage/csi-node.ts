import { changeField, changeItems, sameValue } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, immutable, invalid, invalidFor, nonNegative, required } from '../field-errors.ts';
import type { CSINode } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, nameColumn, numberColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateDriverName } from './driver-name.ts';

type Driver = NonNullable<NonNullable<CSINode['spec']>['drivers']>[number];

const MAX_NODE_ID = 256;

function validateDriver(errors: FieldError[], driver: Driver, at: string): void {
  const { name = '', nodeID = '', allocatable, topologyKeys } = driver;
  validateDriverName(errors, name, `${at}.name`);
  if (nodeID === '') errors.push(required(`${at}.nodeID`));
  if (nodeID.length > MAX_NODE_ID) {
    errors.push(invalid(`${at}.nodeID`, nodeID, `must be ${MAX_NODE_ID} characters or less`));
  }
  nonNegative(errors, `${at}.allocatable.count`, allocatable?.count);
  const keys = new Set<string>();
  for (const key of topologyKeys ?? []) {
    if (key === '') errors.push(required(at));
    if (keys.has(key)) errors.push(duplicate(at, key));
    keys.add(key);
    invalidFor(errors, at, key, checkQualifiedName(key));
  }
}

/** A list that nobody gave is stored as null. */
function defaultDriver(driver: Driver): Driver {
  return driver.topologyKeys === undefined ? { ...driver, topologyKeys: null as never } : driver;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-node-v1/ */
export const csiNode = storedKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  schema: 'io.k8s.api.storage.v1.CSINode',
  applyDefaults: (object) => changeField(object, 'spec', (spec) => changeItems(spec, 'drivers', defaultDriver)),
  ...validation<CSINode>({
    namespaced: false,
    validate(errors, { spec }) {
      const drivers = spec?.drivers ?? [];
      drivers.forEach((driver, index) => {
        validateDriver(errors, driver, `spec.drivers[${index}]`);
        if (drivers.findIndex(({ name }) => name === driver.name) < index) {
          errors.push(duplicate(`spec.drivers[${index}].name`, driver.name));
        }
      });
    },
    validateChange(errors, next, previous) {
      for (const driver of next.spec?.drivers ?? []) {
        const before = previous.spec?.drivers?.find(({ name }) => name === driver.name);
        const { allocatable: _, ...kept } = driver;
        if (before !== undefined && !sameValue(kept, { ...before, allocatable: undefined })) {
          errors.push(immutable('spec.drivers', driver));
        }
      }
    },
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Drivers',
      'Drivers indicates the number of CSI drivers registered on the node',
      ({ spec }) => spec?.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
});
