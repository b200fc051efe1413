import type { FlowSchema } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, invalidFor, notSupported, required } from '../field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../names.ts';

// Whose requests a FlowSchema is about. After kubernetes/kubernetes pkg/apis/flowcontrol/validation/validation.go.

type RuleWithSubjects = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];
type Subject = RuleWithSubjects['subjects'][number];
type ResourceRule = NonNullable<RuleWithSubjects['resourceRules']>[number];
type NonResourceRule = NonNullable<RuleWithSubjects['nonResourceRules']>[number];

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
/** The field that goes with each kind of subject. */
const SUBJECTS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;

export function validateFlowRule(errors: FieldError[], rule: RuleWithSubjects, at: string): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0) errors.push(required(`${at}.subjects`, 'subjects must contain at least one value'));
  subjects.forEach((subject, index) => {
    validateSubject(errors, subject, `${at}.subjects[${index}]`);
  });
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  resourceRules.forEach((each, index) => {
    validateResourceRule(errors, each, `${at}.resourceRules[${index}]`);
  });
  nonResourceRules.forEach((each, index) => {
    validateNonResourceRule(errors, each, `${at}.nonResourceRules[${index}]`);
  });
}

function validateSubject(errors: FieldError[], subject: Subject, at: string): void {
  const kind = (subject.kind ?? '') as keyof typeof SUBJECTS;
  if (!Object.hasOwn(SUBJECTS, kind)) {
    errors.push(notSupported(`${at}.kind`, kind, Object.keys(SUBJECTS)));
    return;
  }
  const own = SUBJECTS[kind];
  const named: { readonly name?: string; readonly namespace?: string } | undefined = subject[own];
  if (named === undefined) errors.push(required(`${at}.${own}`, `${own} is required when subject kind is '${kind}'`));
  else if (own === 'serviceAccount') validateServiceAccount(errors, named, `${at}.${own}`);
  else if ((named.name ?? '') === '') errors.push(required(`${at}.${own}.name`));
  for (const [other, field] of [
    ['ServiceAccount', 'serviceAccount'],
    ['User', 'user'],
    ['Group', 'group'],
  ] as const) {
    if (other !== kind && subject[field] !== undefined) {
      errors.push(forbidden(`${at}.${field}`, `${field} is forbidden when subject kind is not '${other}'`));
    }
  }
}

function validateServiceAccount(
  errors: FieldError[],
  { name = '', namespace = '' }: { readonly name?: string; readonly namespace?: string },
  at: string,
): void {
  if (name === '') errors.push(required(`${at}.name`));
  else if (name !== '*') invalidFor(errors, `${at}.name`, name, checkSubdomain1123(name));
  if (namespace === '') errors.push(required(`${at}.namespace`, 'must specify namespace for service account'));
  else invalidFor(errors, `${at}.namespace`, namespace, checkLabel1123(namespace));
}

/** A list that must not be empty and in which a star stands alone. */
function validateWords(
  errors: FieldError[],
  words: readonly string[],
  field: string,
  none: string,
  what: string,
): void {
  if (words.length === 0) errors.push(required(field, none));
  else if (words.length > 1 && words.includes('*')) {
    errors.push(invalid(field, words, `if '*' is present, must not specify other ${what}`));
  }
}

function validateVerbs(errors: FieldError[], verbs: readonly string[], field: string): void {
  validateWords(errors, verbs, field, 'verbs must contain at least one value', 'verbs');
  if (!verbs.includes('*') && !verbs.every((verb) => VERBS.includes(verb))) {
    errors.push(notSupported(field, verbs, VERBS));
  }
}

function validateResourceRule(errors: FieldError[], rule: ResourceRule, at: string): void {
  const { verbs = [], apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule;
  validateVerbs(errors, verbs, `${at}.verbs`);
  const supply = 'resource rules must supply at least one';
  validateWords(errors, apiGroups, `${at}.apiGroups`, `${supply} api group`, 'api groups');
  validateWords(errors, resources, `${at}.resources`, `${supply} resource`, 'resources');
  const field = `${at}.namespaces`;
  if (namespaces.length === 0) {
    if (clusterScope) return;
    errors.push(required(field, 'resource rules that are not cluster scoped must supply at least one namespace'));
  } else if (namespaces.includes('*')) validateWords(errors, namespaces, field, '', 'namespaces');
  else {
    namespaces.forEach((namespace, index) => {
      const intro = "each member of this list must be '*' or a DNS-1123 label; ";
      const details = checkLabel1123(namespace).map((detail) => intro + detail);
      invalidFor(errors, `${field}[${index}]`, namespace, details);
    });
  }
}

function validateNonResourceRule(errors: FieldError[], rule: NonResourceRule, at: string): void {
  const { verbs = [], nonResourceURLs = [] } = rule;
  validateVerbs(errors, verbs, `${at}.verbs`);
  const field = `${at}.nonResourceURLs`;
  validateWords(errors, nonResourceURLs, field, 'nonResourceURLs must contain at least one value', 'non-resource URLs');
  if (nonResourceURLs.includes('*')) return;
  nonResourceURLs.forEach((url, index) => {
    const problem = urlProblem(url);
    if (problem !== undefined) errors.push(invalid(`${field}[${index}]`, url, problem));
  });
}

function urlProblem(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const star = path.indexOf('*');
  return star < 0 || (star === path.length - 1 && path.endsWith('/*'))
    ? undefined
    : 'wildcard can only do suffix matching';
}
