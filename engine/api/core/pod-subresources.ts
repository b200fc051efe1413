import { sameValue, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid } from '../field-errors.ts';
import type { Container, Pod, PodSpec } from '../kinds.ts';
import { qosClass } from './qos-class.ts';

// What may be changed of a Pod through `ephemeralcontainers` and `resize`, and nothing else. After
// kubernetes/kubernetes pkg/registry/core/pod/strategy.go and ValidatePodEphemeralContainersUpdate, ValidatePodResize.

const MIRROR = 'kubernetes.io/config.mirror';
const RESIZABLE: readonly string[] = ['cpu', 'memory'];

/** The stored Pod with the ephemeral containers of the one sent. */
export function onlyEphemeral(next: Pod, previous: Pod): Pod {
  const { ephemeralContainers } = next.spec;
  const spec = { ...previous.spec, ...(ephemeralContainers === undefined ? {} : { ephemeralContainers }) };
  const same = sameValue(spec.ephemeralContainers, previous.spec.ephemeralContainers);
  return { ...previous, metadata: metadataOfWrite(next, previous), spec: same ? previous.spec : spec };
}

/** The stored Pod with the resources that the one sent wants for its containers. */
export function onlyResources(next: Pod, previous: Pod): Pod {
  let spec: PodSpec = withField(
    previous.spec,
    'containers',
    withResources(next.spec.containers, previous.spec.containers),
  );
  if (previous.spec.initContainers !== undefined) {
    const initContainers = withResources(next.spec.initContainers ?? [], previous.spec.initContainers);
    spec = withField(spec, 'initContainers', initContainers);
  }
  return { ...previous, metadata: metadataOfWrite(next, previous), spec };
}

/** Of the metadata only who owns what changes. */
function metadataOfWrite({ metadata }: Pod, previous: Pod): Pod['metadata'] {
  const { managedFields, resourceVersion } = metadata;
  return { ...previous.metadata, resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) };
}

/** Containers that do not match are passed on, so that validation can say so. */
function withResources(next: readonly Container[], previous: Container[]): Container[] {
  if (!sameNames(next, previous)) return [...next];
  const changed = next.some(({ resources }, index) => !sameValue(resources, previous[index]!.resources));
  if (!changed) return previous;
  return previous.map((container, index) => {
    const { resources: _, ...rest } = container;
    const { resources } = next[index]!;
    return resources === undefined ? rest : { ...rest, resources };
  });
}

function sameNames(left: readonly Container[], right: readonly Container[]): boolean {
  return left.length === right.length && left.every(({ name }, index) => name === right[index]!.name);
}

/** Ephemeral containers come and stay. */
export function validateEphemeralUpdate(errors: FieldError[], next: Pod, previous: Pod): void {
  const field = 'spec.ephemeralContainers';
  if (isMirror(previous)) errors.push(forbidden('', 'static pods do not support ephemeral containers'));
  for (const old of previous.spec.ephemeralContainers ?? []) {
    const kept = next.spec.ephemeralContainers?.find(({ name }) => name === old.name);
    const subject = `existing ephemeral containers ${JSON.stringify(old.name)}`;
    if (kept === undefined) errors.push(forbidden(field, `${subject} may not be removed\n`));
    else if (!sameValue(kept, old)) errors.push(forbidden(field, `${subject} may not be changed\n`));
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/ */
export function validateResize(errors: FieldError[], next: Pod, previous: Pod): void {
  if (isMirror(previous)) {
    errors.push(forbidden('', 'static pods cannot be resized'));
    return;
  }
  const quality = qosClass(next.spec);
  if (quality !== (previous.status?.qosClass ?? qosClass(previous.spec))) {
    errors.push(invalid('spec', quality, 'Pod QOS Class may not change as a result of resizing'));
  }
  for (const list of ['initContainers', 'containers'] as const) {
    const before = previous.spec[list] ?? [];
    const after = next.spec[list] ?? [];
    if (!sameNames(before, after)) {
      errors.push(forbidden('spec', 'containers may not be renamed or reordered on resize'));
      return;
    }
    before.forEach((old, index) => {
      validateContainerResize(
        errors,
        `spec.${list}[${index}].resources`,
        after[index]!,
        old,
        list === 'initContainers',
      );
    });
  }
}

function validateContainerResize(
  errors: FieldError[],
  field: string,
  next: Container,
  previous: Container,
  isInit: boolean,
): void {
  if (sameValue(next.resources, previous.resources)) return;
  if (isInit && previous.restartPolicy !== 'Always') {
    errors.push(forbidden('spec', 'resources for non-sidecar init containers are immutable'));
    return;
  }
  if (!sameValue(withoutResizable(next), withoutResizable(previous))) {
    errors.push(forbidden('spec', 'only cpu and memory resources are mutable'));
  }
  for (const list of ['limits', 'requests'] as const) {
    const gone = RESIZABLE.some((name) => amount(previous, list, name) && !amount(next, list, name));
    if (gone) errors.push(forbidden(`${field}.${list}`, `resource ${list} cannot be removed`));
  }
}

function amount({ resources }: Container, list: 'limits' | 'requests', name: string): boolean {
  return (resources?.[list] as Readonly<Record<string, unknown>> | undefined)?.[name] !== undefined;
}

function withoutResizable({ resources }: Container): unknown {
  const without = (amounts: object | undefined) =>
    Object.fromEntries(Object.entries(amounts ?? {}).filter(([name]) => !RESIZABLE.includes(name)));
  return { ...resources, limits: without(resources?.limits), requests: without(resources?.requests) };
}

function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR] !== undefined;
}
