/** SQLite's SQLITE_FULL, PostgreSQL's disk_full, and what the system calls it. */
export function storageIsFull(error: Error & { readonly code?: unknown; readonly errcode?: unknown }): boolean {
  return error.errcode === 13 || error.code === '53100' || error.code === 'ENOSPC';
}
