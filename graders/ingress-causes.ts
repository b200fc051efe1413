import type { Cluster, KubeObject } from '@drydock/engine';
import type { Observation } from './exercise.ts';
import { findObjects } from './observe.ts';

interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
}

interface IngressSpec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: { readonly paths: readonly { readonly backend: IngressBackend }[] };
  }[];
}

interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

/** The class an Ingress named before there was a field for it; controllers still read it. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/**
 * What an Ingress says nowhere itself: that no controller reads it, or that a rule leads to a Service or a port that is not
 * there. Only the controller's log complains of the latter.
 */
export function ingressCauses(cluster: Cluster, ingress: KubeObject): readonly string[] {
  return [...classCauses(cluster, ingress), ...backendCauses(cluster, ingress)];
}

/** The Services that an Ingress leads to, as far as they are there. */
export function servicesOf(cluster: Cluster, ingress: KubeObject): readonly KubeObject[] {
  const names = new Set(backendsOf(ingress).map(({ name }) => name));
  return [...names].flatMap((name) => serviceNamed(cluster, ingress, name));
}

/** That an Ingress has no rules for the host that was asked for; nothing where another host, or none, was. */
export function hostCauses(ingress: KubeObject, observation: Observation): readonly string[] {
  const asked = hostAsked(observation);
  const { rules = [] } = specOf(ingress);
  const hosts = rules.map(({ host = '' }) => host);
  if (asked === undefined || hosts.length === 0 || hosts.some((host) => covers(host, asked))) return [];
  const named = [...new Set(hosts)].map((host) => `"${host}"`).join(', ');
  return [`the Ingress "${ingress.metadata.name}" has rules for ${named}, and none for "${asked}"`];
}

function specOf(ingress: KubeObject): IngressSpec {
  return (ingress as { readonly spec?: IngressSpec }).spec ?? {};
}

function classCauses(cluster: Cluster, ingress: KubeObject): readonly string[] {
  const { name, annotations } = ingress.metadata;
  const asked = specOf(ingress).ingressClassName ?? annotations?.[CLASS_ANNOTATION];
  const classes = findObjects(cluster, { kind: 'IngressClass' }).map(({ metadata }) => metadata.name);
  if (asked !== undefined && classes.includes(asked)) return [];
  const which = asked === undefined ? 'names no class' : `names the class "${asked}", which does not exist`;
  const others = classes.length === 0 ? 'there is none' : `there is ${classes.map((each) => `"${each}"`).join(', ')}`;
  return [`the Ingress "${name}" ${which}, so nobody reads it; ${others}`];
}

function backendCauses(cluster: Cluster, ingress: KubeObject): readonly string[] {
  const { name } = ingress.metadata;
  return backendsOf(ingress).flatMap(({ name: serviceName, port }) => {
    const [service] = serviceNamed(cluster, ingress, serviceName);
    if (service === undefined)
      return [`the Ingress "${name}" leads to the Service "${serviceName}", which does not exist`];
    const { ports = [] } = (service as { readonly spec?: { readonly ports?: readonly ServicePort[] } }).spec ?? {};
    const wanted = port?.name ?? port?.number;
    if (wanted === undefined || ports.some((each) => each.name === wanted || each.port === wanted)) return [];
    const has = ports
      .map((each) => (each.name === undefined ? `${each.port}` : `${each.port} "${each.name}"`))
      .join(', ');
    const said = typeof wanted === 'number' ? wanted : `"${wanted}"`;
    return [`the Ingress "${name}" leads to the port ${said} of the Service "${serviceName}", which has ${has}`];
  });
}

function backendsOf(ingress: KubeObject): readonly NonNullable<IngressBackend['service']>[] {
  const { rules = [], defaultBackend } = specOf(ingress);
  const backends = rules.flatMap(({ http }) => http?.paths.map(({ backend }) => backend) ?? []);
  return [...backends, ...(defaultBackend === undefined ? [] : [defaultBackend])].flatMap(
    ({ service }) => service ?? [],
  );
}

function serviceNamed(cluster: Cluster, { metadata: { namespace } }: KubeObject, name: string): readonly KubeObject[] {
  return findObjects(cluster, { kind: 'Service', namespace, name });
}

/** A rule without a host is for all of them, one that begins with `*.` for those with one more label. */
function covers(host: string, asked: string): boolean {
  if (host === '' || host === asked) return true;
  return host.startsWith('*.') && asked.slice(asked.indexOf('.')) === host.slice(1);
}

/** The host that a command says in its request's head, as `curl -H 'Host: quay.example'` does. */
function hostAsked(observation: Observation): string | undefined {
  const command =
    'exec' in observation ? observation.exec.command : 'run' in observation ? observation.run.command : [];
  return command.map((word) => /\bHost: *([\w.-]+)/i.exec(word)?.[1]).find((host) => host !== undefined);
}
