import type { Container, Pod, PodSpec } from '../kinds.ts';

// What is not wrong with a Pod, but hardly meant: sent to the client as warnings. After kubernetes/kubernetes
// pkg/api/pod/warnings.go, as far as the fields go that people set by hand.

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const DEPRECATED_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'seccomp.security.alpha.kubernetes.io/pod': 'non-functional in v1.27+; use the "seccompProfile" field instead',
};

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

interface Annotated {
  readonly annotations?: { readonly [key: string]: string } | undefined;
}

export function podWarnings(pod: Pod): readonly string[] {
  return warningsOf(pod.spec, pod.metadata, '');
}

/** The same for a template, which lies at `field`. */
export function podTemplateWarnings(
  template: { readonly metadata?: Annotated; readonly spec?: PodSpec } | undefined,
  field: string,
): readonly string[] {
  return template?.spec === undefined ? [] : warningsOf(template.spec, template.metadata ?? {}, `${field}.`);
}

function warningsOf(spec: PodSpec, { annotations }: Annotated, at: string): readonly string[] {
  const warnings: string[] = [];
  for (const key in spec.nodeSelector) {
    const why = own(DEPRECATED_LABELS, key);
    if (why !== undefined) warnings.push(`${at}spec.nodeSelector[${key}]: ${why}`);
  }
  for (const key in annotations) {
    const armor = key.startsWith(APP_ARMOR)
      ? 'deprecated since v1.30; use the "appArmorProfile" field instead'
      : undefined;
    const why = armor ?? own(DEPRECATED_ANNOTATIONS, key);
    if (why !== undefined) warnings.push(`${at}metadata.annotations[${key}]: ${why}`);
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const why = 'must be >= 0; negative values are invalid and will be treated as 1';
    warnings.push(`${at}spec.terminationGracePeriodSeconds: ${why}`);
  }
  const secrets = new Set<string>();
  spec.imagePullSecrets?.forEach(({ name = '' }, index) => {
    const field = `${at}spec.imagePullSecrets[${index}].name`;
    if (name === '') warnings.push(`${field}: invalid empty name ""`);
    else if (secrets.has(name)) warnings.push(`${field}: duplicate name ${JSON.stringify(name)}`);
    secrets.add(name);
  });
  for (const list of ['initContainers', 'containers'] as const) {
    spec[list]?.forEach((container, index) => {
      warnOfContainer(warnings, container, `${at}spec.${list}[${index}]`);
    });
  }
  return warnings;
}

/** Of variables with the same name the last counts, and which one goes when they are applied is chance. */
function warnOfContainer(warnings: string[], { env }: Container, field: string): void {
  const names = new Set<string>();
  env?.forEach(({ name }, index) => {
    if (names.has(name)) {
      const why = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
      warnings.push(`${field}.env[${index}]: ${why}`);
    }
    names.add(name);
  });
}

function own(texts: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
