import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, required } from '../field-errors.ts';
import type { Container, PodSpec } from '../kinds.ts';

type PodContext = NonNullable<PodSpec['securityContext']>;
type ContainerContext = NonNullable<Container['securityContext']>;

const MAX_ID = 2147483647;
const SYSCTL = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlName = new RegExp(`^${SYSCTL}$`);

function validateId(errors: FieldError[], field: string, id: number | undefined): void {
  if (id === undefined || (id >= 0 && id <= MAX_ID)) return;
  errors.push(invalid(field, id, `must be between 0 and ${MAX_ID}, inclusive`));
}

export function validatePodSecurityContext(errors: FieldError[], context: PodContext, field: string): void {
  validateId(errors, `${field}.fsGroup`, context.fsGroup);
  validateId(errors, `${field}.runAsUser`, context.runAsUser);
  validateId(errors, `${field}.runAsGroup`, context.runAsGroup);
  context.supplementalGroups?.forEach((group, index) => {
    validateId(errors, `${field}.supplementalGroups[${index}]`, group);
  });
  if (context.sysctls === undefined) return;
  const seen = new Set<string>();
  context.sysctls.forEach(({ name = '' }, index) => {
    const at = `${field}.sysctls[${index}].name`;
    if (name === '') errors.push(required(at));
    else if (name.length > 253 || !sysctlName.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ${SYSCTL}`));
    } else if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  });
}

export function validateSecurityContext(errors: FieldError[], context: ContainerContext, field: string): void {
  validateId(errors, `${field}.runAsUser`, context.runAsUser);
  validateId(errors, `${field}.runAsGroup`, context.runAsGroup);
  if (context.allowPrivilegeEscalation !== false) return;
  if (context.privileged === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(invalid(field, printed(context), detail));
  }
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
    const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(invalid(field, printed(context), detail));
  }
}

/** The real server prints its internal type here, every field of it. */
function printed(context: ContainerContext): object {
  const { capabilities } = context;
  return {
    Capabilities:
      capabilities === undefined ? null : { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null },
    Privileged: context.privileged ?? null,
    SELinuxOptions: context.seLinuxOptions ?? null,
    WindowsOptions: context.windowsOptions ?? null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: context.seccompProfile ?? null,
    AppArmorProfile: context.appArmorProfile ?? null,
  };
}
