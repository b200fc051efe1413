/** https://grpc.io/docs/guides/status-codes/, by number. */
const CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

export type GrpcCode = (typeof CODES)[number];

/** A call that ended with another status than OK. A handler throws it to answer so. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: GrpcCode;

  constructor(code: GrpcCode, message: string) {
    super(message);
    this.code = code;
  }

  get number(): number {
    return CODES.indexOf(this.code);
  }

  /** As Go programs print it: `rpc error: code = Unavailable desc = …`. */
  get description(): string {
    return `rpc error: code = ${this.code} desc = ${this.message}`;
  }
}

/** @param number as it came over the wire */
export function codeOf(number: number): GrpcCode {
  return CODES[number] ?? 'Unknown';
}
