import { badRequest, invalidOptions } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid, notSupported } from '../../api/field-errors.ts';
import type { Query } from '../query.ts';
import { checkDryRun } from '../write-options.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
  /** Set by the server: this kind's dependents stay unless the options or the object's finalizers say otherwise. */
  readonly defaultOrphan?: boolean;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** Delete options come as the body, or else as query parameters. @throws StatusError Invalid */
export function readDeleteOptions(body: unknown, query: Query): DeleteOptions {
  const options = body === undefined ? fromQuery(query) : fromBody(body);
  const errors: FieldError[] = [];
  const { orphanDependents, propagationPolicy } = options;
  if (propagationPolicy !== undefined && !POLICIES.includes(propagationPolicy)) {
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...POLICIES, 'nil']));
  } else if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    const detail = 'orphanDependents and deletionPropagation cannot be both set';
    errors.push(invalid('propagationPolicy', propagationPolicy, detail));
  }
  checkDryRun(errors, options.dryRun ?? []);
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  return options;
}

function fromQuery(query: Query): DeleteOptions {
  const policy = query.text('propagationPolicy');
  return {
    ...(query.has('gracePeriodSeconds') ? { gracePeriodSeconds: query.integer('gracePeriodSeconds') } : {}),
    ...(policy === '' ? {} : { propagationPolicy: policy }),
    ...(query.has('orphanDependents') ? { orphanDependents: query.flag('orphanDependents') } : {}),
    dryRun: query.all('dryRun'),
  };
}

function fromBody(body: unknown): DeleteOptions {
  const options = body as Record<string, unknown>;
  expect(options, 'gracePeriodSeconds', 'number', 'int64');
  expect(options, 'propagationPolicy', 'string', 'v1.DeletionPropagation');
  expect(options, 'orphanDependents', 'boolean', 'bool');
  expect(options, 'preconditions', 'object', 'v1.Preconditions');
  const fields = Object.keys(options);
  const present = fields.filter((field) => options[field] !== undefined && options[field] !== null);
  if (present.length === fields.length) return options as DeleteOptions;
  return Object.fromEntries(present.map((field) => [field, options[field]])) as DeleteOptions;
}

function expect(options: Readonly<Record<string, unknown>>, field: string, type: string, goType: string): void {
  const value = options[field];
  if (value === undefined || value === null || typeof value === type) return;
  const found = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(`json: cannot unmarshal ${found} into Go struct field DeleteOptions.${field} of type ${goType}`);
}
