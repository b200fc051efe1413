import type { CustomResourceDefinition } from '../../api/apiextensions/custom-resource-definition.ts';
import type { ApiHandler, UserInfo } from '../../api/request.ts';
import { Etcd } from '../../etcd/index.ts';
import { type ApiExtensions, createApiServer } from '../../kube-apiserver/index.ts';
import { Errno } from '../../linux/errno.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Simulation, Task } from '../../sim/index.ts';
import { apiOverHttps, apiTls } from '../component/api-over-https.ts';
import { commaSeparated, componentProgram, type RunningComponent } from '../component/component-program.ts';

const GROUP = 'wardle.example.com';
const ETCD_WAIT_MS = 20_000;
const ETCD_RETRY_MS = 500;
/** There is no main server behind this one to judge by namespaces, accounts and quotas: it has judged already. */
const WITHOUT_ADMISSION = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'ResourceQuota',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
];

export interface SampleApiServerSurroundings {
  readonly sim: Simulation;
  readonly extensions: () => ApiExtensions;
}

/**
 * Kubernetes' example of a server for API aggregation, which serves Flunders and Fischers: https://github.com/kubernetes/sample-apiserver
 * Simplified: it waits for the etcd beside it, but what it stores lives in its own process; it believes whoever says in headers
 * who asks, and leaves it to the main server to say who may.
 */
export function sampleApiServer({ sim, extensions }: SampleApiServerSurroundings): Program {
  return componentProgram({
    healthAddress: '0.0.0.0',
    healthPort: 443,
    tls: apiTls,
    *start(process): Task<RunningComponent | undefined> {
      if (!(yield* etcdAnswers(process))) return undefined;
      const server = createApiServer({
        sim,
        etcd: new Etcd(sim),
        kinds: (['Flunder', 'Fischer'] as const).flatMap((kind) =>
          extensions().kinds(definition(kind), (_, objects) => objects),
        ),
        dialNode: () => undefined,
        serverVersion: 'v1.29.2',
        admission: { disable: WITHOUT_ADMISSION },
      });
      const handle: ApiHandler = (request) => {
        const user = remoteUser(request.headers ?? {});
        return server.handle(user === undefined ? request : { ...request, user });
      };
      return { answer: apiOverHttps(handle), stop: () => server.close() };
    },
  });
}

/** Whom the main server names. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#authenticating-proxy */
function remoteUser(headers: Readonly<Record<string, string>>): UserInfo | undefined {
  const username = headers['x-remote-user'];
  if (username === undefined) return undefined;
  return { username, groups: commaSeparated(headers['x-remote-group'] ?? '') };
}

/** Whether there is somebody at the first of `--etcd-servers`. */
function* etcdAnswers(process: Process): Task<boolean> {
  const [, host = 'localhost', port = '2379'] =
    /^https?:\/\/([^:/,]+):(\d+)/.exec(flagValue(process.argv, 'etcd-servers') ?? '') ?? [];
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const deadlineMs = process.now() + ETCD_WAIT_MS;
  while (process.now() < deadlineMs) {
    try {
      process.close(yield* process.connect(address, Number(port), ETCD_RETRY_MS));
      return true;
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
      yield* process.sleep(ETCD_RETRY_MS);
    }
  }
  yield* printError(process, 'Error: error creating storage factory: context deadline exceeded\n');
  return false;
}

/** The kinds as a definition would describe them; the server has them built in. */
function definition(kind: 'Flunder' | 'Fischer'): CustomResourceDefinition {
  const plural = `${kind.toLowerCase()}s`;
  const text = { type: 'string' };
  const spec = {
    type: 'object',
    properties: { flunderReference: text, fischerReference: text, referenceType: text },
  };
  const schema =
    kind === 'Flunder'
      ? { type: 'object', properties: { spec, status: { type: 'object' } } }
      : { type: 'object', properties: { disallowedFlunders: { type: 'array', items: text } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: kind === 'Flunder' ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          ...(kind === 'Flunder' ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  } as unknown as CustomResourceDefinition;
}
