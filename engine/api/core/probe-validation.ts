import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, nonNegative, notSupported, required } from '../field-errors.ts';
import type { Container, LifecycleHandler, Probe } from '../kinds.ts';
import { checkHttpHeaderName } from '../names.ts';
import { validatePortNumberOrName } from './port-validation.ts';

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>;
type HttpGet = NonNullable<Probe['httpGet']>;

const SCHEMES = ['HTTP', 'HTTPS'];
const MORE_THAN_ONE = 'may not specify more than 1 handler type';

export function validateLifecycle(
  errors: FieldError[],
  { postStart, preStop }: NonNullable<Container['lifecycle']>,
  gracePeriod: number,
  field: string,
): void {
  if (postStart !== undefined) validateHandler(errors, postStart, gracePeriod, `${field}.postStart`);
  if (preStop !== undefined) validateHandler(errors, preStop, gracePeriod, `${field}.preStop`);
}

export function validateProbes(
  errors: FieldError[],
  { livenessProbe, readinessProbe, startupProbe }: Container,
  gracePeriod: number,
  field: string,
): void {
  if (livenessProbe !== undefined) {
    validateProbe(errors, livenessProbe, gracePeriod, `${field}.livenessProbe`);
    mustSucceedOnce(errors, livenessProbe, `${field}.livenessProbe`);
  }
  if (readinessProbe !== undefined) {
    validateProbe(errors, readinessProbe, gracePeriod, `${field}.readinessProbe`);
    const seconds = readinessProbe.terminationGracePeriodSeconds;
    if (seconds !== undefined) {
      const at = `${field}.readinessProbe.terminationGracePeriodSeconds`;
      errors.push(invalid(at, seconds, 'must not be set for readinessProbes'));
    }
  }
  if (startupProbe !== undefined) {
    validateProbe(errors, startupProbe, gracePeriod, `${field}.startupProbe`);
    mustSucceedOnce(errors, startupProbe, `${field}.startupProbe`);
  }
}

function mustSucceedOnce(errors: FieldError[], { successThreshold = 1 }: Probe, field: string): void {
  if (successThreshold !== 1) errors.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'));
}

function validateProbe(errors: FieldError[], probe: Probe, gracePeriod: number, field: string): void {
  validateHandler(errors, probe, gracePeriod, field);
  nonNegative(errors, `${field}.initialDelaySeconds`, probe.initialDelaySeconds);
  nonNegative(errors, `${field}.timeoutSeconds`, probe.timeoutSeconds);
  nonNegative(errors, `${field}.periodSeconds`, probe.periodSeconds);
  nonNegative(errors, `${field}.successThreshold`, probe.successThreshold);
  nonNegative(errors, `${field}.failureThreshold`, probe.failureThreshold);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0'));
  }
}

/** Exactly one way to act. Further ones are reported, not looked into. */
function validateHandler(errors: FieldError[], handler: Handler, gracePeriod: number, field: string): void {
  let count = 0;
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec !== undefined) {
    count++;
    if ((exec.command?.length ?? 0) === 0) errors.push(required(`${field}.exec.command`));
  }
  if (httpGet !== undefined) {
    if (count++ > 0) errors.push(forbidden(`${field}.httpGet`, MORE_THAN_ONE));
    else validateHttpGet(errors, httpGet, `${field}.httpGet`);
  }
  if (tcpSocket !== undefined) {
    if (count++ > 0) errors.push(forbidden(`${field}.tcpSocket`, MORE_THAN_ONE));
    else validatePortNumberOrName(errors, tcpSocket.port, `${field}.tcpSocket.port`);
  }
  if (grpc !== undefined) {
    if (count++ > 0) errors.push(forbidden(`${field}.grpc`, MORE_THAN_ONE));
    else validatePortNumberOrName(errors, grpc.port, `${field}.grpc.port`);
  }
  if (sleep !== undefined) {
    if (count++ > 0) errors.push(forbidden(`${field}.sleep`, MORE_THAN_ONE));
    else if (sleep.seconds < 0 || sleep.seconds > gracePeriod) {
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
      errors.push(invalid(`${field}.sleep`, sleep.seconds, detail));
    }
  }
  if (count === 0) errors.push(required(field, 'must specify a handler type'));
}

function validateHttpGet(errors: FieldError[], { path, port, scheme, httpHeaders }: HttpGet, field: string): void {
  if (path === '') errors.push(required(`${field}.path`));
  validatePortNumberOrName(errors, port, `${field}.port`);
  if (scheme !== undefined && !SCHEMES.includes(scheme)) errors.push(notSupported(`${field}.scheme`, scheme, SCHEMES));
  for (const { name } of httpHeaders ?? []) {
    for (const detail of checkHttpHeaderName(name ?? ''))
      errors.push(invalid(`${field}.httpHeaders`, name ?? '', detail));
  }
}
