import { describe, expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { StatusError } from '../api/status-error.ts';
import { ANY_CONTENT, AnswerError, readAnswer } from './answer.ts';

// Answers of servers that lie. `npm run parity -- faulty-answers` compares many more with the real kubectl.

const list: ApiRequest = { method: 'GET', path: '/api/v1/namespaces/default/pods' };
const one: ApiRequest = { method: 'GET', path: '/apis/apps/v1/namespaces/default/deployments/web' };

function answer(status: number, body: string, type = 'application/json'): ApiResponse {
  return { status, headers: { 'content-type': type }, body };
}

function failure(request: ApiRequest, response: ApiResponse): Error {
  try {
    readAnswer(request, response);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was read');
}

describe('an answer that is a text', () => {
  test('becomes its object', () => {
    const { body } = readAnswer(list, answer(200, '{"kind":"PodList","apiVersion":"v1","items":[]}'));
    expect(body).toEqual({ kind: 'PodList', apiVersion: 'v1', items: [] });
  });

  test('stays a text for who takes anything', () => {
    const request = { ...list, headers: { accept: ANY_CONTENT } };
    expect(readAnswer(request, answer(200, 'ok', 'text/plain')).body).toBe('ok');
  });

  test.each([
    ['{"kind":', 'application/json', 'unexpected end of JSON input'],
    ['<html>', 'application/json', "invalid character '<' looking for beginning of value"],
    ['<html>', 'text/html', "serializer for text/html doesn't exist"],
    ['[]', 'application/json', 'json: cannot unmarshal array into Go value of type unstructured.detector'],
    ['null', 'application/json', "Object 'Kind' is missing in 'null'"],
  ])('that is no object is refused: %s as %s', (body, type, message) => {
    const error = failure(list, answer(200, body, type));
    expect(error).toBeInstanceOf(AnswerError);
    expect(error.message).toBe(message);
  });

  test('keys such as __proto__ are data', () => {
    const { body } = readAnswer(list, answer(200, '{"kind":"Pod","__proto__":{"polluted":true}}'));
    expect(Object.keys(body as object)).toEqual(['kind', '__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a refusal that is a text', () => {
  test('becomes a Status that names the request', () => {
    const error = failure(one, answer(500, 'boom\n', 'text/plain'));
    expect(error).toBeInstanceOf(StatusError);
    expect((error as StatusError).reason).toBe('InternalError');
    expect(error.message).toBe(
      'an error on the server ("boom") has prevented the request from succeeding (get deployments.apps web)',
    );
  });

  test('is the Status that it says', () => {
    const body =
      '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}';
    expect((failure(one, answer(403, body)) as StatusError).reason).toBe('Forbidden');
  });
});

test('a watch ends at the first event that breaks off', () => {
  const text = '{"type":"ADDED","object":{"kind":"Pod"}}\n{"type":"ADDED","obj';
  const { watch } = readAnswer({ ...list, query: { watch: 'true' } }, answer(200, text));
  const heard: string[] = [];
  watch!({ event: ({ type }) => heard.push(type), end: () => heard.push('end') });
  expect(heard).toEqual(['ADDED', 'end']);
});
