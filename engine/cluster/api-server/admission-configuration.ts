import { ConfigurationError } from '../../api/config-shape.ts';
import { configureAdmission, readAdmissionFile } from '../../kube-apiserver/admission/configured/index.ts';
import type { AdmissionFlags, WebhookTarget } from '../../kube-apiserver/index.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { flagList } from '../component/component-program.ts';
import { KubeconfigError, readKubeconfig } from '../component/kubeconfig-server.ts';
import { readTextFile } from './text-file.ts';

type ConfiguredAdmission = NonNullable<AdmissionFlags['configured']>;

/**
 * What the API server's admission does because of its flags and the file of `--admission-control-config-file`.
 *
 * @throws ConfigurationError in the words of the real server
 */
export function configuredAdmission(process: Process): ConfiguredAdmission {
  const path = flagValue(process.argv, 'admission-control-config-file') ?? '';
  const enabled = flagList(process.argv, 'enable-admission-plugins') ?? [];
  try {
    const texts = path === '' ? new Map<string, string>() : readFileOf(process, path);
    return configureAdmission(texts, enabled, (kubeconfig) => backendOf(process, kubeconfig));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`failed to apply admission: ${error.message}`);
  }
}

function readFileOf(process: Process, path: string): ReadonlyMap<string, string> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const unreadable = (why: string) =>
    `unable to read admission control configuration from ${JSON.stringify(path)} [${why}]`;
  const readPart = (part: string): string => {
    const absolute = part.startsWith('/') ? part : folder + part;
    return readTextFile(process, absolute, (why) => `Couldn't open admission plugin configuration ${absolute}: ${why}`);
  };
  try {
    return readAdmissionFile(readTextFile(process, path, unreadable), readPart);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`failed to read plugin config: ${error.message}`);
  }
}

/** Where the server is that a kubeconfig names, and by whose signature it is known. What proves to it who asks is nothing to TLS here. */
function backendOf(process: Process, path: string): WebhookTarget {
  try {
    const { contexts, clusters, users, currentContext } = readKubeconfig(process, path);
    const context = contexts.find(({ name }) => name === currentContext)?.context;
    const found = clusters.find(({ name }) => name === context?.cluster)?.cluster as BackendCluster | undefined;
    if (found?.server === undefined) throw new KubeconfigError(NO_SERVER);
    const user = users.find(({ name }) => name === context?.user);
    const read = (what: string, file: string | undefined, of: string | undefined): string | undefined =>
      file === undefined || file === '' ? undefined : readPart(process, path, what, file, of ?? '');
    const authority = read('certificate-authority', found['certificate-authority'], context?.cluster);
    const credentials = user?.user as UserFiles | undefined;
    read('client-cert', credentials?.['client-certificate'], context?.user);
    read('client-key', credentials?.['client-key'], context?.user);
    if (!found.server.startsWith('https://')) throw new KubeconfigError(`${found.server}: ${ONLY_HTTPS}`);
    const caBundle = found['certificate-authority-data'] ?? (authority && base64(authority));
    return {
      url: found.server,
      ...(caBundle !== undefined && { caBundle }),
      ...(found['insecure-skip-tls-verify'] === true && { insecure: true }),
    };
  } catch (error) {
    if (error instanceof KubeconfigError) throw new ConfigurationError(error.message);
    throw error;
  }
}

interface BackendCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
}

interface UserFiles {
  readonly 'client-certificate'?: string;
  readonly 'client-key'?: string;
}

const NO_SERVER =
  'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable';
const ONLY_HTTPS = 'this simulation asks image policy webhooks over HTTPS only';

/** A file that a kubeconfig names: relative to itself. */
function readPart(process: Process, kubeconfig: string, what: string, file: string, of: string): string {
  const path = file.startsWith('/') ? file : `${kubeconfig.slice(0, kubeconfig.lastIndexOf('/') + 1)}${file}`;
  return readTextFile(
    process,
    path,
    (why) => `invalid configuration: unable to read ${what} ${path} for ${of} due to ${why}`,
  );
}

function base64(text: string): string {
  let binary = '';
  for (const byte of encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
