import type { FieldError } from '../field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { Container, PodSpec, Volume } from '../kinds.ts';
import { checkLabel1123 } from '../names.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { validateHostPortConflicts, validatePorts } from './port-validation.ts';
import { validateLifecycle, validateProbes } from './probe-validation.ts';
import { validateResources } from './resource-validation.ts';
import { validateSecurityContext } from './security-context-validation.ts';
import { validateVolumeDevices } from './volume-device-validation.ts';
import { validateVolumeMounts } from './volume-mount-validation.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const NOT_FOR_INIT = 'may not be set for init containers without restartPolicy=Always';
const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';

/** What the containers of a Pod have in common. */
export interface ContainerPlace {
  /** The Pod's valid volumes by name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly restartPolicy: string | undefined;
  /** Seconds: handlers may not sleep longer. */
  readonly gracePeriod: number;
}

export function validateContainers(
  errors: FieldError[],
  containers: readonly Container[] | undefined,
  place: ContainerPlace,
  field: string,
): void {
  if (containers === undefined || containers.length === 0) {
    errors.push(required(field));
    return;
  }
  const names = new Set<string>();
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index]!;
    const at = `${field}[${index}]`;
    validateContainer(errors, container, place, at);
    validateUniqueName(errors, container.name, names, at);
    if (container.lifecycle !== undefined) {
      validateLifecycle(errors, container.lifecycle, place.gracePeriod, `${at}.lifecycle`);
    }
    validateProbes(errors, container, place.gracePeriod, at);
    validateRestartPolicy(errors, container.restartPolicy, at);
  }
  validateHostPortConflicts(errors, containers, field);
}

export function validateInitContainers(
  errors: FieldError[],
  { initContainers = [], containers = [] }: PodSpec,
  place: ContainerPlace,
  field: string,
): void {
  const names = new Set(containers.map((container) => container.name));
  initContainers.forEach((container, index) => {
    const at = `${field}[${index}]`;
    validateContainer(errors, container, place, at);
    validateUniqueName(errors, container.name, names, at);
    validateRestartPolicy(errors, container.restartPolicy, at);
    // A sidecar lives on, so it may be probed.
    if (container.restartPolicy === 'Always') {
      if (container.lifecycle !== undefined) {
        validateLifecycle(errors, container.lifecycle, place.gracePeriod, `${at}.lifecycle`);
      }
      validateProbes(errors, container, place.gracePeriod, at);
    } else forbidFields(errors, container, at, NOT_FOR_INIT);
  });
}

/** Debug containers: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ */
export function validateEphemeralContainers(
  errors: FieldError[],
  { ephemeralContainers = [], initContainers = [], containers = [] }: PodSpec,
  place: ContainerPlace,
  field: string,
): void {
  const names = new Set([...containers, ...initContainers].map((container) => container.name));
  ephemeralContainers.forEach((container, index) => {
    const at = `${field}[${index}]`;
    validateContainer(errors, container, place, at);
    validateUniqueName(errors, container.name, names, at);
    forbidFields(errors, container, at, NOT_FOR_EPHEMERAL);
    if ((container.ports?.length ?? 0) > 0) errors.push(forbidden(`${at}.ports`, NOT_FOR_EPHEMERAL));
  });
}

const LIVING_FIELDS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function forbidFields(errors: FieldError[], container: Container, field: string, detail: string): void {
  for (const name of LIVING_FIELDS) {
    if (container[name] !== undefined) errors.push(forbidden(`${field}.${name}`, detail));
  }
}

function validateUniqueName(errors: FieldError[], name: string | undefined, names: Set<string>, field: string): void {
  if (name === undefined || name === '') return;
  if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
  names.add(name);
}

function validateRestartPolicy(errors: FieldError[], policy: string | undefined, field: string): void {
  if (policy === undefined || RESTART_POLICIES.includes(policy)) return;
  errors.push(notSupported(`${field}.restartPolicy`, policy, RESTART_POLICIES));
}

/** What holds for every kind of container. After validateContainerCommon. */
function validateContainer(errors: FieldError[], container: Container, place: ContainerPlace, field: string): void {
  const { name, image } = container;
  if (name === undefined || name === '') errors.push(required(`${field}.name`));
  else for (const detail of checkLabel1123(name)) errors.push(invalid(`${field}.name`, name, detail));
  if (image === undefined || image === '') errors.push(required(`${field}.image`));
  else if (image !== image.trim()) {
    errors.push(invalid(`${field}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const { terminationMessagePolicy, imagePullPolicy } = container;
  if (terminationMessagePolicy !== undefined && !MESSAGE_POLICIES.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${field}.terminationMessagePolicy`, terminationMessagePolicy, MESSAGE_POLICIES));
  }
  if (container.ports !== undefined) validatePorts(errors, container.ports, `${field}.ports`);
  if (container.env !== undefined) validateEnv(errors, container.env, `${field}.env`);
  if (container.envFrom !== undefined) validateEnvFrom(errors, container.envFrom, `${field}.envFrom`);
  if (container.volumeMounts !== undefined) {
    validateVolumeMounts(errors, container, place.volumes, `${field}.volumeMounts`);
  }
  if (container.volumeDevices !== undefined) {
    validateVolumeDevices(errors, container, place.volumes, `${field}.volumeDevices`);
  }
  if (imagePullPolicy !== undefined && !PULL_POLICIES.includes(imagePullPolicy)) {
    errors.push(notSupported(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES));
  }
  if (container.resources !== undefined) validateResources(errors, container.resources, `${field}.resources`);
  if (container.securityContext !== undefined) {
    validateSecurityContext(errors, container.securityContext, `${field}.securityContext`);
  }
}
