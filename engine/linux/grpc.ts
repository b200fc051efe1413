// gRPC over simulated sockets: unary calls only, HTTP/2 with prior knowledge and without TLS.
export { GrpcError, grpcCall } from './grpc/client.ts';
export { checkRequest, checkResponse, readCheckResponse, readCheckService } from './grpc/health.ts';
export { serveGrpc } from './grpc/server.ts';
