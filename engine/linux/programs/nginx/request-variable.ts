import type { HttpServerRequest } from '../../http.ts';

/** The variables of requests that `return` and log formats use. */
export function requestVariable(request: HttpServerRequest, name: string): string | undefined {
  switch (name) {
    case 'remote_addr':
      return request.peer.address;
    case 'request':
      return `${request.method} ${request.target} HTTP/${request.version}`;
    case 'request_uri':
      return request.target;
    case 'request_method':
      return request.method;
    case 'uri':
    case 'document_uri':
      return request.path;
    case 'args':
    case 'query_string':
      return request.query;
    case 'host':
      return (request.headers['host'] ?? '').replace(/:\d+$/, '');
    case 'proxy_add_x_forwarded_for': {
      const before = request.headers['x-forwarded-for'];
      return before === undefined ? request.peer.address : `${before}, ${request.peer.address}`;
    }
    case 'remote_port':
      return String(request.peer.port);
    case 'scheme':
      return 'http';
    case 'server_port':
      return String(request.local.port);
    case 'server_addr':
      return request.local.address;
    case 'server_protocol':
      return `HTTP/${request.version}`;
    default:
      if (name.startsWith('arg_')) return new URLSearchParams(request.query).get(name.slice(4)) ?? '';
      return name.startsWith('http_') ? request.headers[name.slice(5).replaceAll('_', '-')] : undefined;
  }
}

/** A text of the configuration with its `$variables` for this request. Unknown ones stay as they are. */
export function expandVariables(text: string, request: HttpServerRequest): string {
  return text.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? '';
    return requestVariable(request, name) ?? (name.startsWith('http_') ? '' : whole);
  });
}
