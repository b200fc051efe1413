import { ConfigurationError, type Shape } from '../../../api/config-shape.ts';
import type { FieldError } from '../../../api/field-error.ts';
import { duplicate, invalid } from '../../../api/field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../../../api/names.ts';
import { decodeConfiguration, fieldProblems } from '../../configuration-file.ts';
import { isLevel, isVersion, LABEL, LEVELS, MODES } from '../pod-security/policy.ts';
import type { PodSecurityDefaults } from './configured-admission.ts';

/** https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/ */
interface PodSecurityConfiguration {
  readonly defaults?: Readonly<Record<string, string>> | null;
  readonly exemptions?: Exemptions | null;
}

interface Exemptions {
  readonly usernames?: readonly string[] | null;
  readonly namespaces?: readonly string[] | null;
  readonly runtimeClasses?: readonly string[] | null;
}

const STRINGS: Shape = { list: 'string' };
const KEYS = MODES.flatMap((mode) => [mode, `${mode}-version`]);

const SHAPE: Shape = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    defaults: { fields: Object.fromEntries(KEYS.map((key) => [key, 'string'])) },
    exemptions: { fields: { usernames: STRINGS, namespaces: STRINGS, runtimeClasses: STRINGS } },
  },
};

/** @throws ConfigurationError in the words of the real server */
export function readPodSecurity(text: string): PodSecurityDefaults {
  const { value, unknown } = decodeConfiguration<PodSecurityConfiguration>(text, {
    kinds: { 'pod-security.admission.config.k8s.io/v1': ['PodSecurityConfiguration'] },
    shape: SHAPE,
    scheme: 'k8s.io/pod-security-admission/admission/api/scheme/scheme.go:28',
  });
  if (unknown.length > 0) throw new ConfigurationError(`strict decoding error: ${unknown.join(', ')}`);
  const { defaults, exemptions } = value;
  const errors = [...defaultErrors(defaults ?? {}), ...exemptionErrors(exemptions ?? {})];
  if (errors.length > 0) throw new ConfigurationError(fieldProblems(errors));
  const labels = Object.fromEntries(Object.entries(defaults ?? {}).map(([key, given]) => [LABEL + key, given]));
  const { usernames, namespaces, runtimeClasses } = exemptions ?? {};
  return {
    labelsOf: (given) => ({ ...labels, ...given }),
    isExempt: ({ user, namespace, name, kind }, runtimeClass) =>
      usernames?.includes(user.username) === true ||
      namespaces?.includes(kind.plural === 'namespaces' ? name : namespace) === true ||
      (runtimeClass !== undefined && runtimeClasses?.includes(runtimeClass) === true),
  };
}

function defaultErrors(defaults: Readonly<Record<string, string>>): readonly FieldError[] {
  return Object.entries(defaults).flatMap(([key, given]) => {
    if (given === '') return [];
    const isOfVersion = key.endsWith('-version');
    if (isOfVersion ? isVersion(given) : isLevel(given)) return [];
    const why = isOfVersion ? 'must be "latest" or "v1.x"' : `must be one of ${LEVELS.join(', ')}`;
    return [invalid(`defaults.${key}`, given, why)];
  });
}

function exemptionErrors({ namespaces, runtimeClasses, usernames }: Exemptions): readonly FieldError[] {
  const check = (
    field: string,
    given: readonly string[] | null | undefined,
    why: (each: string) => string | undefined,
  ) =>
    (given ?? []).flatMap((each, index) => {
      const at = `exemptions.${field}[${index}]`;
      const problem = why(each);
      if (problem !== undefined) return [invalid(at, each, problem)];
      return given!.indexOf(each) < index ? [duplicate(at, each)] : [];
    });
  return [
    ...check('namespaces', namespaces, (each) => checkLabel1123(each)[0]),
    ...check('runtimeClasses', runtimeClasses, (each) => checkSubdomain1123(each)[0]),
    ...check('usernames', usernames, (each) => (each === '' ? 'username must not be empty' : undefined)),
  ];
}
