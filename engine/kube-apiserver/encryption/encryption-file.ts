import { ConfigurationError, type Shape } from '../../api/config-shape.ts';
import { decodeConfiguration, fieldProblems } from '../configuration-file.ts';
import type { EncryptionConfiguration } from './configuration.ts';
import { validateEncryptionConfiguration } from './validation.ts';

const KEYS: Shape = { fields: { keys: { list: { fields: { name: 'string', secret: 'string' } } } } };

const SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    resources: {
      list: {
        fields: {
          resources: { list: 'string' },
          providers: {
            list: {
              fields: {
                aescbc: KEYS,
                aesgcm: KEYS,
                secretbox: KEYS,
                identity: { fields: {} },
                kms: {
                  fields: {
                    apiVersion: 'string',
                    name: 'string',
                    cachesize: 'integer',
                    endpoint: 'string',
                    timeout: 'string',
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

/**
 * Reads what the file of `--encryption-provider-config` says.
 *
 * @throws ConfigurationError in the words of the real server
 */
export function readEncryptionConfiguration(text: string, path: string): EncryptionConfiguration {
  const file = JSON.stringify(path);
  if (text === '') {
    throw new ConfigurationError(`error while loading file: encryption provider configuration file ${file} is empty`);
  }
  const { value, unknown } = decodeConfiguration<EncryptionConfiguration>(text, {
    kinds: { 'apiserver.config.k8s.io/v1': ['EncryptionConfiguration'] },
    shape: SHAPE,
    scheme: 'k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:131',
    failure: `error decoding encryption provider configuration file ${file}: `,
  });
  if (unknown.length > 0) {
    const why = `strict decoding error: ${unknown.join(', ')}`;
    throw new ConfigurationError(`error decoding encryption provider configuration file ${file}: ${why}`);
  }
  const errors = validateEncryptionConfiguration(value);
  if (errors.length > 0) throw new ConfigurationError(fieldProblems(errors));
  return value;
}
