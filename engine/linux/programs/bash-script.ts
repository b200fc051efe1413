import type { Program } from '../syscalls.ts';

/** A program that is a script for bash. (As a file of an image it would weigh on a page that runs another.) */
export const bashScript =
  (text: string): Program =>
  (process) =>
    process.exec('/bin/bash', ['bash', '-c', text, ...process.argv]);
