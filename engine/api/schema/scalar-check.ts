import { checkQuantity } from '../quantity.ts';
import type { ScalarType } from './definitions.ts';

const INT32_MIN = -2147483648;
const INT32_MAX = 2147483647;

/** Undefined when the value is fine, `type` for a value of the wrong JSON type, else the decoder's own sentence. */
export function checkScalar(type: ScalarType, value: unknown): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? undefined : 'type';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'type';
    case 'int32':
      return Number.isInteger(value) && inInt32(value as number) ? undefined : 'type';
    case 'int64':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 63 ? undefined : 'type';
    case 'number':
      return typeof value === 'number' ? undefined : 'type';
    case 'quantity':
      return quantity(value);
    case 'intOrString':
      return intOrString(value);
    case 'time':
      return time(value, RFC3339);
    case 'microTime':
      return time(value, RFC3339_MICRO);
    case 'bytes':
      return typeof value === 'string' ? base64(value) : 'type';
    default:
      return undefined;
  }
}

function inInt32(value: number): boolean {
  return value >= INT32_MIN && value <= INT32_MAX;
}

function jsonType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function quantity(value: unknown): string | undefined {
  return checkQuantity(typeof value === 'string' || typeof value === 'number' ? value : '');
}

function intOrString(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined;
  if (typeof value !== 'number') return `json: cannot unmarshal ${jsonType(value)} into Go value of type int32`;
  if (Number.isInteger(value) && inInt32(value)) return undefined;
  return `json: cannot unmarshal number ${value} into Go value of type int32`;
}

const RFC3339 = '2006-01-02T15:04:05Z07:00';
const RFC3339_MICRO = '2006-01-02T15:04:05.000000Z07:00';
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function time(value: unknown, layout: string): string | undefined {
  if (typeof value !== 'string') return `json: cannot unmarshal ${jsonType(value)} into Go value of type string`;
  if (timestamp.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  const shown = value.slice(0, 64);
  return `parsing time "${shown}" as "${layout}": cannot parse "${shown}" as "2006"`;
}

const base64Text = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;

function base64(value: string): string | undefined {
  if (base64Text.test(value) && value.replace(/[\r\n]/g, '').length % 4 === 0) return undefined;
  const bad = value.search(/[^A-Za-z0-9+/\r\n]/);
  return `illegal base64 data at input byte ${bad < 0 ? value.length : bad}`;
}
