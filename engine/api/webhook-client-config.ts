import type { FieldError } from './field-error.ts';
import { invalid, invalidFor, required } from './field-errors.ts';
import { checkPortNumber, checkSubdomain1123 } from './names.ts';

// Where webhooks are called, after k8s.io/apiserver pkg/util/webhook/validation.go.

interface WebhookService {
  readonly name?: string;
  readonly namespace?: string;
  readonly path?: string;
  readonly port?: number;
}

export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: WebhookService;
}

const FORM = '; desired format: https://host[/path]';
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s;
const DEFAULT_PORT = 443;

/** A service's port where none is given. */
export function defaultWebhookService<T extends WebhookClientConfig>(config: T): T {
  const { service } = config;
  if (service === undefined || service.port !== undefined) return config;
  return { ...config, service: { ...service, port: DEFAULT_PORT } };
}

export function validateWebhookClientConfig(errors: FieldError[], config: WebhookClientConfig, field: string): void {
  const { url, service } = config;
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(field, 'exactly one of url or service is required'));
  } else if (url !== undefined) validateUrl(errors, url, `${field}.url`);
  else if (service !== undefined) validateService(errors, service, `${field}.service`);
}

function validateUrl(errors: FieldError[], url: string, field: string): void {
  const [, scheme = '', authority = '', query = '', fragment = ''] = URL_PARTS.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (scheme !== 'https') errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') errors.push(invalid(field, host, `host must be specified${FORM}`));
  if (at >= 0) errors.push(invalid(field, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(field, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(field, query, 'query parameters are not permitted in the URL'));
}

function validateService(errors: FieldError[], service: WebhookService, field: string): void {
  const { name = '', namespace = '', path = '', port = DEFAULT_PORT } = service;
  if (name === '') errors.push(required(`${field}.name`, 'service name is required'));
  if (namespace === '') errors.push(required(`${field}.namespace`, 'service namespace is required'));
  const problems = checkPortNumber(port);
  if (problems.length > 0) errors.push(invalid(`${field}.port`, port, `port is not valid: ${problems.join(', ')}`));
  if (path === '' || path === '/') return;
  const at = `${field}.path`;
  if (path === '//') {
    errors.push(invalid(at, path, 'segment[0] may not be empty'));
    return;
  }
  if (!path.startsWith('/')) errors.push(invalid(at, path, "must start with a '/'"));
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, index) => {
    if (step === '') errors.push(invalid(at, path, `segment[${index}] may not be empty`));
    else
      invalidFor(
        errors,
        at,
        path,
        checkSubdomain1123(step).map((detail) => `segment[${index}]: ${detail}`),
      );
  });
}
