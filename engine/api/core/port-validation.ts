import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, notSupported, required } from '../field-errors.ts';
import type { Container } from '../kinds.ts';
import { checkPortName, checkPortNumber } from '../names.ts';

type Port = NonNullable<Container['ports']>[number];

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** A port number, or the name of a container's port. */
export function validatePortNumberOrName(errors: FieldError[], port: number | string | undefined, field: string): void {
  const value = port ?? 0;
  const details = typeof value === 'number' ? checkPortNumber(value) : checkPortName(value);
  for (const detail of details) errors.push(invalid(field, value, detail));
}

export function validatePorts(errors: FieldError[], ports: readonly Port[], field: string): void {
  const names = new Set<string>();
  for (let index = 0; index < ports.length; index++) {
    const { name = '', containerPort = 0, hostPort = 0, protocol = 'TCP' as string } = ports[index]!;
    const at = `${field}[${index}]`;
    if (name !== '') {
      const details = checkPortName(name);
      for (const detail of details) errors.push(invalid(`${at}.name`, name, detail));
      if (details.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`));
    else
      for (const detail of checkPortNumber(containerPort)) {
        errors.push(invalid(`${at}.containerPort`, containerPort, detail));
      }
    if (hostPort !== 0) {
      for (const detail of checkPortNumber(hostPort)) errors.push(invalid(`${at}.hostPort`, hostPort, detail));
    }
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  }
}

/** No two containers of a Pod can have the same port of the host. */
export function validateHostPortConflicts(errors: FieldError[], containers: readonly Container[], field: string): void {
  const taken = new Set<string>();
  containers.forEach(({ ports }, containerIndex) => {
    ports?.forEach(({ hostPort = 0, hostIP = '', protocol = 'TCP' }, index) => {
      if (hostPort === 0) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${field}[${containerIndex}].ports[${index}].hostPort`, key));
      taken.add(key);
    });
  });
}

export function validateHostNetworkPorts(
  errors: FieldError[],
  containers: readonly Container[] | undefined,
  field: string,
): void {
  containers?.forEach(({ ports }, containerIndex) => {
    ports?.forEach(({ containerPort, hostPort = 0 }, index) => {
      // A template's host ports are filled in only in its Pods.
      if (hostPort === 0 || hostPort === containerPort) return;
      const at = `${field}[${containerIndex}].ports[${index}].containerPort`;
      errors.push(invalid(at, containerPort, 'must match `hostPort` when `hostNetwork` is true'));
    });
  });
}
