// HTTP/1.1 over simulated sockets: what probes, curl, wget and nginx speak.
export { type HttpResponse, type HttpResponseHead, httpRequest } from './http/client.ts';
export { HttpProtocolError, percentDecoded, STATUS_TEXT } from './http/message.ts';
export { serveHttp } from './http/server.ts';
export type {
  ForkedResponse,
  HttpServerRequest,
  HttpServerResponse,
  RequestHead,
  SecureChannel,
  SignalVerdict,
  StreamedResponse,
  UpgradedResponse,
} from './http/server-options.ts';
