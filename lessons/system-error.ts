/** What the system says of a file or folder by a code, where whoever reads it can do something about it. */
const OF_FILES: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EEXIST: 'that is a file, not a folder',
  EISDIR: 'that is a folder, not a file',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of that path is a file, not a folder',
  EROFS: 'that disk can only be read',
};

/**
 * What an error of the system means, in a sentence; undefined for any other error.
 *
 * @param others sentences for codes that are not about files
 */
export function systemErrorInWords(error: unknown, others: Readonly<Record<string, string>> = {}): string | undefined {
  const { code = '' } = (error ?? {}) as { readonly code?: string };
  return others[code] ?? OF_FILES[code];
}
