import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../extension-kinds.ts';

const UNSET = '<unset>';

/** `v1/ConfigMap` */
export function formatParamKind({ spec }: ValidatingAdmissionPolicy | MutatingAdmissionPolicy): string {
  if (spec?.paramKind === undefined) return UNSET;
  return `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`;
}

/** `namespace/name`, or a star for what a selector picks. */
export function formatParamRef({ spec }: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding): string {
  if (spec?.paramRef === undefined) return UNSET;
  const { namespace = '', name = '' } = spec.paramRef;
  const named = name === '' ? '*' : name;
  return namespace === '' ? named : `${namespace}/${named}`;
}
