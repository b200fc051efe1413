import type { Service } from '../api/kinds.ts';

/** The Service of the API server itself: every Pod gets to know it, whatever its namespace. */
const MASTER = { name: 'kubernetes', namespace: 'default' };

/**
 * The variables that tell a container where Services are: those of its Pod's namespace, if the Pod wants them, and the
 * API server's. After `pkg/kubelet/envvars/envvars.go`.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceEnvironment(
  services: readonly Service[],
  namespace: string | undefined,
  enableServiceLinks: boolean,
): Map<string, string> {
  const variables = new Map<string, string>();
  for (const service of services) {
    const { name, namespace: own } = service.metadata;
    const isMaster = name === MASTER.name && own === MASTER.namespace;
    if (isMaster || (enableServiceLinks && own === namespace)) {
      for (const [variable, value] of variablesOf(service)) variables.set(variable, value);
    }
  }
  return variables;
}

/** Every container of a namespace gets the same: a version of a Service tells them once. */
function variablesOf(service: Service): ReadonlyMap<string, string> {
  let variables = VARIABLES.get(service);
  if (variables === undefined) {
    variables = makeVariables(service);
    VARIABLES.set(service, variables);
  }
  return variables;
}

const VARIABLES = new WeakMap<Service, ReadonlyMap<string, string>>();

function makeVariables({ metadata, spec }: Service): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const { clusterIP = '', ports = [] } = spec;
  const [first] = ports;
  if (clusterIP === '' || clusterIP === 'None' || first === undefined) return variables;
  const prefix = variableName(metadata.name);
  variables.set(`${prefix}_SERVICE_HOST`, clusterIP);
  variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
  for (const { name = '', port } of ports) {
    if (name !== '') variables.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port));
  }
  // As Docker's links once had it.
  for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
    const scheme = protocol.toLowerCase();
    const url = `${scheme}://${clusterIP}:${port}`;
    const link = `${prefix}_PORT_${port}_${protocol}`;
    if (index === 0) variables.set(`${prefix}_PORT`, url);
    variables.set(link, url);
    variables.set(`${link}_PROTO`, scheme);
    variables.set(`${link}_PORT`, String(port));
    variables.set(`${link}_ADDR`, clusterIP);
  }
  return variables;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
