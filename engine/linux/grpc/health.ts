import { concatBytes, decode, encode } from '../stdio.ts';

// The messages of grpc.health.v1.Health, in protobuf. https://github.com/grpc/grpc/blob/master/doc/health-checking.md

const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
const SERVICE_FIELD = (1 << 3) | 2;
const STATUS_FIELD = 1 << 3;
const MAX_SERVICE_BYTES = 127;

type ServingStatus = (typeof STATUSES)[number];

/** @param service empty for the server as a whole; at most 127 bytes of it are asked for */
export function checkRequest(service: string): Uint8Array {
  if (service === '') return new Uint8Array(0);
  const bytes = encode(service).subarray(0, MAX_SERVICE_BYTES);
  return concatBytes([Uint8Array.of(SERVICE_FIELD, bytes.length), bytes]);
}

export function readCheckService(message: Uint8Array): string {
  return message[0] === SERVICE_FIELD ? decode(message.subarray(2, 2 + message[1]!)) : '';
}

export function checkResponse(status: ServingStatus): Uint8Array {
  return Uint8Array.of(STATUS_FIELD, STATUSES.indexOf(status));
}

export function readCheckResponse(message: Uint8Array): ServingStatus {
  return (message[0] === STATUS_FIELD ? STATUSES[message[1]!] : undefined) ?? 'UNKNOWN';
}
