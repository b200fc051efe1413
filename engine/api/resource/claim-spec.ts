import { changeField, changeItems, withDefaults } from '../copy-on-write.ts';
import type { ResourceClaim } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, invalidFor, notSupported, required, tooMany } from '../field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../names.ts';

// Which devices a claim is about, after kubernetes/kubernetes pkg/apis/resource/validation/validation.go.
// The CEL of selectors is not compiled here.

export type ClaimSpec = NonNullable<ResourceClaim['spec']>;
type Request = NonNullable<NonNullable<ClaimSpec['devices']>['requests']>[number];
type Exact = NonNullable<Request['exactly']>;
type Choice = NonNullable<Request['firstAvailable']>[number];

const MODES = ['All', 'ExactCount'];
const MAX_REQUESTS = 32;
const MAX_CHOICES = 8;
const ONE_OF = 'exactly one of `exactly` or `firstAvailable` is required';

function defaultCount<T extends Exact | Choice>(asked: T): T {
  const mode = withDefaults(asked, { allocationMode: 'ExactCount' } as Partial<T>);
  return mode.allocationMode === 'ExactCount' ? withDefaults(mode, { count: 1 } as Partial<T>) : mode;
}

function defaultRequest(request: Request): Request {
  return changeItems(changeField(request, 'exactly', defaultCount), 'firstAvailable', (choice: Choice) =>
    defaultCount(choice),
  );
}

/** The spec of a claim, or of a template's claims, with what was left out. */
export function defaultClaimSpec(spec: ClaimSpec): ClaimSpec {
  return changeField(spec, 'devices', (devices) => changeItems(devices, 'requests', defaultRequest));
}

export function validateClaimSpec(errors: FieldError[], spec: ClaimSpec | undefined, field: string): void {
  const requests = spec?.devices?.requests ?? [];
  const at = `${field}.devices.requests`;
  if (requests.length > MAX_REQUESTS) errors.push(tooMany(at, requests.length, MAX_REQUESTS));
  requests.forEach((request, index) => {
    validateRequest(errors, request, `${at}[${index}]`);
    if (requests.findIndex(({ name }) => name === request.name) < index) {
      errors.push(duplicate(`${at}[${index}].name`, request.name));
    }
  });
}

function validateRequest(errors: FieldError[], request: Request, at: string): void {
  const { name = '', exactly, firstAvailable = [] } = request;
  validateName(errors, name, `${at}.name`);
  if (exactly === undefined && firstAvailable.length === 0) errors.push(required(at, ONE_OF));
  if (exactly !== undefined && firstAvailable.length > 0) {
    errors.push(invalid(at, undefined, `${ONE_OF}, but multiple fields are set`));
  }
  if (exactly !== undefined) validateDevices(errors, exactly, `${at}.exactly`);
  if (firstAvailable.length > MAX_CHOICES) {
    errors.push(tooMany(`${at}.firstAvailable`, firstAvailable.length, MAX_CHOICES));
  }
  firstAvailable.forEach((choice, index) => {
    validateName(errors, choice.name ?? '', `${at}.firstAvailable[${index}].name`);
    validateDevices(errors, choice, `${at}.firstAvailable[${index}]`);
  });
}

function validateName(errors: FieldError[], name: string, field: string): void {
  if (name === '') errors.push(required(field));
  else invalidFor(errors, field, name, checkLabel1123(name));
}

function validateDevices(errors: FieldError[], asked: Exact | Choice, at: string): void {
  const {
    deviceClassName: name = '',
    allocationMode: mode = '',
    count = 0,
  } = asked as Partial<Exact> & {
    readonly allocationMode?: string;
  };
  if (name === '') errors.push(required(`${at}.deviceClassName`));
  else invalidFor(errors, `${at}.deviceClassName`, name, checkSubdomain1123(name));
  if (mode === 'All') {
    const detail = "must not be specified when allocationMode is 'All'";
    if (count !== 0) errors.push(invalid(`${at}.count`, count, detail));
  } else if (mode !== 'ExactCount') errors.push(notSupported(`${at}.allocationMode`, mode, MODES));
  else if (count <= 0) errors.push(invalid(`${at}.count`, count, 'must be greater than zero'));
}
