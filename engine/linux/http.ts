// HTTP/1.1 over simulated sockets: what probes, curl, wget and nginx speak.
export { type HttpResponse, httpRequest } from './http/client.ts';
export { HttpProtocolError, STATUS_TEXT } from './http/message.ts';
export {
  type ForkedResponse,
  type HttpServerRequest,
  type HttpServerResponse,
  type SignalVerdict,
  serveHttp,
} from './http/server.ts';
