// HTTP/1.1 over simulated sockets: what probes, curl, wget and nginx speak.
export { type HttpRequestOptions, type HttpResponse, httpRequest } from './http/client.ts';
export { type HttpHeaders, HttpProtocolError, STATUS_TEXT } from './http/message.ts';
export {
  type HttpHandler,
  type HttpServerOptions,
  type HttpServerRequest,
  type HttpServerResponse,
  serveHttp,
} from './http/server.ts';
