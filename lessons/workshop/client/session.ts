/** Who this browser is in a workshop. */
export interface Session {
  readonly token: string;
  readonly name: string;
  readonly title: string;
}

const KEY = 'drydock-workshop';
const INSTRUCTOR_KEY = 'drydock-instructor';

/** Calls back when another tab has left the workshop, or come in as somebody else. */
export function onSessionChange(listener: () => void): void {
  const before = joinedSession()?.token;
  addEventListener('storage', (event) => {
    const { key } = event as StorageEvent;
    // Everything may have been cleared at once.
    if ((key === KEY || key === null) && joinedSession()?.token !== before) listener();
  });
}

/** The workshop that was joined here; none where nothing is kept (some private windows). */
export function joinedSession(): Session | undefined {
  try {
    const { token, name, title } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Session>;
    return typeof token === 'string' && typeof name === 'string' ? { token, name, title: title ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

export function keepSession(session: Session): void {
  localStorage.setItem(KEY, JSON.stringify(session));
}

export function leaveSession(): void {
  localStorage.removeItem(KEY);
}

/** What is handed over behind the `#` of an address, which no server gets to see. Secrets are taken out of the address bar. */
export function takeFragment(): URLSearchParams {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const shown = new URLSearchParams(fragment);
  for (const secret of ['key', 'link']) shown.delete(secret);
  if (shown.size < fragment.size) {
    const rest = shown.size === 0 ? '' : `#${shown}`;
    history.replaceState(history.state, '', location.pathname + location.search + rest);
  }
  return fragment;
}

/** The key of the board, for as long as this tab lives. */
export function instructorKey(fragment: URLSearchParams): string | undefined {
  const key = fragment.get('key');
  if (key !== null) sessionStorage.setItem(INSTRUCTOR_KEY, key);
  return key ?? sessionStorage.getItem(INSTRUCTOR_KEY) ?? undefined;
}
