import { ConfigurationError, type Shape } from '../../../api/config-shape.ts';
import { decodeConfiguration } from '../../configuration-file.ts';

const SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    plugins: { list: { fields: { name: 'string', path: 'string', configuration: 'any' } } },
  },
};

interface AdmissionConfiguration {
  readonly plugins?: readonly { readonly name?: string; readonly path?: string; readonly configuration?: object }[];
}

/** Plugins that had their configuration in this file before it had a version. */
const UNVERSIONED = /^\s*"?imagePolicy"?\s*:/m;

/**
 * What the file of `--admission-control-config-file` has for each plugin, as text: its part, or the file that it names.
 * https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/#apiserver-config-k8s-io-v1-AdmissionConfiguration
 *
 * @param readFile of a path as it stands there
 * @throws ConfigurationError in the words of the real server
 */
export function readAdmissionFile(text: string, readFile: (path: string) => string): ReadonlyMap<string, string> {
  if (!/^\s*"?kind"?\s*:/m.test(text) && UNVERSIONED.test(text)) return new Map([['ImagePolicyWebhook', text]]);
  const { value } = decodeConfiguration<AdmissionConfiguration>(text, {
    kinds: {
      'apiserver.config.k8s.io/v1': ['AdmissionConfiguration'],
      'apiserver.k8s.io/v1alpha1': ['AdmissionConfiguration'],
    },
    shape: SHAPE,
    scheme: 'k8s.io/apiserver/pkg/admission/plugins.go:42',
  });
  const found = new Map<string, string>();
  for (const { name = '', path = '', configuration } of value.plugins ?? []) {
    if (found.has(name)) continue;
    if (configuration != null) found.set(name, JSON.stringify(configuration));
    else if (path !== '') found.set(name, readFile(path));
  }
  return found;
}

/** Of a plugin. @throws ConfigurationError */
export function initializing<T>(plugin: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`couldn't init admission plugin ${JSON.stringify(plugin)}: ${error.message}`);
  }
}
