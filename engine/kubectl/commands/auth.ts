import type { PolicyRule } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus } from '../command-error.ts';
import { ALL_NAMESPACES_FLAG, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { objectPrinter } from '../output/object-printer.ts';
import { alignTabs, TABLE_LAYOUT } from '../output/tabwriter.ts';
import { compactRules } from '../policy-rules.ts';
import { fieldAt, isObject, stringAt, type Unstructured } from '../unstructured.ts';
import { reconcile } from './auth-reconcile.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

/** Verbs that are worth no warning. https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
const KNOWN_VERBS: ReadonlySet<string> = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate approve sign escalate attest proxy * head post put'.split(
    ' ',
  ),
);

const canI: Command = {
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  usage: 'auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  examples: [
    'kubectl auth can-i delete pods',
    'kubectl auth can-i list secrets --as=system:serviceaccount:default:web',
  ],
  operand: 'none',
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'quiet', short: 'q', type: 'bool', help: 'Say nothing, only exit' },
    { name: 'subresource', type: 'string', help: 'The subresource, such as log' },
    { name: 'list', type: 'bool', help: 'Everything that is allowed' },
    { name: 'no-headers', type: 'bool', help: 'Leave the headings of --list out' },
  ],
  *run(invocation) {
    const { flags, args, streams } = invocation;
    if (flags.bool('list')) return listRules(invocation);
    if (args.length < 2 || args.length > 3) {
      throw new CommandError(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      );
    }
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: attributesOf(invocation),
    };
    const { status } = post(invocation, 'selfsubjectaccessreviews', review) as { status?: Record<string, unknown> };
    const allowed = status?.allowed === true;
    const reason = status?.reason ? ` - ${status.reason}` : '';
    const problem = status?.evaluationError ? ` - ${status.evaluationError}` : '';
    if (!flags.bool('quiet')) streams.out(allowed ? 'yes\n' : `no${reason}${problem}\n`);
    return allowed ? 0 : 1;
  },
};

function attributesOf(invocation: Invocation): unknown {
  const { flags, args, streams } = invocation;
  const [verb = '', target = '', third = ''] = args;
  if (target.startsWith('/')) return { nonResourceAttributes: { path: target, verb } };
  const [type = '', slashed = ''] = target.split(/\/(.*)/s);
  const resource = type === '*' ? { group: '*', plural: '*', namespaced: true } : invocation.discovery.find(type);
  if (!KNOWN_VERBS.has(verb)) streams.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  if (resource === undefined) streams.err(`Warning: the server doesn't have a resource type '${type}'\n\n`);
  else if (!resource.namespaced) {
    const group = resource.group === '' ? '' : ` in group '${resource.group}'`;
    streams.err(`Warning: resource '${resource.plural}' is not namespace scoped${group}\n\n`);
  }
  const namespace = flags.bool('all-namespaces') ? '' : invocation.namespace;
  return {
    resourceAttributes: {
      ...(namespace === '' ? {} : { namespace }),
      verb,
      ...(resource === undefined || resource.group === '' ? {} : { group: resource.group }),
      resource: resource?.plural ?? type,
      ...(flags.string('subresource') === '' ? {} : { subresource: flags.string('subresource') }),
      ...((slashed || third) === '' ? {} : { name: slashed || third }),
    },
  };
}

/** A server without the API says so in client-go's words. */
function post({ client }: Invocation, resource: string, body: unknown): unknown {
  try {
    return client.request({ method: 'POST', path: `${AUTHORIZATION}/${resource}`, body }).body;
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    const message = `the server could not find the requested resource (post ${resource}.authorization.k8s.io)`;
    throw new StatusError({ ...(error as StatusError).status, message });
  }
}

function listRules(invocation: Invocation): number {
  const { flags, streams, namespace } = invocation;
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const { status } = post(invocation, 'selfsubjectrulesreviews', review) as { status?: unknown };
  const rows = compactRules([...rulesAt(status, 'resourceRules'), ...rulesAt(status, 'nonResourceRules')]);
  const heading = flags.bool('no-headers') ? '' : 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n';
  streams.out(alignTabs(heading + rows.map((row) => `${row}\n`).join(''), TABLE_LAYOUT));
  return 0;
}

function rulesAt(status: unknown, field: string): readonly PolicyRule[] {
  const rules = fieldAt(status, field);
  return Array.isArray(rules) ? rules : [];
}

const whoami: Command = {
  name: 'whoami',
  summary: 'Check self subject attributes',
  usage: 'auth whoami',
  operand: 'none',
  flags: OUTPUT_FLAGS,
  *run(invocation) {
    const { streams, client } = invocation;
    const printer = objectPrinter(invocation, true);
    let review: unknown;
    try {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      review = client.request({
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        body,
      }).body;
    } catch (error) {
      if (!isStatus(error, 'NotFound')) throw error;
      throw new CommandError('the selfsubjectreviews API is not enabled in the cluster');
    }
    if (printer !== undefined) {
      streams.out(printer(review as Unstructured));
      return 0;
    }
    const user = fieldAt(review, 'status', 'userInfo');
    const groups = fieldAt(user, 'groups');
    const rows = [
      ['Username', stringAt(user, 'username')],
      ['UID', stringAt(user, 'uid')],
      ['Groups', Array.isArray(groups) ? `[${groups.join(' ')}]` : ''],
      ...extraRows(fieldAt(user, 'extra')),
    ].filter(([, value]) => value !== '');
    streams.out(alignTabs(['ATTRIBUTE\tVALUE\n', ...rows.map((row) => `${row.join('\t')}\n`)].join(''), TABLE_LAYOUT));
    return 0;
  },
};

function extraRows(extra: unknown): readonly (readonly [string, string])[] {
  if (!isObject(extra)) return [];
  return Object.keys(extra)
    .sort()
    .map((key) => [`Extra: ${key}`, `[${(extra[key] as readonly string[]).join(' ')}]`] as const);
}

export const auth: Command = {
  name: 'auth',
  summary: 'Inspect authorization',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'auth [flags] [options]',
  subcommands: [canI, reconcile, whoami],
};
