import { expect, test } from 'vitest';
import * as errors from './errors.ts';
import { invalid, required } from './field-errors.ts';

const deployments = { group: 'apps', plural: 'deployments', kind: 'Deployment' };
const pods = { group: '', plural: 'pods', kind: 'Pod' };

test('names are qualified by their group, but for the core group', () => {
  expect(errors.notFound(pods, 'x').message).toBe('pods "x" not found');
  expect(errors.notFound(deployments, 'x').status).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'deployments.apps "x" not found',
    reason: 'NotFound',
    details: { name: 'x', group: 'apps', kind: 'deployments' },
    code: 404,
  });
  expect(errors.alreadyExists(deployments, 'x').message).toBe('deployments.apps "x" already exists');
  expect(errors.forbidden(deployments, '', 'why').message).toBe('deployments.apps is forbidden: why');
  expect(errors.conflict(deployments, 'x', 'why').message).toBe(
    'Operation cannot be fulfilled on deployments.apps "x": why',
  );
});

test('one field error stands alone, several stand in brackets, equal ones fold in the message only', () => {
  const one = required('spec.x[1][k]');
  const two = invalid('spec.x[1][k]', 'a', 'b');
  expect(errors.invalidObject(pods, 'x', [one]).message).toBe('Pod "x" is invalid: spec.x[1][k]: Required value');
  const folded = errors.invalidObject(deployments, 'x', [one, two, one]).status;
  expect(folded.message).toBe(
    'Deployment.apps "x" is invalid: [spec.x[1][k]: Required value, spec.x[1][k]: Invalid value: "a": b]',
  );
  expect(folded.details?.causes).toHaveLength(3);
  expect(folded.details?.causes?.[1]).toEqual({
    reason: 'FieldValueInvalid',
    message: 'Invalid value: "a": b',
    field: 'spec.x[1][k]',
  });
});

test('sizes, times and failures', () => {
  expect(errors.requestEntityTooLarge(3145728).message).toBe('Request entity too large: limit is 3145728');
  expect(errors.internalError('m').status).toMatchObject({
    message: 'Internal error occurred: m',
    details: { causes: [{ message: 'm' }] },
    code: 500,
  });
  expect(errors.resourceVersionTooLarge('99', 5).message).toBe('Timeout: Too large resource version: 99, current: 5');
});
