import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notFound, notSupported, required } from '../field-errors.ts';
import type { Container, VolumeMount } from '../kinds.ts';
import { checkDescendingPath } from './path-check.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

/** `volumes` are the Pod's valid volumes by name. */
export function validateVolumeMounts(
  errors: FieldError[],
  container: Container,
  volumes: ReadonlyMap<string, unknown>,
  field: string,
): void {
  const paths = new Set<string>();
  const mounts = container.volumeMounts ?? [];
  for (let index = 0; index < mounts.length; index++) {
    const mount = mounts[index]!;
    const at = `${field}[${index}]`;
    const { name = '', mountPath = '' } = mount;
    if (name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    validateSubPaths(errors, mount, field);
    validatePropagation(errors, mount, container, at);
  }
}

/** Reported without the mount's index: so does the real server. */
function validateSubPaths(errors: FieldError[], { subPath = '', subPathExpr = '' }: VolumeMount, field: string): void {
  if (subPath !== '') {
    for (const detail of checkDescendingPath(subPath)) errors.push(invalid(`${field}.subPath`, subPath, detail));
  }
  if (subPathExpr === '') return;
  if (subPath !== '') {
    const detail = 'subPathExpr and subPath are mutually exclusive';
    errors.push(invalid(`${field}.subPathExpr`, subPathExpr, detail));
  }
  for (const detail of checkDescendingPath(subPathExpr)) {
    errors.push(invalid(`${field}.subPathExpr`, subPathExpr, detail));
  }
}

function validatePropagation(errors: FieldError[], mount: VolumeMount, container: Container, field: string): void {
  const propagation = mount.mountPropagation;
  if (propagation === undefined) return;
  if (!PROPAGATIONS.includes(propagation)) {
    errors.push(notSupported(`${field}.mountPropagation`, propagation, PROPAGATIONS));
  } else if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    const detail = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbidden(`${field}.mountPropagation`, detail));
  }
}
