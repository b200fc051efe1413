import { CommandError } from './command-error.ts';
import type { Flags } from './flag.ts';
import type { ServerTarget } from './kubeconfig.ts';

/**
 * The headers that ask to be taken for somebody else, by flags or by the kubeconfig's user; flags come first.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 *
 * @throws CommandError where groups or the like are asked for without a user
 */
export function impersonation(flags: Flags, { user, userName }: ServerTarget): Readonly<Record<string, string>> {
  const name = flags.string('as') || textOf(user['as']);
  const uid = flags.string('as-uid') || textOf(user['as-uid']);
  const groups = flags.list('as-group').length > 0 ? flags.list('as-group') : textsOf(user['as-groups']);
  const extra = flags.list('as-user-extra').length > 0 ? extraOfFlags(flags) : extraOf(user['as-user-extra']);
  if (name === '' && (uid !== '' || groups.length > 0 || Object.keys(extra).length > 0))
    throw new CommandError(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
  return {
    ...(name === '' ? {} : { 'impersonate-user': name }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.join('\n') }),
    ...(uid === '' ? {} : { 'impersonate-uid': uid }),
    ...extra,
  };
}

const extraHeader = (key: string) => `impersonate-extra-${key.toLowerCase()}`;

function extraOfFlags(flags: Flags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.list('as-user-extra').map((text) => {
      const equals = text.indexOf('=');
      return [extraHeader(text.slice(0, equals)), text.slice(equals + 1)] as const;
    }),
  );
}

function extraOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, texts]) => [extraHeader(key), textsOf(texts).join('\n')]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
