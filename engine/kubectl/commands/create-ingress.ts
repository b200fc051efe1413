import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';

export const createIngress: Command = {
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  usage: 'create ingress NAME --rule=host/path=service:port[,tls[=secret]]',
  examples: ["kubectl create ingress web --rule='example.com/*=web:80'"],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'class', type: 'string', help: 'The ingress class' },
    {
      name: 'rule',
      type: 'stringArray',
      help: 'host/path=service:port[,tls[=secret]]; a path ending in * is a prefix',
    },
    { name: 'default-backend', type: 'string', help: 'Where everything else goes: service:port' },
    { name: 'annotation', type: 'stringArray', help: 'An annotation: key=value' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const name = oneName(invocation);
    const rules = flags.list('rule').map(parseRule);
    const backend = flags.string('default-backend');
    if (rules.length === 0 && backend === '') {
      throw new CommandError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    }
    const annotations = flags.list('annotation').map((text) => text.split(/=(.*)/s).slice(0, 2));
    const ingressClass = flags.string('class');
    const tls = tlsOf(rules);
    const object = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }), name },
      spec: {
        ...(backend === '' ? {} : { defaultBackend: backendOf(backend) }),
        ...(ingressClass === '' ? {} : { ingressClassName: ingressClass }),
        ...(rules.length === 0 ? {} : { rules: rulesByHost(rules) }),
        ...(tls.length === 0 ? {} : { tls }),
      },
      status: { loadBalancer: {} },
    };
    return yield* generate(invocation, object as unknown as Unstructured, 'failed to create ingress: ');
  },
};

interface Rule {
  readonly host: string;
  readonly path: string;
  readonly backend: unknown;
  readonly tls: boolean;
  readonly secret: string;
}

function parseRule(text: string): Rule {
  const match = /^([^/=]*)(\/[^=]*)=([^:,=]+:[^:,=]+)(,tls(?:=(.+))?)?$/.exec(text);
  if (match === null) {
    throw new CommandError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  }
  const [, host = '', path = '', service = '', tls, secret = ''] = match;
  return { host, path, backend: backendOf(service), tls: tls !== undefined, secret };
}

function backendOf(text: string): unknown {
  const [name = '', port = ''] = text.split(':');
  if (name === '' || port === '') throw new CommandError('default-backend should be in format servicename:serviceport');
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function rulesByHost(rules: readonly Rule[]): readonly unknown[] {
  return [...new Set(rules.map(({ host }) => host))].map((host) => {
    const paths = rules
      .filter((rule) => rule.host === host)
      .map(({ path, backend }) =>
        path.endsWith('*')
          ? { backend, path: path.slice(0, -1), pathType: 'Prefix' }
          : { backend, path, pathType: 'Exact' },
      );
    return { ...(host === '' ? {} : { host }), http: { paths } };
  });
}

/** Hosts by the secret with their certificate. */
function tlsOf(rules: readonly Rule[]): readonly unknown[] {
  const secured = rules.filter(({ tls }) => tls);
  return [...new Set(secured.map(({ secret }) => secret))].map((secretName) => {
    const hosts = [...new Set(secured.filter(({ secret }) => secret === secretName).map(({ host }) => host))].filter(
      (host) => host !== '',
    );
    return { ...(hosts.length === 0 ? {} : { hosts }), ...(secretName === '' ? {} : { secretName }) };
  });
}
