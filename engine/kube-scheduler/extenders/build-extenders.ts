import { ConfigurationError } from '../../api/config-shape.ts';
import type { SendHttp } from '../../api/http-port.ts';
import type { ExtenderConfiguration } from '../config/configuration.ts';
import { Extenders } from './extenders.ts';
import { HttpExtender } from './http-extender.ts';

/** The text of a file, or why it cannot be read, as Go says it. */
export type ReadText = (path: string) => string | { readonly error: string };

/** @throws ConfigurationError when a certificate cannot be read */
export function buildExtenders(
  configurations: readonly ExtenderConfiguration[],
  send: SendHttp,
  readText: ReadText,
): Extenders {
  return new Extenders(configurations.map((each) => new HttpExtender(each, authoritiesOf(each, readText), send)));
}

function authoritiesOf({ tls }: ExtenderConfiguration, readText: ReadText): string | undefined {
  const { insecure, caFile, caData } = tls;
  if (caFile === undefined && caData === undefined) return undefined;
  if (insecure) throw unusable('specifying a root certificates file with the insecure flag is not allowed');
  const text = caData === undefined ? readText(caFile!) : decodeBase64(caData);
  if (typeof text !== 'string') throw unusable(text.error);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw unusable('unable to load root certificates: unable to parse bytes as PEM block');
  }
  return text;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

function unusable(problem: string): ConfigurationError {
  return new ConfigurationError(`couldn't build extenders: ${problem}`);
}
