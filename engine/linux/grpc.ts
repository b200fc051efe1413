// gRPC over simulated sockets: unary calls and calls that the server answers over time, HTTP/2 with prior knowledge and
// without TLS. Services and their messages are described by data.
export { callGrpc, connectGrpc } from './grpc/channel.ts';
export { HEALTH } from './grpc/health.ts';
export { serveGrpc } from './grpc/server.ts';
export { type Handlers, implement } from './grpc/service.ts';
export { GrpcError } from './grpc/status.ts';
